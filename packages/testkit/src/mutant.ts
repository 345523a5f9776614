/** An executor, or a participant, that changes one random thing of an honest history. */
import {
  BATCH_PATH,
  type BatchRecord,
  type Change,
  decodeBatch,
  decodeRun,
  encodeBatch,
  encodeRun,
  encodeValue,
  FAILURE_CODES,
  OUTCOME_KINDS,
  type Outcome,
  parseRunPath,
  type Run,
  toHex,
} from '@vitra/log'
import { DishonestExecutor } from './dishonest-executor.js'
import type { History } from './history.js'
import type { Random } from './random.js'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Changes one thing, chosen by chance: an entry, a field, a byte, an op, the order of things. */
export class Mutant extends DishonestExecutor {
  readonly expected = 'non-canonical-index'
  readonly #random: Random
  readonly #kind: Kind
  #does = ''
  #isChoice = false
  #batch = 0

  constructor(random: Random) {
    super()
    this.#random = random
    this.#kind = random.pick(KINDS)
  }

  /** What it did, for the message of a test that fails. */
  get does(): string {
    return `${this.#kind}: ${this.#does}`
  }

  /** True where an honest executor might have done the same: another order between participants, ops not executed yet. */
  get isChoice(): boolean {
    return this.#isChoice
  }

  override tell(history: History): void {
    const random = this.#random
    this.#batch = random.below(history.batches.length + 1)
    if (this.#kind === 'oplog') this.#mutateOplog(history)
    if (this.#kind === 'batches') this.#mutateBatches(history)
    if (this.#kind === 'draft') this.#mutateDraft(history)
  }

  override entries(changes: Change[], number: number): Change[] {
    if (number !== this.#batch) return changes
    if (this.#kind === 'entries') return this.#mutateEntries(changes)
    if (this.#kind === 'record') return this.#mutateRecord(changes)
    if (this.#kind === 'run') return this.#mutateRuns(changes)
    return changes
  }

  override layOut(changes: Change[], number: number): Change[][] {
    if (number !== this.#batch || this.#kind !== 'flushes' || changes.length < 2) return [changes]
    const at = 1 + this.#random.below(changes.length - 1)
    this.#does = `batch ${number} flushed in two, at ${at}`
    return [changes.slice(0, at), changes.slice(at)]
  }

  override blocks(blocks: Uint8Array[], number: number): Uint8Array[] {
    if (number !== this.#batch || this.#kind !== 'bytes') return blocks
    const random = this.#random
    const at = random.below(blocks.length)
    const how = random.below(4)
    this.#does = `block ${at} of batch ${number}, way ${how}`
    if (how === 0) return blocks.filter((_, n) => n !== at)
    if (how === 1) return blocks.toSpliced(at, 0, random.bytes(random.below(40)))
    return blocks.toSpliced(at, 1, flipped(blocks[at]!, random))
  }

  #mutateOplog(history: History): void {
    const random = this.#random
    const { blocks } = random.pick(history.oplogs.filter((oplog) => oplog.blocks.length > 0))
    const at = random.below(blocks.length)
    const how = random.below(3)
    this.#does = `block ${at} of an oplog, way ${how}`
    if (how === 0) blocks.splice(at, 1)
    else if (how === 1) blocks.splice(at, 0, random.bytes(20))
    else blocks[at] = flipped(blocks[at]!, random)
  }

  #mutateBatches(history: History): void {
    const random = this.#random
    const { batches } = history
    const at = random.below(batches.length)
    const how = random.below(3)
    this.#does = `batch ${at + 1} of ${batches.length}, way ${how}`
    if (how === 0) batches.splice(at, 1)
    else if (how === 1) batches.splice(at, 0, batches[at]!)
    else batches.splice(random.below(batches.length), 0, ...batches.splice(at, 1))
    if (random.chance(0.5)) history.batches = batches.map((batch, n) => ({ ...batch, number: n + 1 }))
    this.#isChoice = areOpsInOrder(history)
  }

  /** One op's outcome or changes, everything that depends on it laid out anew. */
  #mutateDraft(history: History): void {
    const random = this.#random
    const { executed } = random.pick(random.pick(history.batches).runs)
    const at = random.below(executed.length)
    const { outcome, changes } = executed[at]!
    if (random.chance(0.5)) {
      const patched = this.#mutateOutcome(outcome)
      executed[at] = { outcome: patched, changes }
      return
    }
    const mutated = this.#mutateChanges(changes)
    executed[at] = { outcome: { ...outcome, numChanges: mutated.length }, changes: mutated }
  }

  #mutateChanges(changes: readonly Change[]): Change[] {
    const random = this.#random
    const extra = { path: random.pick(PATHS), value: encodeValue(random.below(5)) }
    if (changes.length === 0 || random.chance(0.3)) {
      this.#does = `a change of ${extra.path} more`
      return changes.toSpliced(random.below(changes.length + 1), 0, extra)
    }
    const at = random.below(changes.length)
    const how = random.below(4)
    this.#does = `change ${at}, way ${how}`
    if (how === 0) return changes.toSpliced(at, 1)
    if (how === 1) return changes.toSpliced(at, 1, { ...changes[at]!, path: extra.path })
    if (how === 2) return changes.toSpliced(at, 1, { ...changes[at]!, value: extra.value })
    return changes.toSpliced(at, 1, { ...changes[at]!, value: null })
  }

  #mutateOutcome(outcome: Outcome): Outcome {
    const random = this.#random
    const field = random.pick(['kind', 'code', 'message', 'fuel', 'value', 'metadata', 'ts'] as const)
    this.#does = `${field} of an outcome`
    const { code: _, message: __, ...plain } = outcome
    switch (field) {
      case 'kind': {
        const kind = random.pick(OUTCOME_KINDS)
        this.#does += `: ${kind}`
        return kind === 'failed' ? { ...plain, kind, code: random.pick(FAILURE_CODES) } : { ...plain, kind }
      }
      case 'code':
        return { ...plain, kind: 'failed', code: random.pick(FAILURE_CODES), message: '' }
      case 'message':
        return { ...outcome, kind: 'failed', code: outcome.code ?? 'contract', message: 'another' }
      case 'fuel':
        return { ...outcome, fuel: outcome.fuel + 1 }
      case 'ts':
        return { ...outcome, ts: outcome.ts + random.below(2000) - 1000 }
      default:
        return { ...outcome, [field]: encodeValue(random.below(3)) }
    }
  }

  #mutateEntries(changes: Change[]): Change[] {
    const random = this.#random
    const at = random.below(changes.length)
    const how = random.below(5)
    this.#does = `entry ${at} (${changes[at]!.path}) of batch ${this.#batch}, way ${how}`
    if (how === 0) return changes.toSpliced(at, 1)
    if (how === 1) return changes.toSpliced(random.below(changes.length + 1), 0, changes[at]!)
    if (how === 2) return changes.toSpliced(at, 1).toSpliced(random.below(changes.length), 0, changes[at]!)
    if (how === 3) return changes.toSpliced(at, 1, { ...changes[at]!, path: random.pick(PATHS) })
    const { path, value } = changes[at]!
    return changes.toSpliced(at, 1, { path, value: value === null ? encodeValue(1) : flipped(value, random) })
  }

  #mutateRecord(changes: Change[]): Change[] {
    return this.#patch(changes, BATCH_PATH, (value) => {
      const random = this.#random
      const record: Mutable<BatchRecord> = { ...decodeBatch(value) }
      const field = random.pick([
        'number',
        'prevEnd',
        'prevTreeHash',
        'prevSignature',
        'lastTs',
        'engine',
        'runs',
        'blocks',
      ] as const)
      this.#does = `${field} of batch ${this.#batch}`
      if (field === 'engine') record.engine = random.pick(['v8-1.0', '', 'v8-11.3 '])
      else if (field === 'prevTreeHash' || field === 'prevSignature')
        record[field] = flipped(record[field], random)
      else record[field] += random.pick([-1, 1, 1000])
      return encodeBatch(record)
    })
  }

