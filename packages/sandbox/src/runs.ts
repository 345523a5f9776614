/** The frame that has a contract run (spec/4-execution §6): one for a whole batch of ops. */
import { pack, unpack } from './pack.js'
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
  /** What each realm is given, in order. */
  readonly messages: readonly Uint8Array[]
}

/** A run frame's payload. */
export function packRuns({ id, mode, isWriter, batch, state, after, messages }: Runs): Uint8Array {
  return pack([id, mode, isWriter, batch, state, after, messages])
}

/** A run frame's parts. */
export function unpackRuns(payload: Uint8Array): Runs {
  const [id, mode, isWriter, batch, state, after, messages] = unpack(payload) as [
    number,
    Mode,
    boolean | null,
    number,
    number,
    number,
    Uint8Array[],
  ]
  return { id, mode, isWriter, batch, state, after, messages }
}
