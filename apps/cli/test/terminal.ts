/** The built executable at a pseudo-terminal, as somebody who sits there has it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { EXECUTABLE, type Surroundings, surroundingsOf } from './vitra.js'

const PTY = fileURLToPath(new URL('terminal.py', import.meta.url))
/** How long something may take to show, in ms. */
const SHOW_MS = 60_000

export class Terminal implements AsyncDisposable {
  /** What was shown so far, without what moves the cursor or colours. */
  shown = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #listeners = new Set<() => void>()
  #seen = 0

  /** @param program another one than the executable */
  constructor(args: readonly string[], surroundings: Surroundings, columns = 80, program?: string) {
    const begin = program === undefined ? [process.execPath, EXECUTABLE] : [program]
    const words = [PTY, `${columns}`, ...begin, ...args]
    this.#child = spawn('python3', words, surroundingsOf(surroundings))
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.shown += plain(text)
      for (const listener of [...this.#listeners]) listener()
    })
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
  }

  /** Types keys; Enter is \r. */
  type(keys: string): void {
    this.#child.stdin!.write(keys)
  }

  /** Types a line. */
  enter(line: string): void {
    this.type(`${line}\r`)
  }

  /** Waits until something is shown, behind what was waited for before. */
  async see(wanted: string | RegExp): Promise<string> {
    const pattern =
      typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#missed(wanted, 'in time')), SHOW_MS)
    })
    let look = () => {}
    const found = new Promise<string>((resolve) => {
      look = () => {
        const match = pattern.exec(this.shown.slice(this.#seen))
        if (match === null) return
        this.#seen += match.index + match[0].length
        resolve(match[0])
      }
      this.#listeners.add(look)
      look()
    })
    const gone = this.#ended.then((code) => {
      throw this.#missed(wanted, `before it ended with ${code}`)
    })
    gone.catch(() => {}) // where it ends after it was seen, nobody waits for this any more
    try {
      return await Promise.race([found, late, gone])
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }

  ended(): Promise<number | null> {
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL') // its program loses its terminal with it
    await this.#ended
  }

  #missed(wanted: string | RegExp, when: string): Error {
    return new Error(`${wanted} was not shown ${when}:\n${this.shown.slice(this.#seen)}`)
  }
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away.
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '')
}
