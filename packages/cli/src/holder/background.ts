/** Starts a command that keeps the folder as a process of its own, which goes on when the terminal is closed. */
import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.js'
import { CliError } from '../errors.js'
import { keptBy } from '../open-database.js'
import { beginLog, logFile, newestLines } from './log-file.js'
import { type Holder, holderOf } from './mark.js'

const START_MS = 30_000
const LOOK_MS = 50
/** Lines of the log that tell why it did not start. */
const SAID_LINES = 20

/**
 * Starts a command in the background, and waits until it keeps the folder.
 *
 * @param words the command and its options, without `--dir`
 * @throws {CliError} `DATABASE_LOCKED`, `SERVE_NOT_STARTED`
 * @example await startInBackground(context, folder, ['host', ...optionWords(HOST_OPTIONS, options)])
 */
export async function startInBackground(
  { io, signal }: Context,
  folder: string,
  words: readonly string[],
): Promise<Holder> {
  const there = holderOf(folder)
  if (there !== null) throw keptBy(folder, there)
  if (io.program === null)
    throw new CliError('SERVE_NOT_STARTED', 'this program cannot start another process')
  const output = beginLog(folder)
  const [program, ...given] = [...io.program, ...words, '--dir', folder]
  const child = spawn(program!, given, {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: folder,
    env: io.env,
  })
  closeSync(output)
  let ended: string | null = null
  child.once('error', ({ message }) => (ended = message))
  child.once('exit', (code, by) => (ended = `it ended with ${by ?? code}`))
  child.unref()
  const deadline = performance.now() + START_MS
  for (;;) {
    const holder = holderOf(folder)
    if (holder !== null && holder.pid === child.pid) return holder
    if (ended !== null || performance.now() > deadline) throw await notStarted(folder, ended)
    await sleep(LOOK_MS, undefined, { signal })
  }
}

async function notStarted(folder: string, ended: string | null): Promise<CliError> {
  const log = logFile(folder)
  const why = ended ?? `it was not ready after ${START_MS / 1000} s`
  const said = await newestLines(folder, SAID_LINES)
  const message = [`the background process did not start: ${why}`, ...said].join('\n')
  return new CliError('SERVE_NOT_STARTED', message, {
    hint:
      said.length > 0
        ? `mend what it says, or see ${log}`
        : 'see what state the folder is in with `vitra doctor`',
    details: { log },
  })
}
