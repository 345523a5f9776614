/** What is here of a database and what is elsewhere: progress, and the waits until it has arrived. */
import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { flushStorage, type IndexLog, type Log, type Storage, toHex } from '@vitra/log'
import { closedError } from './closed-error.js'
import { DatabaseError } from './errors.js'
import type { FullSyncOptions, SyncOptions } from './options.js'
import type { ParticipantLogs } from './participant-logs.js'
import { Peers } from './peers.js'
import { type FullSyncProgress, type LogProgress, logProgress, type SyncProgress } from './sync-progress.js'
import { Throttle } from './throttle.js'

export interface SyncHost {
  readonly storage: Storage
  readonly index: IndexLog
  readonly participants: ParticipantLogs
  readonly peers: Peers
}

const TIMEOUT_MS = 10_000
/** A full sync without a time limit ends after this long without a block, in ms. */
const STALL_MS = 30_000
/** Peers are listened to for this long before they are believed to agree, in ms: what they have just written is on its way. */
const LISTEN_MS = 100
/** Progress is told this often at most, in ms. */
const TELL_MS = 100

export class Sync extends EventEmitter<{ progress: [SyncProgress] }> {
  readonly #host: SyncHost
  readonly #changes = new Set<() => void>()
  readonly #tell: Throttle
  #told = ''
  /** Blocks that have come since this was made; counting those that are here takes long where there are many. */
  #arrived = 0
  #looking: NodeJS.Immediate | null = null
  readonly #closing = new AbortController()

