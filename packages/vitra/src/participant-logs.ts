/** The oplogs of a database as one copy holds them: one open log each, filled from peers as they grow. */
import { EventEmitter } from 'node:events'
import {
  decodeIndexBlock,
  INPUTS_PREFIX,
  type IndexLog,
  type Input,
  Log,
  Mutex,
  oplogIdentity,
  oplogKey,
  readInputs,
  type Storage,
  sodiumCrypto,
  toHex,
  VitraError,
} from '@vitra/log'
import { closeAll } from './close-all.js'
import { OpWriter } from './op-writer.js'

/** So many blocks of the index are looked through sooner than the participants are read again. */
const LOOKED_THROUGH_MAX = 8

export interface ParticipantLogsEvents {
  /** An oplog has grown, or more of its blocks are here. */
  blocks: []
}

export class ParticipantLogs extends EventEmitter<ParticipantLogsEvents> {
  readonly #storage: Storage
  readonly #index: IndexLog
  readonly #isRestored: (signer: Uint8Array) => boolean
  readonly #logs = new Map<string, Promise<Log>>()
  readonly #writers = new Map<string, Promise<OpWriter>>()
  readonly #mutex = new Mutex()
  #inputs: readonly Input[] = []
  #version = 0

  /** @param isRestored true for a participant who may have written more than this copy was restored with */
  constructor(storage: Storage, index: IndexLog, isRestored: (signer: Uint8Array) => boolean) {
    super()
    this.setMaxListeners(0) // one listener for each monitor
    this.#storage = storage
    this.#index = index
    this.#isRestored = isRestored
  }

  /** Every participant the index has admitted so far, the removed ones too. */
  get inputs(): readonly Input[] {
    return this.#inputs
  }

  /** Reads the participants again where the index has grown, and opens what is new. */
  async refresh(): Promise<void> {
    if (this.#index.length === this.#version) return
    return this.#mutex.run(async () => {
      const { length } = this.#index
      if (length === this.#version) return
      if (this.#isUntouchedUntil(length)) {
        this.#version = length
        return
      }
      const { version, inputs } = await this.#index.read(async ({ version, source }) => ({
        version,
        inputs: await readInputs(source),
      }))
      if (version <= this.#version) return // blocks are missing: what was read before is newer
      this.#inputs = inputs
      for (const input of inputs) await this.open(input.signer)
      this.#version = version
    })
  }

  /** True where what was appended is in memory, little, and no word of a participant. */
  #isUntouchedUntil(length: number): boolean {
    const { log } = this.#index
    const added = length - this.#version
    if (this.#version === 0 || added < 0 || added > LOOKED_THROUGH_MAX) return false
    const blocks = log.kept(this.#version, length)
    return blocks.length === added && blocks.every((block) => !isOfParticipants(block))
  }

  /** The oplog of a participant, open and filling. */
  open(signer: Uint8Array): Promise<Log> {
    const id = toHex(signer)
    return keep(this.#logs, id, () => this.#open(signer))
  }

  /** What writes the ops of a participant whose secret key is here, or null. */
  async writer(signer: Uint8Array): Promise<OpWriter | null> {
    const id = toHex(signer)
    const open = this.#writers.get(id)
    if (open !== undefined) return open
    const keyPair = await this.#storage.keys.get(signer)
    if (keyPair === null) return null
    return keep(this.#writers, id, async () => {
      const log = await this.open(signer)
      // A run tells how much of the log was signed, though the log and its journal may have come back older.
      const { log: index } = this.#index
      const last =
        index.length > 0 && index.isComplete ? await this.#index.lastRun(log.key).catch(unread) : null
      return OpWriter.open(log, this.#storage, keyPair, last?.run.head ?? null, this.#isRestored(signer))
    })
  }

  /** Writes no ops of a participant any more; its log stays. */
  async release(signer: Uint8Array): Promise<void> {
    const id = toHex(signer)
    const writer = this.#writers.get(id)
    this.#writers.delete(id)
    await (await writer)?.close()
  }

  /** See {@link OpWriter.compact}. */
  async compact(): Promise<void> {
    for (const writer of this.#writers.values()) await (await writer).compact()
  }

  /** Key of the oplog of a participant. */
  keyOf(signer: Uint8Array): Uint8Array {
    return oplogKey(sodiumCrypto, signer, this.#index.key)
  }

  async close(): Promise<void> {
    const writers = await Promise.allSettled(this.#writers.values())
    await closeAll(
      writers.map((writer) => async () => {
        if (writer.status === 'fulfilled') await writer.value.close()
      }),
    )
  }

  async #open(signer: Uint8Array): Promise<Log> {
    const log = await Log.open(this.#storage, oplogIdentity(signer, this.#index.key))
    log.fill()
    const tell = () => void this.emit('blocks')
    log.on('append', tell)
    log.core.on('download', tell)
    return log
  }
}

function isOfParticipants(block: Uint8Array): boolean {
  try {
    return decodeIndexBlock(block).path.startsWith(INPUTS_PREFIX)
  } catch {
    return true // whoever reads the index is told
  }
}

/** An index of which nothing can be read yet tells nothing; whoever reads it is told why. */
function unread(error: unknown): null {
  if (error instanceof VitraError) return null
  throw error
}

/** One promise for each id; one that fails is made again at the next call. */
function keep<T>(open: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> {
  const known = open.get(id)
  if (known !== undefined) return known
  const made = make()
  open.set(id, made)
  made.catch(() => open.delete(id))
  return made
}
