/** Tells how tests go, as they go, and adds up what came of them. */
import path from 'node:path'
import type { Output } from '../output/output.js'
import { tame } from '../output/text.js'
import type { TestEvent } from './reporter.js'

/** One test, as `--json` prints it. */
interface TestResult {
  readonly file: string | null
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly ms: number
  readonly error?: string
}

export class TestTeller {
  readonly #out: Output
  readonly #cwd: string
  readonly #results: TestResult[] = []
  /** Names of the tests that run, the outermost first. */
  readonly #names: string[] = []
  #file: string | null = null

  constructor(out: Output, cwd: string) {
    this.#out = out
    this.#cwd = cwd
  }

  readonly tell = (event: TestEvent, file: string | null): void => {
    if (event.kind === 'start') this.#names[event.nesting] = event.name
    else if (event.kind === 'output') this.#say(indented(event.text.replace(/\n$/, ''), 4))
    else this.#end(event, file)
  }

  /** Prints the sum. @returns true where nothing failed */
  end(code: number | null): boolean {
    const of = (outcome: TestResult['outcome']) =>
      this.#results.filter((test) => test.outcome === outcome).length
    const [passed, failed, skipped] = [of('passed'), of('failed'), of('skipped')]
    const { style } = this.#out
    const parts = [
      failed > 0 ? `${passed} passed` : style.green(`${passed} passed`),
      ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ]
    const isFine = failed === 0 && code === 0
    this.#out.result({ passed, failed, skipped, tests: this.#results }, [parts.join(', ')])
    if (this.#results.length === 0) this.#out.warn('the files hold no tests')
    return isFine
  }

  #end(event: Extract<TestEvent, { kind: 'end' }>, file: string | null): void {
    // A file is a test to the runner; it counts where it ended before its tests did.
    const isFile = path.isAbsolute(event.name)
    if (event.isSuite || (isFile && event.outcome !== 'failed')) return
    const outer = isFile ? [] : this.#names.slice(0, event.nesting)
    const name = isFile ? 'the file itself' : [...outer, event.name].join(' › ')
    const error = event.error === null ? null : this.#readable(event.error)
    const named = file === null ? null : path.relative(this.#cwd, file)
    const { outcome, ms } = event
    this.#results.push({ file: named, name, outcome, ms, ...(error === null ? {} : { error }) })
    if (named !== this.#file && named !== null) this.#say(named)
    this.#file = named ?? this.#file
    const { style } = this.#out
    const mark = { passed: style.green('✔'), failed: style.red('✖'), skipped: style.yellow('–') }[outcome]
    this.#say(`  ${mark} ${tame(name)} ${style.dim(`(${Math.round(ms)} ms)`)}`)
    if (error !== null) this.#say(indented(error, 6))
  }

  #say(text: string): void {
    if (!this.#out.options.json) this.#out.event({}, text)
  }

  /** Without the frames of the machinery, and with files as the author names them. */
  #readable(error: string): string {
    const lines = error.split('\n').filter((line) => !/^\s+at .*(?:node:internal|\(node:)/.test(line))
    return lines.join('\n').replaceAll(`file://${this.#cwd}/`, '').replaceAll(`${this.#cwd}/`, '')
  }
}

function indented(text: string, columns: number): string {
  return tame(text).replace(/^/gm, ' '.repeat(columns))
}
