/** What an exchange needs of the log that it keeps full. */
import type { SignedHead } from '../proofs/head.js'
import type { LogIdentity } from '../proofs/manifest.js'

export interface ExchangedLog {
  readonly key: Uint8Array
  readonly length: number
  /** @throws where nothing of the log has arrived */
  readonly identity: LogIdentity
  /** The blocks that are here, null for one that is not. */
  stored(start: number, end: number): Promise<(Uint8Array | null)[]>
  /** Does an append, and keeps what it appends in memory. */
  keeping(blocks: readonly Uint8Array[], head: SignedHead, append: () => Promise<void>): Promise<void>
  on(event: 'append', listener: () => void): unknown
  off(event: 'append', listener: () => void): unknown
}
