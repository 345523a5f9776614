/**
 * Runs scripts that use this package in processes of their own: the package's source is bundled once
 * and handed over on standard input, so that nothing has to be built and nothing is left on disk.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** One module with the package's source in it; what the package imports stays outside. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: PACKAGE, sourcefile: 'child-script.mjs', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { '@vitra/log': `${PACKAGE}src/index.ts` },
    conditions: ['@vitra/source'],
  })
  return outputFiles[0]!.text
}

const NAMES = 'Log, LogWriter, Storage, fromHex, oplogIdentity, toHex'

/** Starts a module; its output is piped to the caller. */
async function startModule(source: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: PACKAGE,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin!.end(await bundle(source))
  return child
}

/** Starts a script with the names above in scope. */
export function startScript(script: string): Promise<ChildProcess> {
  return startModule(withNames(script))
}

/** Runs a script to its end and returns what it printed. */
export function runScript(script: string): Promise<string> {
  return runModule(withNames(script))
}

/** Runs a module to its end and returns what it printed. */
export async function runModule(source: string): Promise<string> {
  const child = await startModule(source)
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the script ended with ${String(code)}: ${output}`)
  return output
}

function withNames(script: string): string {
  return `import { ${NAMES} } from '@vitra/log'\n${script}`
}
