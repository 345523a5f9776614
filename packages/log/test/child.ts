/**
 * Runs scripts that use this package in processes of their own: the package's source is bundled once
 * and handed over on standard input, so that nothing has to be built and nothing is left on disk.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** Everything `@vitra/log` exports is in scope of the script; its code may await. */
async function bundle(script: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as api from './src/index.js'\nconst {${NAMES}} = api\n${script}`,
      resolveDir: PACKAGE,
      sourcefile: 'child-script.mjs',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    conditions: ['@vitra/source'],
  })
  return outputFiles[0]!.text
}

const NAMES = 'Journal, KeyStore, Log, LogWriter, Storage, fromHex, oplogIdentity, toHex'

/** Starts a script; its output is piped to the caller. */
export async function startScript(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: PACKAGE,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin!.end(await bundle(script))
  return child
}

/** Runs a script to its end and returns what it printed. */
export async function runScript(script: string): Promise<string> {
  const child = await startScript(script)
  let output = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the script ended with ${String(code)}: ${output}`)
  return output
}