  constructor(host: SyncHost) {
    super()
    this.#host = host
    this.#tell = new Throttle(TELL_MS, () => this.#tellProgress())
    const { index, participants, peers } = host
    peers.on('change', this.#changed)
    index.log.on('append', this.#changed)
    index.log.core.on('download', this.#came)
    participants.on('blocks', this.#came)
  }

  get progress(): SyncProgress {
    const { index, peers } = this.#host
    const knownLength = peers.announcedLength
    return Object.freeze({
      length: index.length,
      knownLength,
      missingBlocks: knownLength - index.log.blocks,
      peers: peers.list.length,
    })
  }

  /** @throws {DatabaseError} `CONNECT_TIMEOUT` */
  async whenConnected({ timeout = TIMEOUT_MS, signal }: SyncOptions): Promise<void> {
    const { peers } = this.#host
    const late = () =>
      new DatabaseError(
        'CONNECT_TIMEOUT',
        `no peer of this database within ${timeout} ms: share it with db.swarm(), and see that another copy is online`,
      )
    await this.#until(async () => peers.list.length > 0, { timeout, signal, late })
  }

  /** @throws {DatabaseError} `SYNC_TIMEOUT` */
  async latest({ timeout = TIMEOUT_MS, signal }: SyncOptions): Promise<void> {
    const { index, participants, peers } = this.#host
    const late = () => {
      const { length, knownLength } = this.progress
      const state =
        peers.list.length === 0 ? 'no peer is connected' : `${length} of ${knownLength} blocks are here`
      return new DatabaseError(
        'SYNC_TIMEOUT',
        `the index did not arrive within ${timeout} ms, ${state}: see that a peer with all of it is connected`,
        { details: { ...this.progress } },
      )
    }
    const startedAt = performance.now()
    await this.#listen(timeout, signal)
    const left = timeout - (performance.now() - startedAt)
    await this.#until(async () => index.length > 0 && peers.agree, { timeout: left, signal, late })
    await participants.refresh()
  }

  /** @throws {DatabaseError} `SYNC_TIMEOUT`; `details.missing` names the logs */
  async fullHistory({ timeout, signal, onProgress }: FullSyncOptions): Promise<void> {
    const { index, participants, storage } = this.#host
    const deadline = timeout === undefined ? undefined : performance.now() + timeout
    const oplogs = new Oplogs()
    const told = new Throttle(TELL_MS, () => onProgress?.(this.#fullProgress(oplogs)))
    const until = async (look: () => boolean) => {
      const check = async () => {
        told.ask()
        return look()
      }
      const late = () => incomplete(this.#fullProgress(oplogs), timeout)
      const end =
        deadline === undefined
          ? { timeout: STALL_MS, isRenewed: true }
          : { timeout: deadline - performance.now() }
      await this.#until(check, { ...end, signal, late })
    }
    try {
      await this.#listen(timeout ?? LISTEN_MS, signal)
      await until(() => index.length > 0 && this.#host.peers.agree)
      const { length } = index
      await until(() => index.log.core.contiguousLength >= length)
      await participants.refresh()
      for (const { signer, oplog } of participants.inputs) {
        const last = await index.lastRun(oplog)
        oplogs.add(await participants.open(signer), last?.run.head.length ?? 0)
      }
      await until(() => oplogs.areHere)
      await flushStorage(storage.store)
      onProgress?.(this.#fullProgress(oplogs))
    } finally {
      told.end()
      oplogs.close()
    }
  }

  /** Gives peers the time to say what they have. Whatever ends it early ends the wait that follows. */
  async #listen(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const signals = [this.#closing.signal, ...(signal === undefined ? [] : [signal])]
    const ended = () => {} // the wait that follows says why
    await sleep(Math.min(LISTEN_MS, timeoutMs), undefined, { signal: AbortSignal.any(signals) }).catch(ended)
  }

  /** Ends every wait. */
  close(): void {
    this.#closing.abort()
    this.#tell.end()
    if (this.#looking !== null) clearImmediate(this.#looking)
    const { index, participants, peers } = this.#host
    peers.off('change', this.#changed)
    index.log.off('append', this.#changed)
    index.log.core.off('download', this.#came)
    participants.off('blocks', this.#came)
    peers.close()
  }

  readonly #came = (): void => {
    this.#arrived++
    this.#changed()
  }

  /** Looks once for all that a peer's message brought. */
  readonly #changed = (): void => {
    this.#looking ??= setImmediate(() => {
      this.#looking = null
      for (const look of [...this.#changes]) look()
      this.#tell.ask()
    })
  }

  #tellProgress(): void {
    const { progress } = this
    const text = JSON.stringify(progress)
    if (text === this.#told) return
    this.#told = text
    this.emit('progress', progress)
  }

  #fullProgress(oplogs: Oplogs): FullSyncProgress {
    const { index, peers } = this.#host
    const logs = [logProgress('index', index.log, peers.announcedLength), ...oplogs.progress]
    return Object.freeze({
      blocks: logs.reduce((blocks, log) => blocks + log.blocks, 0),
      knownBlocks: logs.reduce((blocks, log) => blocks + log.knownBlocks, 0),
      logs: Object.freeze(logs),
    })
  }

  /** Looks at every change until there is nothing more to wait for. */
  #until(look: () => Promise<boolean>, { timeout, isRenewed, signal, late }: End): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#changes.delete(check)
        signal?.removeEventListener('abort', onAbort)
        this.#closing.signal.removeEventListener('abort', onClose)
        settle()
      }
      const fail = (error: unknown) => finish(() => reject(error))
      const onAbort = () => fail(signal?.reason)
      const onClose = () => fail(closedError())
      const startTimer = () => setTimeout(() => fail(late()), Math.max(0, timeout))
      let timer = startTimer()
      let before = this.#arrived
      const check = () => {
        if (isRenewed && this.#arrived > before) {
          before = this.#arrived
          clearTimeout(timer)
          timer = startTimer()
        }
        look().then((isDone) => isDone && finish(resolve), fail)
      }
      signal?.addEventListener('abort', onAbort)
      this.#closing.signal.addEventListener('abort', onClose)
      this.#changes.add(check)
      check()
    })
  }
}

interface End {
  /** In ms. */
  readonly timeout: number
  /** True where the time begins anew with each block that comes. */
  readonly isRenewed?: boolean
  readonly signal: AbortSignal | undefined
  readonly late: () => DatabaseError
}

/** The oplogs that a full sync fetches. */
class Oplogs {
  readonly #all: { readonly log: Log; readonly least: number; readonly peers: Peers }[] = []

  /** @param least length under which the index proves the ops of this oplog */
  add(log: Log, least: number): void {
    this.#all.push({ log, least, peers: new Peers(log) })
  }

  get areHere(): boolean {
    return this.#all.every(({ log, least, peers }) => log.length >= least && log.isComplete && peers.agree)
  }

  get progress(): LogProgress[] {
    return this.#all.map(({ log, least, peers }) =>
      logProgress('oplog', log, Math.max(least, peers.announcedLength)),
    )
  }

  close(): void {
    for (const { peers } of this.#all) peers.close()
  }
}

function incomplete({ logs }: FullSyncProgress, timeout: number | undefined): DatabaseError {
  const missing = logs
    .filter(({ blocks, knownBlocks }) => blocks < knownBlocks)
    .map(({ kind, key, blocks, knownBlocks }) => ({ kind, key: toHex(key), missing: knownBlocks - blocks }))
  const names = missing.slice(0, 3).map((log) => `${log.missing} blocks of ${log.kind} ${log.key}`)
  const more = missing.length > 3 ? ` and of ${missing.length - 3} more logs` : ''
  const what = missing.length === 0 ? 'the index' : `${names.join(', ')}${more}`
  const when = timeout === undefined ? `nothing arrived for ${STALL_MS} ms` : `${timeout} ms were not enough`
  return new DatabaseError(
    'SYNC_TIMEOUT',
    `${when}, missing: ${what}. See that a peer that has them is connected, and call again: what is here stays`,
    { details: { missing } },
  )
}
