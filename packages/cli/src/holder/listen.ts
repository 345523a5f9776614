/** The side of the process that keeps a folder: takes command lines at its socket and runs them on its database. */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { PassThrough, Writable } from 'node:stream'
import type { ExitCode } from '../exit-codes.js'
import type { Io, TextSink } from '../io.js'
import {
  type ClientMessage,
  type HolderMessage,
  type Request,
  receive,
  type SinkInfo,
  type Size,
  send,
} from './messages.js'

export interface ListenOptions {
  readonly socket: string
  readonly version: string
  /** Runs a command line to its exit code. */
  readonly run: (argv: readonly string[], io: Io) => Promise<ExitCode>
  /** True once this process is about to end. */
  readonly isEnding: () => boolean
  /** Called where somebody asks for the end of this process. */
  readonly onStop: () => void
}

/** What is written and not read by a command line's side, in bytes, before it is given up. */
const UNREAD_MAX = 64 * 1024 * 1024

/** Takes command lines from now on, until it is closed. */
export class Listening implements AsyncDisposable {
  readonly #server: Server
  readonly #options: ListenOptions
  readonly #served = new Set<Served>()

  private constructor(options: ListenOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#take(socket))
  }

  /** @throws the system's error where the socket cannot be made */
  static async at(options: ListenOptions): Promise<Listening> {
    const listening = new Listening(options)
    rmSync(options.socket, { force: true }) // one that a killed process left: the folder is ours now
    await new Promise<void>((resolve, reject) => {
      listening.#server.once('error', reject)
      listening.#server.listen(options.socket, resolve)
    })
    chmodSync(options.socket, 0o600)
    return listening
  }

  /** Interrupts the commands that run, waits for their end, and takes no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const served of this.#served) served.interrupt()
    await Promise.all([...this.#served].map(({ ended }) => ended))
    await closed
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #take(socket: Socket): void {
    const served = new Served(socket, this.#options)
    this.#served.add(served)
    served.ended.then(() => this.#served.delete(served))
  }
}

/** One connection: one command line. */
class Served {
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #options: ListenOptions
  readonly #listeners = new Set<() => void>()
  #isInterrupted = false
  /** Takes what the other side says to a question. */
  #answer: (said: string | null) => void = () => {}
  #running: Promise<void> = Promise.resolve()
  /** The terminal at the other side. */
  #terminal: RemoteTerminal | null = null

  constructor(socket: Socket, options: ListenOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('error', () => {}) // a side that is gone ends the loop below
    this.ended = this.#converse().finally(() => socket.destroy())
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#isInterrupted = true
    for (const listener of [...this.#listeners]) listener()
    this.#answer(null)
    if (this.#listeners.size === 0) this.#socket.destroy()
  }

  async #converse(): Promise<void> {
    try {
      for await (const message of receive<ClientMessage>(this.#socket)) this.#hear(message)
    } catch {
      // the other side is gone, or talks nonsense
    }
    this.interrupt()
    await this.#running
  }

  #hear(message: ClientMessage): void {
    if (message.kind === 'run')
      this.#running = this.#run(message.request).catch(() => void this.#socket.destroy())
    if (message.kind === 'interrupt') this.interrupt()
    if (message.kind === 'stop') this.#options.onStop()
    if (message.kind === 'stdin') this.#answer(message.bytes)
    if (message.kind === 'answer') this.#answer(message.text)
    if (message.kind === 'typed') this.#terminal?.input.write(Buffer.from(message.bytes, 'base64'))
    if (message.kind === 'resized') this.#terminal?.output.resize(message.size)
  }

  async #run(request: Request): Promise<void> {
    const { version, run, isEnding } = this.#options
    if (request.version !== version) return this.#end({ kind: 'other-version', version })
    if (isEnding()) return void this.#socket.destroy()
    send(this.#socket, { kind: 'begun' })
    const code = await run(request.argv, this.#io(request))
    this.#end({ kind: 'exit', code, isEnding: isEnding() })
  }

  #end(message: HolderMessage): void {
    send(this.#socket, message)
    this.#socket.end()
  }

  #io({ cwd, env, stdout, stderr, terminal }: Request): Io {
    if (terminal !== null) this.#terminal = this.#lent(terminal)
    return {
      cwd,
      env,
      stdout: this.#sink('stdout', stdout),
      stderr: this.#sink('stderr', stderr),
      program: null,
      terminal: this.#terminal,
      ask: (question) => this.#ask(question),
      readStdin: () => this.#readStdin(),
      readLines: noLines, // no command that reads them is run here
      onInterrupt: (listener) => {
        this.#listeners.add(listener)
        if (this.#isInterrupted) listener()
        return () => this.#listeners.delete(listener)
      },
    }
  }

  #sink(kind: 'stdout' | 'stderr', { isTTY, columns }: SinkInfo): TextSink {
    const write = (content: string | Uint8Array) => {
      if (typeof content === 'string') send(this.#socket, { kind, text: content })
      else send(this.#socket, { kind: 'bytes', bytes: Buffer.from(content).toString('base64') })
      if (this.#socket.writableLength > UNREAD_MAX) this.#socket.destroy()
    }
    return { write, isTTY, ...(columns === undefined ? {} : { columns }) }
  }

  #lent(size: Size): RemoteTerminal {
    const { write } = this.#sink('stdout', { isTTY: true })
    const output = new RemoteScreen(size, write)
    return { input: new PassThrough(), output, takeOver: () => send(this.#socket, { kind: 'take-over' }) }
  }

  async #readStdin(): Promise<Uint8Array> {
    send(this.#socket, { kind: 'stdin' })
    const bytes = await this.#reply()
    if (bytes === null) throw new Error('standard input cannot be read')
    return Buffer.from(bytes, 'base64')
  }

  #ask(question: string): Promise<string | null> {
    send(this.#socket, { kind: 'ask', question })
    return this.#reply()
  }

  /** What the other side says to the question just asked; null where it has nothing to say, or is gone. */
  #reply(): Promise<string | null> {
    if (this.#isInterrupted) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }
}

async function* noLines(): AsyncGenerator<string> {}

interface RemoteTerminal {
  readonly input: PassThrough
  readonly output: RemoteScreen
  readonly takeOver: () => void
}

/** The screen of a terminal at the other side. */
class RemoteScreen extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  readonly #show: (text: string) => void

  constructor({ columns, rows }: Size, show: (text: string) => void) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    this.#show = show
  }

  resize({ columns, rows }: Size): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }

  override _write(text: string | Buffer, _encoding: string, done: () => void): void {
    this.#show(String(text))
    done()
  }
}
