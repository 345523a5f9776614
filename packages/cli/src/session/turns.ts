/** What runs in a session, one thing after another: lines that are typed meanwhile wait, Ctrl-C stops what runs. */
import type { REPLServer } from 'node:repl'

type Listener = (...args: unknown[]) => void

export class Turns {
  readonly #repl: REPLServer
  #running: AbortController | null = null
  readonly #waiting: string[] = []
  readonly #onLine: Listener[]

  constructor(repl: REPLServer) {
    this.#repl = repl
    this.#onLine = takeOff(repl, 'line')
    const onInterrupt = takeOff(repl, 'SIGINT')
    repl.on('line', (line: string) => this.#take(line))
    repl.on('SIGINT', () => {
      if (this.#running !== null) this.interrupt()
      else for (const listener of onInterrupt) listener.call(repl)
    })
  }

  /** Does a command; the prompt comes back when it is done. */
  run(work: (signal: AbortSignal) => Promise<unknown>): void {
    this.#do(work)
      .catch(() => {}) // it has said itself why
      .finally(() => this.#repl.displayPrompt())
  }

  /** Waits for what an expression gives. @throws what it fails with; `interrupted` after Ctrl-C */
  waitFor<T>(promise: Promise<T>): Promise<T> {
    return this.#do((signal) => {
      const interrupted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true })
      })
      return Promise.race([promise, interrupted])
    })
  }

  /** Stops what runs, as Ctrl-C does. */
  interrupt(): void {
    this.#running?.abort()
  }

  /** Prints something between two lines, and the line that is being typed again. */
  tell(text: string): void {
    const isTyping = this.#running === null
    this.#repl.output.write(isTyping ? `\r\x1b[K${text}` : text)
    if (isTyping) this.#repl.prompt(true)
  }

  async #do<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = new AbortController()
    this.#running = running
    try {
      return await work(running.signal)
    } finally {
      this.#running = null
      setImmediate(() => this.#next())
    }
  }

  #take(line: string): void {
    this.#waiting.push(line)
    this.#next()
  }

  #next(): void {
    while (this.#running === null) {
      const line = this.#waiting.shift()
      if (line === undefined) return
      for (const listener of this.#onLine) listener.call(this.#repl, line)
    }
  }
}

function takeOff(repl: REPLServer, event: string): Listener[] {
  const listeners = repl.listeners(event) as Listener[]
  repl.removeAllListeners(event)
  return listeners
}
