/**
 * Sandboxes in which a doubt is looked at once more (spec/6-determinism §4): each a guest of its own, under the engine
 * that a batch record names. They live as long as one stretch of an audit.
 */
import type { Rules } from '@vitra/log'
import {
  type Contract,
  ContractLoadError,
  ENGINES,
  isResourceLimit,
  type Sandbox,
  SandboxError,
} from '@vitra/sandbox'
import { type Finding, finding } from '../verdict.js'

/**
 * Opens a sandbox of its own under an engine; null where that one is not installed here. The audit closes it.
 *
 * @param engine one of `ENGINES`
 */
export type OpenEngine = (engine: string) => Promise<Sandbox | null>

/** A contract under a certain engine. */
export interface Court {
  readonly sandbox: Sandbox
  readonly contract: Contract
}

export class RecordedEngines {
  readonly #open: OpenEngine
  readonly #sandboxes = new Map<string, Promise<Sandbox | null>>()

  constructor(open: OpenEngine) {
    this.#open = open
  }

  /** The contract under an engine; null where the engine is not installed, or does not take the contract. */
  async court(engine: string, source: string, rules: Rules): Promise<Court | null> {
    const tried = await this.#try(engine, source, rules)
    return tried instanceof ContractLoadError ? null : tried
  }

  /** True where the engine is installed and finds the source to be no contract. */
  async refuses(engine: string, source: string, rules: Rules): Promise<boolean> {
    return (await this.#try(engine, source, rules)) instanceof ContractLoadError
  }

  async #try(engine: string, source: string, rules: Rules): Promise<Court | ContractLoadError | null> {
    const sandbox = await this.#sandbox(engine)
    if (sandbox === null) return null
    try {
      return { sandbox, contract: await sandbox.load(source, rules) }
    } catch (error) {
      if (error instanceof ContractLoadError) return error
      if (isObstacle(error)) return null
      throw error
    }
  }

  /** Ends the sandbox of an engine; the next doubt opens a new one. */
  async drop(engine: string): Promise<void> {
    const opened = this.#sandboxes.get(engine)
    this.#sandboxes.delete(engine)
    await (await opened)?.close()
  }

  /** Ends the sandboxes; the next doubt opens new ones. */
  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#sandboxes.values())
    this.#sandboxes.clear()
    for (const result of opened) if (result.status === 'fulfilled') await result.value?.close()
  }

  async #sandbox(engine: string): Promise<Sandbox | null> {
    if (!ENGINES.includes(engine)) return null
    const opened = this.#sandboxes.get(engine) ?? this.#open(engine)
    this.#sandboxes.set(engine, opened)
    return opened
  }
}

/** Where this version does not know an engine a later one may: nobody is accused for it (spec/6-determinism 6.4.6). */
export function unknownEngine(engine: string, batch: number): Finding | null {
  if (ENGINES.includes(engine)) return null
  return finding('engine-unknown', `the engine ${engine} is not known to this version`, { batch })
}

/** Refusals of a contract or of an op by this machine; what they concern stays unchecked, the audit goes on. */
const REFUSALS: readonly string[] = ['ENGINE_REFUSED', 'CONTRACT_REFUSED']

/** True where something could not be run here that elsewhere may run. */
export function isObstacle(error: unknown): error is SandboxError {
  return isResourceLimit(error) || (error instanceof SandboxError && REFUSALS.includes(error.code))
}
