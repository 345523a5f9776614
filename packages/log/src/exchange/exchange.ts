/**
 * Keeps a copy of a log full: asks one peer at a time for its blocks many at a time, and gives peers what they ask for.
 * Peers that do not know these messages, and times in which nothing comes, leave it to hypercore's own replication.
 */
import type Hypercore from 'hypercore'
import type { LogPeer } from '../core.js'
import {
  bytesRead,
  bytesWaiting,
  cutPeer,
  type Extension,
  onDrain,
  openExtension,
  upgradeEagerly,
  waitForReader,
  watchPeers,
} from '../internals/hypercore.js'
import type { ExchangedLog } from './exchanged-log.js'
import { type BlocksMessage, bytesOf, decodeMessage, encodeMessage, type Message } from './messages.js'
import { Receiver } from './receiver.js'
import { Sender, WINDOW_BYTES } from './sender.js'
import { Side } from './side.js'

const NAME = 'vitra/blocks/1'
/** How long a peer may take to say that it knows these messages, in ms. */
const HELLO_MS = 500
/** How long nothing may come of what was asked for, in ms. */
const PATIENCE_MS = 2000
/** So many times as long where the peer sends something at least: a large block takes its time over a slow link. */
const PATIENCE_TIMES = 5
/** Bytes of blocks that a peer has to send in that time, where another has them too. */
const PATIENCE_BYTES = 32 * 1024
export class Exchange {
  readonly #log: ExchangedLog
  readonly #core: Hypercore
  readonly #receiver: Receiver
  readonly #extension: Extension
  readonly #sides = new Map<LogPeer, Side>()
  readonly #unwatch: () => void
  readonly #refused: (reason: string) => void
  /** The peer that is asked. */
  #source: Side | null = null
  /** True from the moment a peer is chosen until it is asked. */
  #isAsking = false
  #isTaking = false
  /** True while hypercore asks for a newer head. */
  #isUpdating = false
  #plain: { destroy(): void } | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  /** @param refused is told why a peer is not believed any more */
  constructor(log: ExchangedLog, core: Hypercore, refused: (reason: string) => void) {
    this.#log = log
    this.#core = core
    this.#refused = refused
    this.#receiver = new Receiver(log, core)
    this.#extension = openExtension(core, NAME, (bytes, peer) => this.#hear(bytes, peer))
    upgradeEagerly(core, false)
    this.#unwatch = watchPeers(core, {
      heard: (peer) => this.#review(peer),
      gone: (peer) => this.#leave(peer),
    })
    core.on('peer-add', this.#meet)
    for (const peer of core.peers) this.#meet(peer)
    log.on('append', this.#grown)
    core.on('download', this.#grown)
    core.on('close', this.#close)
  }

  readonly #meet = (peer: LogPeer): void => {
    this.#sideOf(peer)
    this.#tell(peer, { kind: 'hello', asks: true })
  }

  #sideOf(peer: LogPeer): Side {
    const known = this.#sides.get(peer)
    if (known !== undefined) return known
    waitForReader(peer)
    const send = (message: BlocksMessage) => this.#tell(peer, message)
    const sender = new Sender(this.#log, this.#core, {
      has: () => peer.remoteContiguousLength,
      hasRoom: () => bytesWaiting(peer) < WINDOW_BYTES,
      send,
    })
    onDrain(peer, () => sender.wake())
    const side = new Side(peer, sender, (message) => this.#tell(peer, message))
    this.#sides.set(peer, side)
    const timer = setTimeout(() => {
      if (side.state === 'new') side.state = 'plain'
      if (!this.#isClosed) this.#choosePlain()
    }, HELLO_MS)
    timer.unref()
    return side
  }

  #leave(peer: LogPeer): void {
    const side = this.#sides.get(peer)
    if (side === undefined) return
    side.sender.stop()
    this.#sides.delete(peer)
    if (this.#source === side) this.#source = null
    this.#choosePlain()
    this.#choose()
  }

  #hear(bytes: Uint8Array, peer: LogPeer): void {
    if (this.#isClosed) return
    const side = this.#sideOf(peer)
    try {
      this.#obey(side, decodeMessage(bytes))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#cut(side, error.message)
    }
  }

  #obey(side: Side, message: Message): void {
    const { peer, sender } = side
    switch (message.kind) {
      case 'hello':
        if (side.state !== 'refused') side.state = 'speaks'
        if (message.asks) this.#tell(peer, { kind: 'hello', asks: false })
        this.#review(peer)
        break
      case 'want':
        sender.want(message.from, message.length)
        break
      case 'have':
        sender.have(message.bytes)
        break
      case 'stop':
        sender.stop()
        break
      case 'blocks':
        this.#receive(side, message)
    }
  }

  #receive(side: Side, message: BlocksMessage): void {
    side.receive(message, side === this.#source)
    if (!this.#isTaking) void this.#takeAll()
  }

  /** Takes in what the source has sent; what another sends was asked for before, and is passed over. */
  async #takeAll(): Promise<void> {
    this.#isTaking = true
    for (let side = this.#nextWaiting(); side !== null; side = this.#nextWaiting()) {
      if (side === this.#source) await this.#take(side)
      else side.drop()
    }
    this.#isTaking = false
  }

  #nextWaiting(): Side | null {
    if (this.#isClosed || this.#isAsking) return null
    for (const side of this.#sides.values()) {
      if (side.hasWaiting) return side
    }
    return null
  }

  async #take(side: Side): Promise<void> {
    const step = side.nextStep()
    try {
      const isStored = await this.#receiver.take(step, side.peer)
      side.tellTaken(bytesOf(step))
      if (isStored) {
        side.isSlow = false
        side.given += bytesOf(step)
      } else if (this.#receiver.isPassed && this.#source === side) this.#stopSource()
      this.#choosePlain()
      this.#choose()
    } catch (error) {
      if (!this.#isClosed && this.#core.closing === null) this.#distrust(side, (error as Error).message)
    }
  }

  /** hypercore's own replication finds out whether it was the peer that lied, or the owner. */
  #distrust(side: Side, reason: string): void {
    side.state = 'refused'
    side.forget()
    side.sender.stop()
    if (this.#source === side) this.#stopSource()
    this.#refused(reason)
    this.#choosePlain()
    this.#choose()
  }

  #cut(side: Side, reason: string): void {
    this.#distrust(side, reason)
    cutPeer(side.peer, new Error(`a peer of a log does not keep to the protocol: ${reason}`))
  }

  /** A peer has said what it has. */
  #review(peer: LogPeer): void {
    if (this.#isClosed) return
    this.#sideOf(peer)
    this.#choose()
    this.#choosePlain()
    this.#update(peer)
  }

  /** Where blocks of the head that is here are still on their way, a newer one would come only after them all. */
  #update({ remoteLength }: LogPeer): void {
    const { contiguousLength, length } = this.#core
    if (this.#isUpdating || contiguousLength >= length || remoteLength <= length) return
    this.#isUpdating = true
    const end = () => {
      this.#isUpdating = false
    }
    this.#core.update({ wait: true }).then(end, end)
  }

  /** The peers that can be asked for what is not here, the best first: what a peer says of itself counts least. */
  #candidates(): Side[] {
    return [...this.#sides.values()]
      .filter((side) => side.state === 'speaks' && this.#lacks(side.peer))
      .sort(
        (a, b) =>
          Number(a.isSlow) - Number(b.isSlow) ||
          Number(b.given > 0) - Number(a.given > 0) ||
          hasMore(b.peer, a.peer),
      )
  }

  /** True where a peer is to be asked instead of the one that is. */
  #isBetter(side: Side, source: Side): boolean {
    if (side === source || side.isSlow) return false
    return source.isSlow || !this.#lacks(source.peer) || (side.given > 0 && source.given === 0)
  }

  /** Looks for a peer to ask where none is or another is better, and sees to it that what is asked for comes. */
  #choose(): void {
    if (this.#isClosed) return
    if (!this.#isBehind) {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = null
      return
    }
    const source = this.#source
    const [best] = this.#candidates()
    if (best !== undefined && !this.#isAsking && (source === null || this.#isBetter(best, source)))
      void this.#ask(best)
    this.#watch()
  }

  /** Waits for the next step; where none comes, others are asked. */
  #watch(times = 1): void {
    if (this.#timer !== null) return
    const source = this.#source
    const bytes = source === null ? 0 : bytesRead(source.peer)
    const given = source?.given ?? 0
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#isClosed || !this.#isBehind) return
      const isSame = source !== null && source === this.#source && this.#lacks(source.peer)
      if (isSame && !this.#isTaking && source.given - given < this.#expectedOf(source)) {
        if (source.given === given && bytesRead(source.peer) > bytes && times < PATIENCE_TIMES) {
          this.#watch(times + 1)
          return
        }
        source.isSlow = true
        this.#stopSource()
      }
      this.#choosePlain()
      this.#choose()
    }, PATIENCE_MS)
    this.#timer.unref()
  }

  /** Bytes of blocks, at least, that have to come in time. */
  #expectedOf(source: Side): number {
    return this.#candidates().some((side) => side !== source && !side.isSlow) ? PATIENCE_BYTES : 1
  }

  /** It would go on. */
  #stopSource(): void {
    if (this.#source !== null) this.#tell(this.#source.peer, { kind: 'stop' })
    this.#source = null
  }

  async #ask(side: Side): Promise<void> {
    this.#isAsking = true
    const before = this.#source
    if (before !== null && before !== side) this.#tell(before.peer, { kind: 'stop' })
    this.#source = side
    try {
      while (this.#isTaking) await new Promise(setImmediate)
      side.beginAsked()
      if (await this.#receiver.begin()) {
        const { next } = this.#receiver
        this.#tell(side.peer, { kind: 'want', from: next, length: this.#log.length })
      } else this.#distrust(side, 'nodes of the log are missing here')
    } catch (error) {
      if (!this.#isClosed && this.#core.closing === null) this.#distrust(side, (error as Error).message)
    } finally {
      this.#isAsking = false
    }
    this.#choosePlain()
    this.#choose() // the peer may have gone meanwhile
    if (!this.#isTaking) void this.#takeAll()
  }

  /** hypercore's own replication runs beside this where a peer knows nothing else, and while nothing comes. */
  #choosePlain(): void {
    const sides = [...this.#sides.values()]
    const isNeeded = sides.some(
      ({ state, isSlow, peer }) =>
        state === 'plain' || state === 'refused' || (state === 'speaks' && isSlow && this.#lacks(peer)),
    )
    if (isNeeded === (this.#plain !== null) || this.#isClosed) return
    upgradeEagerly(this.#core, isNeeded)
    if (isNeeded) {
      this.#plain = this.#core.download({ start: 0, end: -1 })
      this.#core.update({ wait: true }).catch(ignore) // of what peers have announced already
    } else {
      this.#plain?.destroy()
      this.#plain = null
    }
  }

  get #isBehind(): boolean {
    return [...this.#sides.keys()].some((peer) => this.#lacks(peer))
  }

  /** True where a peer has what is not here. */
  #lacks(peer: LogPeer): boolean {
    const { contiguousLength, length } = this.#core
    return peer.remoteLength > length || (contiguousLength < length && peer.remoteLength > contiguousLength)
  }

  readonly #grown = (): void => {
    for (const { sender } of this.#sides.values()) sender.wake()
  }

  #tell(peer: LogPeer, message: Message): void {
    this.#extension.send(encodeMessage(message), peer)
  }

  readonly #close = (): void => {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const { sender } of this.#sides.values()) sender.stop()
    this.#unwatch()
    this.#core.off('peer-add', this.#meet)
    this.#core.off('download', this.#grown)
    this.#core.off('close', this.#close)
    this.#log.off('append', this.#grown)
  }
}

/** Above 0 where the first has more blocks. */
function hasMore(left: LogPeer, right: LogPeer): number {
  const blocks = left.remoteContiguousLength - right.remoteContiguousLength
  return blocks === 0 ? left.remoteLength - right.remoteLength : blocks
}

/** A log that closes meanwhile asks for nothing. */
function ignore(): void {}
