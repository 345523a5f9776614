/** What a command line and the process that runs it for it say to each other: JSON, one message a line. */
import type { Socket } from 'node:net'
import type { ExitCode } from '../exit-codes.js'

/** What a terminal or pipe of the command line is. */
export interface SinkInfo {
  readonly isTTY: boolean
  readonly columns?: number
}

/** A command line to run. */
export interface Request {
  /** Version of the program that asks: one that runs on from before an update is not asked. */
  readonly version: string
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly stdout: SinkInfo
  readonly stderr: SinkInfo
  /** Size of the terminal, where somebody sits at one. */
  readonly terminal: Size | null
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

export type ClientMessage =
  | { readonly kind: 'run'; readonly request: Request }
  /** Everything on standard input, in base64; null where it cannot be read. */
  | { readonly kind: 'stdin'; readonly bytes: string | null }
  /** What was typed at the terminal; null where nobody sits at one. */
  | { readonly kind: 'answer'; readonly text: string | null }
  /** Bytes that were typed, in base64. */
  | { readonly kind: 'typed'; readonly bytes: string }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'interrupt' }
  /** Ends the process itself, in order. */
  | { readonly kind: 'stop' }

export type HolderMessage =
  | { readonly kind: 'stdout' | 'stderr'; readonly text: string }
  /** Bytes for standard output, in base64. */
  | { readonly kind: 'bytes'; readonly bytes: string }
  /** The command is run from now on; a side that is gone before it says so has run nothing. */
  | { readonly kind: 'begun' }
  /** The other side is to have this process end, and to keep the folder itself. */
  | { readonly kind: 'take-over' }
  /** Asks whoever sits at the terminal. */
  | { readonly kind: 'ask'; readonly question: string }
  /** Asks for standard input. */
  | { readonly kind: 'stdin' }
  /** The command has ended; so is this process where `isEnding` says so, and the folder is free after that. */
  | { readonly kind: 'exit'; readonly code: ExitCode; readonly isEnding: boolean }
  | { readonly kind: 'other-version'; readonly version: string }

/** Longest message, in characters: parameters and values of contracts are far below. */
const MESSAGE_MAX = 128 * 1024 * 1024

export function send(socket: Socket, message: ClientMessage | HolderMessage): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}

/** The messages that arrive, until the other side ends. */
export async function* receive<Message>(socket: Socket): AsyncGenerator<Message> {
  let begun: string[] = []
  let length = 0
  socket.setEncoding('utf8')
  for await (const text of socket as AsyncIterable<string>) {
    begun.push(text)
    length += text.length
    if (length > MESSAGE_MAX) throw new Error('a message is too long')
    if (!text.includes('\n')) continue
    const lines = begun.join('').split('\n')
    begun = [lines.pop()!]
    length = begun[0]!.length
    for (const line of lines) yield JSON.parse(line) as Message
  }
}
