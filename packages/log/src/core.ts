/**
 * What is public of the hypercore under a log and of the corestore under a storage. Neither package ships types,
 * so nothing that is declared here may name one of theirs.
 */
import type { Duplex } from 'node:stream'

/** The hypercore under a log. */
export interface LogCore {
  /** Topic under which peers find the log; null before the log is open. */
  readonly discoveryKey: Buffer | null
  /** What the key is the hash of; null before a peer has told it. */
  readonly manifest: object | null
  /** Blocks, as far as this replica knows. */
  readonly length: number
  /** Blocks that are here without a gap, from the first on. */
  readonly contiguousLength: number
  /** Bytes of all blocks. */
  readonly byteLength: number
  /** Above 0 where the log was cut back. */
  readonly fork: number
  /** Set once the log begins to close. */
  readonly closing: Promise<void> | null
  /** Connected peers that have the log too. */
  readonly peers: readonly LogPeer[]
  /** Asks peers for the newest head. True where it is longer than the one here. */
  update(options?: { wait?: boolean }): Promise<boolean>
  /** True where the blocks from `start` up to, not including, `end` are here. */
  has(start: number, end?: number): Promise<boolean>
  /** Asks peers for blocks, `end` not included; -1 goes on with what is appended later. */
  download(range: { start: number; end: number }): { done(): Promise<void>; destroy(): void }
  close(): Promise<void>
  on(event: 'download' | 'close', listener: () => void): unknown
  off(event: 'download' | 'close', listener: () => void): unknown
}

/** A connected peer of a log. */
export interface LogPeer {
  /** Key of the connection, null where it has none. */
  readonly remotePublicKey: Buffer | null
  /** Length of the log, as the peer says. */
  readonly remoteLength: number
  /** Blocks that it has without a gap, from the first on. */
  readonly remoteContiguousLength: number
  /** True once it has said what it has. */
  readonly remoteSynced: boolean
}

/** The corestore under a storage. */
export interface LogStore {
  /**
   * A stream to be piped to a peer's, or the stream of a connection that is replicated over from here on.
   *
   * @param target true or false makes a stream, true on the side that began; an encrypted connection is used as it is
   */
  replicate(target: boolean | Duplex): Duplex
}
