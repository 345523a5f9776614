/** The sandboxes that a copy opens (spec/6-determinism §4): its own, and those in which an audit takes a second look. */
import { OP_MS, Sandbox } from '@vitra/sandbox'
import type { OpenEngine } from '@vitra/verifier/replay'
import type { OpenOptions } from './options.js'

/** A second look may take longer than the first: what was cut short for lack of time is then decided. */
const SECOND_LOOK_TIMES = 2

export class Engines {
  readonly #own: Sandbox
  readonly #options: OpenOptions

  constructor(own: Sandbox, options: OpenOptions) {
    this.#own = own
    this.#options = options
  }

  /** The sandbox that a copy works with. @throws {SandboxError} */
  static openOwn({ onLog, sandbox }: OpenOptions): Promise<Sandbox> {
    return Sandbox.open({ ...sandbox, ...(onLog === undefined ? {} : { onLog }) })
  }

  /** Opens sandboxes for an audit, which closes them. */
  opener(): OpenEngine {
    return async (engine) => (engine === this.#own.engine ? this.#open() : null)
  }

  #open(): Promise<Sandbox> {
    const { sandbox = {} } = this.#options
    return Sandbox.open({ ...sandbox, opMs: (sandbox.opMs ?? OP_MS) * SECOND_LOOK_TIMES })
  }
}
