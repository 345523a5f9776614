// How the two programs that the sandbox carries are bundled: the guest process (CommonJS, it starts faster) and
// the driver (one script). tsup writes them to dist/; from source they are bundled at first use.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const SOURCE = fileURLToPath(new URL('../src', import.meta.url))

export interface Programs {
  readonly guest: string
  readonly driver: string
}

/** Both, from the sources of every package: what is published is what the tests ran. */
export async function bundlePrograms(): Promise<Programs> {
  const [guest, driver] = await Promise.all([
    bundle('guest/main.ts', 'cjs'),
    bundle('realm/driver.ts', 'iife'),
  ])
  return { guest, driver }
}

async function bundle(entry: string, format: 'cjs' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(SOURCE, entry)],
    bundle: true,
    write: false,
    format,
    conditions: ['@vitra/source'],
    platform: format === 'cjs' ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}
