// The sandbox as it is, but for one file: what it runs is the author's own text, without the counting of fuel and depth.
// Only the bench has it, to tell what metering costs. Bundled from source at first use; nothing of it is published.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const SANDBOX = path.join(REPO, 'packages/sandbox/src')
const OUT = path.join(REPO, 'node_modules/.cache/vitra-bench')

type SandboxPackage = typeof import('@vitra/sandbox')

const withoutMeter: Plugin = {
  name: 'without-meter',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]sandbox[\\/]src[\\/]instrument\.ts$/ }, () => ({
      contents: `export const instrument = (source) => ({ source, authorColumn: (line, column) => column })`,
    }))
  },
}

let loading: Promise<SandboxPackage> | undefined

/** `@vitra/sandbox` without its instrumenter. */
export function plainSandbox(): Promise<SandboxPackage> {
  loading ??= bundle()
  return loading
}

async function bundle(): Promise<SandboxPackage> {
  const folder = path.join(OUT, `${process.pid}`)
  mkdirSync(folder, { recursive: true })
  await Promise.all([
    write('index.ts', path.join(folder, 'sandbox.mjs'), 'esm'),
    write('guest/main.ts', path.join(folder, 'guest.cjs'), 'cjs'),
    write('realm/driver.ts', path.join(folder, 'driver.js'), 'iife'),
  ])
  return import(pathToFileURL(path.join(folder, 'sandbox.mjs')).href)
}

async function write(entry: string, outfile: string, format: 'esm' | 'cjs' | 'iife'): Promise<void> {
  await build({
    entryPoints: [path.join(SANDBOX, entry)],
    outfile,
    bundle: true,
    format,
    conditions: ['@vitra/source'],
    platform: format === 'iife' ? 'neutral' : 'node',
    mainFields: ['module', 'main'],
    target: 'node20',
    // As published: the guest process and the driver lie beside the program.
    alias: { '#artifacts': path.join(SANDBOX, 'artifacts.ts') },
    external: ['sodium-universal'],
    banner: format === 'esm' ? { js: REQUIRE } : {},
    plugins: [withoutMeter],
    logLevel: 'error',
  })
}

const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"
