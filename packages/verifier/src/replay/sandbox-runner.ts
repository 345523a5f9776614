/** What the trial of an accusation needs of this machine: the sandbox, and Hyperbee's layout. */
import { IndexWriter, type Rules } from '@vitra/log'
import type { Change } from '@vitra/log/values'
import { type Contract, ContractLoadError, type Sandbox, type Step } from '@vitra/sandbox'
import type { CheckedOp, RunnableOp } from '../batch/published-form.js'
import { Missing } from '../batch/sources.js'
import type { EvidenceIndex } from '../fraud/evidence.js'
import type { FraudRunner, OpTrial } from '../fraud/trial.js'
import { checkOp, type ExecutionContext } from './execution.js'
import { isObstacle, type RecordedEngines } from './recorded-engines.js'
import { type Obstacle, runOp } from './run-ops.js'

export class SandboxRunner implements FraudRunner {
  readonly #sandbox: Sandbox
  readonly #engines: RecordedEngines

  constructor(sandbox: Sandbox, engines: RecordedEngines) {
    this.#sandbox = sandbox
    this.#engines = engines
  }

  async checkOp({ source, ...trial }: OpTrial, op: RunnableOp): Promise<CheckedOp> {
    const sandbox = this.#sandbox
    // An accusation comes with a difference: the second guest starts while the first one runs the op.
    const early = this.#engines.court(trial.engine, source, trial.rules)
    early.catch(toldInItsTurn)
    const contract = await this.#load(source, trial.rules)
    const court = async (engine: string, isFresh = false) => {
      if (!isFresh && engine === trial.engine) return early
      if (isFresh) await this.#engines.drop(engine)
      return this.#engines.court(engine, source, trial.rules)
    }
    const context = { ...trial, sandbox, contract, court }
    return checkOp(context, op, await this.#runOwn(context, op))
  }

  /** Under another engine than the recorded one an op may read what the proof does not have: that one decides. */
  async #runOwn(context: ExecutionContext, op: RunnableOp): Promise<Step | Obstacle> {
    try {
      return await runOp(context, context, op)
    } catch (error) {
      if (!(error instanceof Missing) || context.engine === this.#sandbox.engine) throw error
      const message = `an op reads other blocks here than under ${context.engine}, which is to decide`
      return { code: 'unexecutable', message, again: 'elsewhere' }
    }
  }

  async layOut(
    index: EvidenceIndex,
    start: number,
    changes: readonly Change[],
  ): Promise<{ length: number; treeHash: Uint8Array }> {
    const writer = await IndexWriter.open(start === 0 ? null : baseOf(index, start), start)
    const { treeHash } = await writer.layOut(changes)
    return { length: writer.length, treeHash }
  }

  async refusal(source: string, rules: Rules, engine: string): Promise<string | null> {
    try {
      await this.#sandbox.load(source, rules)
      return null
    } catch (error) {
      if (!(error instanceof ContractLoadError)) {
        if (isObstacle(error)) return null
        throw error
      }
      // Syntax is for the pinned parser to decide, all else for the engine that was recorded.
      const isRefused =
        error.code === 'CONTRACT_SYNTAX' || (await this.#engines.refuses(engine, source, rules))
      return isRefused ? error.message : null
    }
  }

  /** Null where the contract does not load here. */
  async #load(source: string, rules: Rules): Promise<Contract | null> {
    try {
      return await this.#sandbox.load(source, rules)
    } catch (error) {
      if (error instanceof ContractLoadError || isObstacle(error)) return null
      throw error
    }
  }
}

/** Whoever asks for it hears why it failed; where nobody does, nothing was needed. */
function toldInItsTurn(): void {}

function baseOf(index: EvidenceIndex, start: number) {
  return {
    length: start,
    get: async (seq: number) => index.block(seq),
    roots: async () => ({ length: start, roots: await index.roots(start) }),
  }
}
