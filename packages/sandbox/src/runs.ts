/** The frame that has a contract run (spec/4-execution §6): one for a whole batch of ops. */
import { FieldReader, reusedWriter } from './fields.js'
import type { Mode } from './wire.js'

/** Runs of one contract, one after the other, each over what those before it wrote. */
export interface Runs {
  /** The loaded contract. */
  readonly id: number
  readonly mode: Mode
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter: boolean | null
  /** Names this batch of runs; whoever goes on from its state says so. */
  readonly batch: number
  /** The state that is read; 0 where nothing of it is to be kept. */
  readonly state: number
  /** The batch that brought the state to where it is now; 0 where something else did. */
  readonly after: number
  /** Each ending is told at once, since a guest did not survive such a batch. */
  readonly isCareful: boolean
  /** Endings tell where ops failed. */
  readonly isExplained: boolean
  /** What the realms are given, in order. */
  readonly items: readonly Uint8Array[]
}

/** What a realm is to run. */
export interface RunItem {
  /** Name of the method, or the op. */
  readonly subject: Uint8Array
  /** Parameters of the method, metadata of the op; null for none. */
  readonly extra: Uint8Array | null
  /** What `util` draws from; null where the contract does not import it. */
  readonly seed: Uint8Array | null
  /** Public key of this participant in methods, of the op's signer in `apply`; null where there is none. */
  readonly key: Uint8Array | null
  /** Place of the op in its oplog. */
  readonly seq: number
  /** Time of the op, in milliseconds. */
  readonly ts: number
}

/** Flags of a run frame. */
const IS_CAREFUL = 1
const IS_EXPLAINED = 2

const IS_WRITER = [null, false, true] as const

const nextWriter = reusedWriter()

/** A run frame's payload. */
export function packRuns({ id, mode, isWriter, batch, state, after, items, ...how }: Runs): Uint8Array {
  const writer = nextWriter()
  const flags = (how.isCareful ? IS_CAREFUL : 0) | (how.isExplained ? IS_EXPLAINED : 0)
  const numbers = [id, mode, IS_WRITER.indexOf(isWriter), batch, state, after, flags]
  for (const number of numbers) writer.wide(number)
  for (const item of items) writer.bytes(item)
  return writer.take()
}

/** A run frame's parts. */
export function unpackRuns(payload: Uint8Array): Runs {
  const reader = new FieldReader(payload)
  const wide = () => reader.wide()
  const runs = { id: wide(), mode: wide() as Mode, isWriter: IS_WRITER[wide()]! }
  const place = { batch: wide(), state: wide(), after: wide() }
  const flags = wide()
  const how = { isCareful: (flags & IS_CAREFUL) !== 0, isExplained: (flags & IS_EXPLAINED) !== 0 }
  const items: Uint8Array[] = []
  while (!reader.isAtEnd) items.push(reader.bytes()!)
  return { ...runs, ...place, ...how, items }
}

/** Bytes of an item. */
export function packItem({ subject, extra, seed, key, seq, ts }: RunItem): Uint8Array {
  const writer = nextWriter()
  writer.bytes(subject)
  writer.bytes(extra)
  writer.bytes(seed)
  writer.bytes(key)
  writer.wide(seq)
  writer.wide(ts)
  return writer.take()
}

/** The next item of a batch. */
export function readItem(reader: FieldReader): RunItem {
  return {
    subject: reader.bytes()!,
    extra: reader.bytes(),
    seed: reader.bytes(),
    key: reader.bytes(),
    seq: reader.wide(),
    ts: reader.wide(),
  }
}
