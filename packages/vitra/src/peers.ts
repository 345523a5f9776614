/**
 * The peers that this copy exchanges the index with, and how much of it they have. What a peer says of its length is
 * no proof: a length counts as proved once the executor's signed head has arrived, which makes this copy as long.
 */
import { EventEmitter } from 'node:events'
import { type Log, type LogPeer, watchPeers } from '@vitra/log'

/** A peer, at the moment of asking. */
export interface PeerInfo {
  /** The key of its connection, which is none of the database's; null where the transport has none. */
  readonly publicKey: Buffer | null
  /** How long the index is, as it says. */
  readonly indexLength: number
  /** Blocks of the index that it has without a gap, from the first on. */
  readonly indexBlocks: number
}

export interface PeerEvents {
  /** A peer has said what it has of the index. */
  add: [PeerInfo]
  remove: [PeerInfo]
  /** A peer has come, gone, or said something new; or what it said is not believed any more. */
  change: []
}

interface Claim {
  readonly length: number
  /** True once the peer has had its time to prove it. */
  isLate: boolean
}

/** How long a peer may take to prove a length that it has announced, in ms; its proof is one small message. */
const CLAIM_MS = 5000

export class Peers extends EventEmitter<PeerEvents> {
  readonly #log: Log
  /** What each peer has announced beyond the length here; undefined where it is as far as this copy. */
  readonly #claims = new Map<LogPeer, Claim | undefined>()
  readonly #unwatch: () => void

  constructor(log: Log) {
    super()
    this.setMaxListeners(0) // one listener for each that waits
    this.#log = log
    const heard = (peer: LogPeer) => this.#heard(peer)
    const gone = (peer: LogPeer) => this.#gone(peer)
    this.#unwatch = watchPeers(log.core, { heard, gone })
    log.on('append', this.#grown)
  }

  /** Those that have said what they have. */
  get list(): PeerInfo[] {
    return [...this.#claims.keys()].map(describe)
  }

  /** The longest index that anybody is known to have, this copy included; as announced, proved or not. */
  get announcedLength(): number {
    return Math.max(this.#log.length, ...this.list.map(({ indexLength }) => indexLength))
  }

  /**
   * True where no peer has more than this copy. A peer that announced more and did not prove it in time is passed
   * over where another one has what is here.
   */
  get agree(): boolean {
    this.#grown() // whoever asks may hear of a new block first
    const claims = [...this.#claims.values()]
    const open = claims.filter((claim) => claim !== undefined)
    if (open.length === 0) return true
    return open.length < claims.length && open.every(({ isLate }) => isLate)
  }

  close(): void {
    this.#unwatch()
    this.#log.off('append', this.#grown)
  }

  #heard(peer: LogPeer): void {
    const isNew = !this.#claims.has(peer)
    this.#updateClaim(peer)
    if (isNew) this.emit('add', describe(peer))
    this.emit('change')
  }

  #gone(peer: LogPeer): void {
    if (!this.#claims.delete(peer)) return
    this.emit('remove', describe(peer))
    this.emit('change')
  }

  readonly #grown = (): void => {
    for (const peer of this.#claims.keys()) this.#updateClaim(peer)
  }

  /** A claim stands from its first announcement until this copy is as long. */
  #updateClaim(peer: LogPeer): void {
    const { length } = this.#log
    const claim = this.#claims.get(peer)
    if (claim !== undefined && claim.length > length) return
    const open: Claim | undefined =
      peer.remoteLength > length ? { length: peer.remoteLength, isLate: false } : undefined
    this.#claims.set(peer, open)
    if (open === undefined) return
    setTimeout(() => {
      open.isLate = true
      this.emit('change')
    }, CLAIM_MS).unref()
  }
}

function describe(peer: LogPeer): PeerInfo {
  const { remotePublicKey, remoteLength, remoteContiguousLength } = peer
  return Object.freeze({
    publicKey: remotePublicKey,
    indexLength: remoteLength,
    indexBlocks: Math.min(remoteLength, remoteContiguousLength),
  })
}
