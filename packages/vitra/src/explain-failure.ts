/**
 * Says where in the contract a failed op failed. No record has that: the op is run once more here, over the state that it met,
 * and what the guest then says goes to who asks, and nowhere else (spec/6-determinism §3).
 */
import { scriptPlace } from '@vitra/contract-sdk/script'
import {
  BATCH_PATH,
  type Change,
  decodeBatch,
  decodeRun,
  type FailureCode,
  type FoundRun,
  fromHex,
  type Outcome,
  Overlay,
  oplogKey,
  parseRunPath,
  sameBytes,
  sodiumCrypto,
} from '@vitra/log'
import { type ErrorPlace, explain, type Failure, type StepInput } from '@vitra/sandbox'
import type { DatabaseCore } from './database-core.js'
import { failureText } from './failure-text.js'
import { isScriptSource } from './script-source.js'
import type { Transaction } from './transaction.js'

/** Why an op failed, for people. */
export interface OpFailure {
  /** Place of the op in its oplog. */
  readonly seq: number
  /** Code of the outcome. */
  readonly failure: FailureCode
  /** What was thrown says. Of an error of the engine the outcome has the class alone: this is its whole message. */
  readonly message: string
  /** Name of the error, such as `TypeError`; absent where it is none, or not known. */
  readonly errorName?: string
  /** The error's own `code`, such as `ENOENT`. */
  readonly reason?: string
  /** Where it was thrown, innermost first, 1-based: in the script as it was written, else in the contract. Empty where nobody knows. */
  readonly places: readonly ErrorPlace[]
}

/** Codes of what is thrown somewhere; what runs into a limit would do so once more, and have no place. */
const THROWN: readonly FailureCode[] = ['contract', 'engine', 'value']

/**
 * The first op of a transaction that failed; null where none did, or none is executed yet.
 *
 * @throws {LogError} `BLOCK_MISSING`; {@link SandboxError} where nothing can be run here now
 */
export async function explainFailure(core: DatabaseCore, tx: Transaction): Promise<OpFailure | null> {
  const ack = (await tx.fetchAcks()).find(({ outcome }) => outcome.kind === 'failed')
  if (ack === undefined) return null
  const { outcome, seq, oplog } = ack
  const told: OpFailure = { seq, failure: outcome.code!, message: failureText(outcome), places: [] }
  if (!THROWN.includes(outcome.code!)) return told
  const found = await core.index.runOf(fromHex(oplog), seq)
  const again = found === null ? null : await runAgain(core, found, seq)
  // Under another engine it may fail in another way, which explains nothing.
  if (again === null || again.failure.code !== outcome.code) return told
  const { message, name, reason, places } = again.failure
  return {
    ...told,
    message: message === '' ? told.message : message,
    ...(name === '' ? {} : { errorName: name }),
    ...(reason === '' ? {} : { reason }),
    places: isScriptSource(again.source)
      ? places.flatMap((place) => scriptPlace(again.source, place) ?? [])
      : places,
  }
}

interface Again {
  readonly failure: Failure
  readonly source: string
}

async function runAgain(core: DatabaseCore, found: FoundRun, seq: number): Promise<Again | null> {
  const { oplog, firstSeq } = found.place
  const input = core.participants.inputs.find((other) => sameBytes(other.oplog, oplog))
  if (input === undefined) return null
  const rules = await core.rules()
  const before = await core.index.at(await startOf(core, found))
  const source = await before.contractSource()
  const contract = await core.sandbox.load(source, rules)
  const { outcomes } = found.run
  const at = seq - firstSeq
  const passed = outcomes.slice(0, at).reduce((sum, { numChanges }) => sum + numChanges, 0)
  const view = new Overlay(before.source, await changesUpTo(core, before.version, found.seq + 1 + passed))
  const log = await core.participants.open(input.signer)
  const { ts, metadata } = outcomes[at] as Outcome
  const step: StepInput = {
    block: await log.get(seq),
    signer: input.signer,
    oplog,
    seq,
    ts,
    rules,
    processed: contract.hasProcess ? { ok: true, ...(metadata === undefined ? {} : { metadata }) } : null,
    deriveOplog: (signer) => oplogKey(sodiumCrypto, signer, core.index.key),
    loadSource: async (next) => void (await core.sandbox.load(next, rules)),
  }
  const failure = await explain(contract, view, step)
  return failure === null ? null : { failure, source }
}

/** The version at which the batch of a run began. */
async function startOf({ index }: DatabaseCore, { seq: runAt, run }: FoundRun): Promise<number> {
  let seq = runAt + 1 + changesOf(run.outcomes)
  for (;;) {
    const { path, value } = await index.entry(seq)
    if (path === BATCH_PATH && value !== null) return decodeBatch(value).prevEnd
    seq += 1 + (parseRunPath(path) === null || value === null ? 0 : changesOf(decodeRun(value).outcomes))
  }
}

/** What the ops of a batch changed before a block of it. */
async function changesUpTo({ index }: DatabaseCore, start: number, end: number): Promise<Change[]> {
  const changes: Change[] = []
  for (let seq = start; seq < end; seq++) {
    const { path, value } = await index.entry(seq)
    if (parseRunPath(path) === null) changes.push({ path, value })
  }
  return changes
}

function changesOf(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { numChanges }) => sum + numChanges, 0)
}
