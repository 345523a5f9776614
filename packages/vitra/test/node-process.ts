/** Nodes that run in processes of their own, on the built package; and the local network that they meet on. */
import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import createTestnet from 'hyperdht/testnet.js'

const CHILD = fileURLToPath(new URL('network-child.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))

interface Answer {
  readonly id?: number
  readonly value?: unknown
  readonly error?: { readonly code?: string; readonly message: string; readonly details?: unknown }
  readonly event?: string
}

/** A database in a process; `told` keeps everything that it said, in order. */
export class NodeProcess implements AsyncDisposable {
  readonly told: { readonly event: string; readonly value: never }[] = []
  readonly #child: ChildProcess
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  readonly #ended: Promise<void>
  #next = 0

  constructor() {
    if (!existsSync(BUILT)) throw new Error('build first: npm run build')
    this.#child = fork(CHILD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
    this.#child.on('message', (answer: Answer) => this.#take(answer))
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('the process has ended'))
        resolve()
      })
    })
  }

  /** Has the node do something. Rejects with the error's code, message and details. */
  ask<T = unknown>(command: string, ...args: unknown[]): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, command, args })
    })
  }

  /** Resolves once the node has said, or says, something that fits. */
  async heard<T>(event: string, fits: (value: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const found = this.told.find((said) => said.event === event && fits(said.value))
      if (found !== undefined) return found.value
      await new Promise((resolve) => this.#events.once(event, resolve))
    }
  }

  /** All that the node said of one event. */
  all<T>(event: string): T[] {
    return this.told.filter((said) => said.event === event).map(({ value }) => value)
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** Closes the database and ends the process. */
  async close(): Promise<void> {
    await this.ask('close')
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill()
  }

  #take({ id, value, error, event }: Answer): void {
    if (event !== undefined) {
      this.told.push({ event, value: value as never })
      this.#events.emit(event)
      return
    }
    const waiting = this.#waiting.get(id!)
    this.#waiting.delete(id!)
    if (error === undefined) waiting?.resolve(value as never)
    else waiting?.reject(Object.assign(new Error(error.message), error))
  }
}

/** A DHT of this machine only. */
export class Testnet implements AsyncDisposable {
  readonly bootstrap: readonly string[]
  readonly #net: Awaited<ReturnType<typeof createTestnet>>

  private constructor(net: Awaited<ReturnType<typeof createTestnet>>) {
    this.#net = net
    this.bootstrap = net.bootstrap.map(({ host, port }) => `${host}:${port}`)
  }

  static async start(): Promise<Testnet> {
    return new Testnet(await createTestnet(3))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#net.destroy()
  }
}
