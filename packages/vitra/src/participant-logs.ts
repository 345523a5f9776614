/** The oplogs of a database as one copy holds them: one open log each, filled from peers as they grow. */
import {
  type IndexLog,
  type Input,
  Log,
  LogWriter,
  Mutex,
  oplogIdentity,
  oplogKey,
  readInputs,
  type Storage,
  sodiumCrypto,
  toHex,
} from '@vitra/log'

export class ParticipantLogs {
  readonly #storage: Storage
  readonly #index: IndexLog
  readonly #logs = new Map<string, Promise<Log>>()
  readonly #writers = new Map<string, Promise<LogWriter>>()
  readonly #mutex = new Mutex()
  #inputs: readonly Input[] = []
  #version = 0

  constructor(storage: Storage, index: IndexLog) {
    this.#storage = storage
    this.#index = index
  }

  /** Every participant the index has admitted so far, the removed ones too. */
  get inputs(): readonly Input[] {
    return this.#inputs
  }

  /** Reads the participants again where the index has grown, and opens what is new. */
  refresh(): Promise<void> {
    return this.#mutex.run(async () => {
      const version = this.#index.length
      if (version === this.#version) return
      this.#inputs = await this.#index.read(({ source }) => readInputs(source))
      for (const input of this.#inputs) await this.open(input.signer)
      this.#version = version
    })
  }

  /** The oplog of a participant, open and filling. */
  open(signer: Uint8Array): Promise<Log> {
    const id = toHex(signer)
    let log = this.#logs.get(id)
    if (log === undefined) {
      log = this.#open(signer)
      this.#logs.set(id, log)
    }
    return log
  }

  /** The writer of a participant whose secret key is here, or null. */
  async writer(signer: Uint8Array): Promise<LogWriter | null> {
    const id = toHex(signer)
    const open = this.#writers.get(id)
    if (open !== undefined) return open
    const keyPair = await this.#storage.keys.get(signer)
    if (keyPair === null) return null
    const writer =
      this.#writers.get(id) ?? this.open(signer).then((log) => LogWriter.open(log, this.#storage, keyPair))
    this.#writers.set(id, writer)
    return writer
  }

  /** Key of the oplog of a participant. */
  keyOf(signer: Uint8Array): Uint8Array {
    return oplogKey(sodiumCrypto, signer, this.#index.key)
  }

  async close(): Promise<void> {
    await this.#mutex.run(async () => {})
    for (const writer of this.#writers.values()) await (await writer).close()
  }

  async #open(signer: Uint8Array): Promise<Log> {
    const log = await Log.open(this.#storage, oplogIdentity(signer, this.#index.key))
    log.core.download({ start: 0, end: -1 })
    return log
  }
}
