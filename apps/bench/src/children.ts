/** Runs `child.ts` and talks with it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** From `src` and from `dist` alike: it runs as built. */
const PROGRAM = fileURLToPath(new URL('../dist/child.js', import.meta.url))

export class Child implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(...args: readonly string[]) {
    this.#process = spawn(process.execPath, ['--expose-gc', PROGRAM, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** What it says next. */
  async hear<T>(): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('its process has ended, and has printed why; it runs as built: npm run build')
    return JSON.parse(value) as T
  }

  /** Has it do the next thing. */
  go(): void {
    this.#process.stdin.write('\n')
  }

  /** Lets it end by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.stdin.end()
    await ended
  }
}
