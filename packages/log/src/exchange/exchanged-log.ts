/** What an exchange needs of the log that it keeps full. */
import type { SignedHead } from '../proofs/head.js'
import type { LogIdentity } from '../proofs/manifest.js'
import type { TreeNode } from '../proofs/merkle.js'

interface Append {
  readonly blocks: readonly Uint8Array[]
  readonly nodes: readonly TreeNode[]
  /** After the blocks. */
  readonly head: SignedHead
}

export interface ExchangedLog {
  readonly key: Uint8Array
  readonly length: number
  /** @throws where nothing of the log has arrived */
  readonly identity: LogIdentity
  /** The blocks that are here, null for one that is not. */
  stored(start: number, end: number): Promise<(Uint8Array | null)[]>
  /** Does an append, and keeps what it appends in memory. */
  keeping(append: Append, work: () => Promise<void>): Promise<void>
  on(event: 'append', listener: () => void): unknown
  off(event: 'append', listener: () => void): unknown
}
