/** A worker of an audit in a process of its own, with a guest of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import type { AuditPart } from '../verdict.js'
import type { AuditWorker, CheckedBatch, CheckedPart } from './team.js'
import type { FromWorker, ToWorker, WorkerSettings } from './worker-messages.js'

/** An audit makes much short-lived memory: with more room for it, less of it is moved about. */
const FLAGS = ['--max-semi-space-size=64']

export class WorkerProcess implements AuditWorker, AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #hasEnded = false
  #onBatch: (batch: CheckedBatch) => void = () => {}
  #onChecked: (checked: CheckedPart | null) => void = () => {}

  /** @param settings what it works with; the folder may be open in this process */
  constructor(settings: WorkerSettings) {
    const program = createRequire(import.meta.url).resolve('@vitra/verifier/worker')
    this.#child = fork(program, {
      execArgv: FLAGS,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child.on('message', (message) => this.#take(message as FromWorker))
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#hasEnded = true
        this.#onChecked(null)
        resolve()
      }
      this.#child.once('exit', end)
      this.#child.once('error', end)
    })
    this.#tell({ settings })
  }

  /** Null where the process has failed, too. */
  check(part: AuditPart, onBatch: (batch: CheckedBatch) => void): Promise<CheckedPart | null> {
    if (this.#hasEnded) return Promise.resolve(null)
    this.#onBatch = onBatch
    return new Promise((resolve) => {
      this.#onChecked = resolve
      this.#tell({ part })
    })
  }

  /** Ends the process, whatever it does. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #tell(message: ToWorker): void {
    // One that is gone is noticed by its end.
    this.#child.send(message, () => {})
  }

  #take(message: FromWorker): void {
    if ('batch' in message) this.#onBatch(message.batch)
    else this.#onChecked(message.checked)
  }
}