  #mutateRuns(changes: Change[]): Change[] {
    const random = this.#random
    const runs = changes.filter(({ path }) => parseRunPath(path) !== null)
    if (runs.length === 0) return changes
    return this.#patch(changes, random.pick(runs).path, (value) => {
      const run: Mutable<Run> = { ...decodeRun(value) }
      const outcomes = [...run.outcomes]
      const at = random.below(outcomes.length)
      const how = random.below(7)
      this.#does = `run of batch ${this.#batch}, way ${how}`
      if (how === 0) run.prevRun += random.pick([-run.prevRun, 1])
      else if (how === 1) run.head = { ...run.head, length: run.head.length + random.pick([-1, 1]) }
      else if (how === 2) run.head = { ...run.head, treeHash: flipped(run.head.treeHash, random) }
      else if (how === 3) run.head = { ...run.head, signature: flipped(run.head.signature, random) }
      else if (how === 4) outcomes.splice(at, 0, outcomes[at]!)
      else if (how === 5)
        outcomes[at] = { ...outcomes[at]!, numChanges: outcomes[at]!.numChanges + random.pick([1, 2]) }
      else outcomes[at] = this.#mutateOutcome(outcomes[at]!)
      return encodeRun({ ...run, outcomes })
    })
  }

  #patch(changes: Change[], path: string, patch: (value: Uint8Array) => Uint8Array): Change[] {
    return changes.map((change) => {
      if (change.path !== path || change.value === null) return change
      return { path, value: patch(change.value) }
    })
  }
}

/** True where each participant's ops follow one another from the first. */
function areOpsInOrder(history: History): boolean {
  const next = new Map<string, number>()
  for (const { oplog, firstSeq, executed } of history.batches.flatMap(({ runs }) => runs)) {
    const key = toHex(oplog)
    if (firstSeq !== (next.get(key) ?? 0)) return false
    next.set(key, firstSeq + executed.length)
  }
  return true
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice()
  if (out.length === 0) return Uint8Array.of(random.below(256))
  const at = random.below(out.length)
  out[at] = out[at]! ^ (1 << random.below(8))
  return out
}

const KINDS = [
  'oplog',
  'batches',
  'draft',
  'draft',
  'entries',
  'record',
  'run',
  'run',
  'flushes',
  'bytes',
] as const
type Kind = (typeof KINDS)[number]

const PATHS = [
  '/values/a',
  '/values/b',
  '/values/many1',
  '/elsewhere',
  '/.sys/contract/source',
  `/.sys/inputs/${'ab'.repeat(32)}`,
  '/.sys/acks/genesis',
  '/.sys/batch',
  `/.sys/acks/${'cd'.repeat(32)}/000000000000000`,
]
