/** The world outside, as the program uses it: injected, so that tests run commands in their own process. */

import type { Readable, Writable } from 'node:stream'

/** Where text goes, such as standard output. */
export interface TextSink {
  /** Writes text, or bytes, as they are. */
  write(content: string | Uint8Array): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** A terminal, byte by byte. */
export interface Terminal {
  readonly input: Readable
  readonly output: Writable & { readonly columns?: number; readonly rows?: number }
  /** Of a terminal that sits elsewhere: has that side take the database over, once the command here has ended. */
  readonly takeOver?: () => void
}

/** The variables of the environment that commands read. */
export const ENVIRONMENT = [
  'VITRA_DIR',
  'VITRA_BOOTSTRAP',
  'VITRA_DEBUG',
  'VITRA_ENGINES',
  'NO_COLOR',
  'FORCE_COLOR',
  'TERM',
] as const

/** Streams, environment and signals of the process that runs a command. */
export interface Io {
  readonly stdout: TextSink
  readonly stderr: TextSink
  /** The words that start this program, for a process of its own; null where it cannot be started again. */
  readonly program: readonly string[] | null
  /** The terminal that somebody sits at, for a session; null where there is none. */
  readonly terminal: Terminal | null
  /** Asks whoever sits at the terminal, and returns the answer; null where nobody does. */
  ask(question: string): Promise<string | null>
  /** Everything on standard input. */
  readStdin(): Promise<Uint8Array>
  /** The lines of standard input as they come, until it ends or the signal is aborted. */
  readLines(signal: AbortSignal): AsyncIterable<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Calls the listener when the user wants the program to end; returns what takes the listener off. */
  onInterrupt(listener: () => void): () => void
}
