#!/usr/bin/env node
/** The executable `vitra`: hands the process to the commands of `@vitra/cli`. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { EXIT, type Io, run } from '@vitra/cli'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const interruptListeners = new Set<() => void>()
let isInterrupted = false

/** The first signal asks for an end in order, the second one ends at once. */
function interrupt(): void {
  if (isInterrupted) process.exit(EXIT.interrupted)
  isInterrupted = true
  for (const listener of interruptListeners) listener()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

let isClosed = false
let isUnread = false
let isUnwritable = false
// A reader that goes away, such as `head`, has seen enough. Output to a file that cannot be written is lost, and told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Where it was closed from the start, nobody wants to read, and the work is done all the same.
  isClosed ||= error.code === 'EBADF'
  if (isClosed) return
  if (error.code !== 'EPIPE' && !isUnwritable) {
    isUnwritable = true
    process.stderr.write(
      `error: what this prints cannot be written: ${error.message} (FILE_UNWRITABLE)\nmake room there, or print it elsewhere\n`,
    )
  }
  if (!isUnread) interrupt()
  isUnread = true
})
process.stderr.on('error', () => {}) // there is nowhere left to tell it

const io: Io = {
  program: [process.execPath, fileURLToPath(import.meta.url)],
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  terminal:
    process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : null,
  async ask(question) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null
    const terminal = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await terminal.question(question)
    } finally {
      terminal.close()
    }
  },
  async readStdin() {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  },
  async *readLines(signal) {
    if (signal.aborted) return
    const lines = createInterface({ input: process.stdin, signal })
    yield* lines
  },
  onInterrupt(listener) {
    interruptListeners.add(listener)
    return () => interruptListeners.delete(listener)
  },
}

const code = await run(process.argv.slice(2), { io, version })
// Sockets of the network may linger: once what was printed is out, the process ends.
await Promise.all([flush(process.stdout), flush(process.stderr)])
// What was found counts, read or not: only the interruption by the reader itself is none.
const found = isUnread && code === EXIT.interrupted ? EXIT.ok : code
process.exit(isUnwritable && found === EXIT.ok ? EXIT.failed : found)

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve()
    else stream.write('', () => resolve())
  })
}
