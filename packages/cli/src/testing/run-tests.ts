/** Runs an author's tests: builds each file into a folder of its own, and has `node --test` run them there. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { REPORTER, type TestEvent } from './reporter.js'

/** What tests are run with. */
export interface RunTestsOptions {
  /** Absolute paths. */
  readonly files: readonly string[]
  readonly cwd: string
  readonly signal: AbortSignal
  /** Runs only tests whose name has this; a pattern of Node's. */
  readonly name?: string
  /** Is told what happens; `file` is the author's, absolute. */
  readonly onEvent: (event: TestEvent, file: string | null) => void
  /** Is told what the runner itself says. */
  readonly onNoise: (text: string) => void
}

/** Packages that a test finds in this program where its own folder has none. */
const PROVIDED = /^(?:vitra|@vitra\/contract-sdk)(?:\/|$)/

/**
 * Runs tests to their end, or until they are stopped.
 *
 * @returns the exit code of the runner; null where it was ended by a signal
 * @throws {BuildError}
 */
export async function runTests(options: RunTestsOptions): Promise<number | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitra-tests-'))
  try {
    const built = await buildAll(options, folder)
    const reporter = path.join(folder, 'reporter.mjs')
    await writeFile(reporter, REPORTER)
    return await runNode(options, { reporter, built })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns the author's file by the built one */
async function buildAll(
  { files, cwd }: RunTestsOptions,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const { buildTest } = await import('@vitra/contract-sdk/build')
  const built = new Map<string, string>()
  for (const [n, file] of files.entries()) {
    const outfile = path.join(folder, `${n}`, `${path.parse(file).name}.mjs`)
    await buildTest(path.relative(cwd, file), { outfile, cwd, provided })
    built.set(outfile, file)
  }
  return built
}

function provided(specifier: string): string | null {
  if (!PROVIDED.test(specifier)) return null
  try {
    return import.meta.resolve(specifier)
  } catch {
    return null
  }
}

interface Built {
  readonly reporter: string
  readonly built: ReadonlyMap<string, string>
}

async function runNode(
  { cwd, signal, name, onEvent, onNoise }: RunTestsOptions,
  { reporter, built }: Built,
): Promise<number | null> {
  const words = ['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout']
  if (name !== undefined) words.push(`--test-name-pattern=${name}`)
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS = '', ...env } = process.env
  const child = spawn(process.execPath, [...words, ...built.keys()], {
    cwd,
    env: { ...env, NODE_OPTIONS: `${NODE_OPTIONS} --enable-source-maps`.trim() },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill('SIGINT')
  signal.addEventListener('abort', stop, { once: true })
  child.stderr.setEncoding('utf8').on('data', onNoise)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{"kind":')) continue // a runner that is being stopped talks in its own way
      const event = JSON.parse(line) as TestEvent
      const file = event.kind === 'end' ? event.file : null
      // Some versions of Node know the author's file by themselves.
      onEvent(event, file === null ? null : (built.get(file) ?? file))
    }
    return await ended
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
