/**
 * What a command prints. Results go to stdout, notes and errors to stderr, so that a pipe gets results only. With
 * `--json` stdout holds one document, or one object a line for a command that goes on, and stderr errors alone.
 */
import type { Problem } from '../explain.js'
import type { Io, TextSink } from '../io.js'
import { type Style, styleFor } from './style.js'
import { short, tame } from './text.js'
import { wrap } from './wrap.js'

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly debug: boolean
}

export class Output {
  readonly options: OutputOptions
  /** Styles of stdout. */
  readonly style: Style
  readonly #stdout: TextSink
  readonly #stderr: TextSink
  readonly #errorStyle: Style
  /** True while a line of progress stands at the terminal. */
  #isTelling = false

  constructor(io: Io, options: OutputOptions) {
    this.options = options
    this.#stdout = io.stdout
    this.#stderr = io.stderr
    this.style = styleFor(io.stdout, io.env)
    this.#errorStyle = styleFor(io.stderr, io.env)
  }

  /** Characters in a line of the terminal; wide where there is none. */
  get width(): number {
    return this.#stdout.isTTY ? (this.#stdout.columns ?? 80) : Number.POSITIVE_INFINITY
  }

  /**
   * The result of a command.
   *
   * @param document what `--json` prints
   * @param lines what people read; none prints nothing
   */
  result(document: object, lines: readonly string[]): void {
    this.progressEnd()
    if (this.options.json) this.#stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    else for (const line of lines) this.#stdout.write(`${line}\n`)
  }

  /** A result that is told in sentences, which are wrapped to a terminal; `result` prints lines as they are. */
  report(document: object, lines: readonly string[]): void {
    this.result(
      document,
      lines.map((line) => wrapFor(this.#stdout, line)),
    )
  }

  /** One of many results of a command that goes on. */
  event(document: object, line: string): void {
    this.progressEnd()
    this.#stdout.write(`${this.options.json ? JSON.stringify(document) : wrapFor(this.#stdout, line)}\n`)
  }

  /** True where stdout is a terminal. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY ?? false
  }

  /** Content of a file to stdout as it is, and nothing else. */
  content(content: string | Uint8Array): void {
    this.progressEnd()
    this.#stdout.write(content)
  }

  /** Text by others, such as an entry's value: exact in a pipe, harmless in a terminal. */
  foreign(text: string): string {
    return this.#stdout.isTTY ? tame(text) : text
  }

  /** Something to know besides the result, such as the next step. */
  note(text: string): void {
    if (this.options.quiet || this.options.json) return
    this.progressEnd()
    this.#say(this.#errorStyle.dim(tame(text)))
  }

  /** How far a long piece of work is: one line that changes on a terminal, lines of their own in a pipe. */
  progress(text: string): void {
    if (this.options.quiet || this.options.json) return
    if (!this.#stderr.isTTY) return void this.#stderr.write(`${tame(text)}\n`)
    // A line that goes on in the next row could not be taken away.
    const line = short(tame(text), (this.#stderr.columns ?? 80) - 1)
    this.#stderr.write(`\r\x1b[K${this.#errorStyle.dim(line)}`)
    this.#isTelling = true
  }

  /** Prints the progress of a long piece of work, as often as is good to read. @param say the text of a step */
  follow<Step>(say: (step: Step) => string): (step: Step) => void {
    let toldMs = performance.now()
    return (step) => {
      const now = performance.now()
      if (now - toldMs < this.#progressMs) return
      toldMs = now
      this.progress(say(step))
    }
  }

  /** Takes the line of `progress` away. */
  progressEnd(): void {
    if (this.#isTelling) this.#stderr.write('\r\x1b[K')
    this.#isTelling = false
  }

  /** How often a line of progress may be written. */
  get #progressMs(): number {
    return this.#stderr.isTTY ? 100 : 5000
  }

  /** Something that may be wrong. */
  warn(text: string): void {
    if (this.options.quiet || this.options.json) return
    this.progressEnd()
    this.#say(`${this.#errorStyle.yellow('warning:')} ${tame(text)}`)
  }

  problem(problem: Problem): void {
    this.progressEnd()
    const { code, message, hint, details, stack } = problem
    if (this.options.json) {
      const error = { code, message, ...(hint === undefined ? {} : { hint }), details }
      this.#stderr.write(`${JSON.stringify({ error: this.options.debug ? { ...error, stack } : error })}\n`)
      return
    }
    const { red, dim } = this.#errorStyle
    this.#say(`${red('error:')} ${tame(message).replaceAll('\n', '\n  ')} ${dim(`(${code})`)}`)
    if (hint !== undefined) this.#say(tame(hint))
    if (this.options.debug && stack !== undefined) this.#stderr.write(`${tame(stack)}\n`)
  }

  #say(text: string): void {
    this.#stderr.write(`${wrapFor(this.#stderr, text)}\n`)
  }
}

/** A pipe gets lines as they are. */
function wrapFor({ isTTY, columns = 80 }: TextSink, text: string): string {
  return isTTY ? wrap(text, columns) : text
}
