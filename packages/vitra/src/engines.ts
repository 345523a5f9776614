/** The sandboxes that a copy opens (spec/6-determinism §4): its own, and those in which an audit takes a second look. */
import { type EngineBinaries, OP_MS, Sandbox } from '@vitra/sandbox'
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

  /**
   * Opens sandboxes for an audit, which closes them: of its own engine, and of those that `sandbox.engines` names.
   *
   * @param more engines for this audit alone
   */
  opener(more: EngineBinaries = {}): OpenEngine {
    return async (engine) => {
      const engines = { ...this.#options.sandbox?.engines, ...more }
      const isHere = engine === this.#own.engine || Object.hasOwn(engines, engine)
      return isHere ? this.#open(engine, engines) : null
    }
  }

  #open(engine: string, engines: EngineBinaries): Promise<Sandbox> {
    const { sandbox = {} } = this.#options
    const opMs = (sandbox.opMs ?? OP_MS) * SECOND_LOOK_TIMES
    // An audit leaves no op out because of the ones before it.
    return Sandbox.open({ ...sandbox, engine, engines, opMs, refusal: false })
  }
}
