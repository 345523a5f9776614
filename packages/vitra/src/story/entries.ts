/** What the logs of a database tell, line by line: calls, what became of them, and acknowledgements. */
import type { Outcome, Value } from '@vitra/log'
import type { PublicKeyLike } from '../keys.js'

/** A block of a participant's oplog. */
export interface OplogLine {
  /** Public key of the participant, hex. */
  readonly participant: string
  /** Which block of its oplog, counted from 1. */
  readonly position: number
}

/** A participant has written an op. */
export interface CallLine extends OplogLine {
  readonly kind: 'call'
  /** Null where the block is not here. */
  readonly op: Value | null
  /** False while it waits. Null where only the oplog was read. */
  readonly executed: boolean | null
}

/** A participant has acknowledged a head of the index that it saw. */
export interface AckLine extends OplogLine {
  readonly kind: 'ack'
  /** Length of the index, and its tree hash there in hex. */
  readonly length: number
  readonly treeHash: string
  /** Ops that were executed up to there: the position of the last result it covers. Null where no batch ends there. */
  readonly results: number | null
  /** False where the index here is another one; null where it does not reach so far. */
  readonly agrees: boolean | null
}

/** A participant has written a block that holds neither. */
export interface OtherLine extends OplogLine {
  readonly kind: 'other'
}

/** The executor has executed an op. */
export interface ResultLine {
  readonly kind: 'result'
  /** Which of all executed ops, counted from 1. */
  readonly position: number
  /** Whose op it was, and where it stands in its oplog, counted from 1. */
  readonly participant: string
  readonly call: number
  /** Null where its block is not here. */
  readonly op: Value | null
  readonly outcome: Pick<Outcome, 'kind' | 'code' | 'message' | 'ts'>
  /** What it returned, where it returned something. */
  readonly value?: Value
  /** Index block of its run. */
  readonly block: number
}

/** One line of a {@link StoryOptions story}. */
export type StoryLine = CallLine | AckLine | OtherLine | ResultLine

/** Which part of the story to tell. */
export interface StoryOptions {
  /** One log alone: `host` for the executor's results, or a participant's public key. */
  readonly log?: 'host' | PublicKeyLike
  /** Newest first. */
  readonly reverse?: boolean
  readonly limit?: number
}
