/** What the process in the background prints: a file in the folder that it keeps, and the one of the process before it. */
import { openSync, renameSync, statSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../errors.js'

const NAME = 'serve.log'
const FOLLOW_MS = 200

/** Path of the file; the one before it has `.1` behind it. */
export function logFile(folder: string): string {
  return path.join(folder, NAME)
}

/** Begins a new file, and keeps the one that is there. @returns its descriptor, to be closed */
export function beginLog(folder: string): number {
  const file = logFile(folder)
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** The newest lines. @throws {CliError} `FILE_UNREADABLE` */
export async function newestLines(folder: string, lines: number): Promise<string[]> {
  const file = logFile(folder)
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new CliError('FILE_UNREADABLE', `${file} cannot be read: no process has served this folder`, {
      hint: 'begin with `vitra serve start`',
      cause,
    })
  })
  const all = text.split('\n')
  if (all.at(-1) === '') all.pop()
  return lines === 0 ? [] : all.slice(-lines)
}

/** The lines that are added from now on, until the signal; goes on with a file that begins anew. */
export async function* addedLines(folder: string, signal: AbortSignal): AsyncGenerator<string> {
  const file = logFile(folder)
  let { ino, size: at } = statSync(file)
  let rest = ''
  while (!signal.aborted) {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat !== undefined && stat.ino !== ino) [ino, at, rest] = [stat.ino, 0, '']
    if (stat !== undefined && stat.size > at) {
      await using handle = await open(file)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(stat.size - at), 0, stat.size - at, at)
      at += bytesRead
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
      rest = lines.pop()!
      yield* lines
    }
    await sleep(FOLLOW_MS, undefined, { signal }).catch(() => {}) // the end
  }
}
