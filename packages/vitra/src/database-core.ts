/** The parts of an open database and how they hang together; `Database` is what people see of it. */
import { existsSync } from 'node:fs'
import { Executor } from '@vitra/executor'
import {
  decodeRules,
  diskFull,
  findHeadAt,
  type HeadExchange,
  IndexLog,
  type IndexSnapshot,
  Log,
  LogWriter,
  type Rules,
  type SignedHead,
  SOURCE_PATH,
  type Storage,
  sameBytes,
  toHex,
  VitraError,
} from '@vitra/log'
import { type Contract, type IndexView, type MethodHost, readableView, type Sandbox } from '@vitra/sandbox'
import { AuditCheckpoint } from './audit-checkpoint.js'
import type { Exported } from './backup/export.js'
import { CallGate } from './call-gate.js'
import { closeAll } from './close-all.js'
import { closedError } from './closed-error.js'
import { Engines } from './engines.js'
import { DatabaseError } from './errors.js'
import { FraudStore } from './fraud-store.js'
import { createGenesis, type NewDatabase } from './genesis.js'
import { LocalParticipant } from './local-participant.js'
import { LocalState } from './local-state.js'
import type { Monitor } from './monitor.js'
import type { OpenOptions } from './options.js'
import { limitsOf, type ThrottledParticipant } from './participant-limits.js'
import { ParticipantLogs } from './participant-logs.js'
import { Peers } from './peers.js'
import { isScriptSource } from './script-source.js'
import { SuspectStore } from './suspect-store.js'
import { Sync } from './sync.js'
import type { Transaction, TransactionHost } from './transaction.js'

interface Parts {
  readonly storage: Storage
  readonly index: IndexLog
  readonly sandbox: Sandbox
  readonly local: LocalState
  readonly options: OpenOptions
}

/** What a call runs, and over what. */
interface Callable {
  readonly snapshot: IndexSnapshot
  readonly contract: Contract
  readonly view: IndexView
}

export class DatabaseCore {
  readonly storage: Storage
  readonly index: IndexLog
  readonly sandbox: Sandbox
  readonly participants: ParticipantLogs
  /** The one that calls from here. */
  readonly participant: LocalParticipant
  readonly local: LocalState
  readonly frauds: FraudStore
  readonly suspects: SuspectStore
  readonly engines: Engines
  /** Limits of the guests. */
  readonly sandboxOptions: OpenOptions['sandbox']
  readonly checkpoint: AuditCheckpoint
  readonly peers: Peers
  readonly sync: Sync
  /** Asks peers for heads that the executor has signed. */
  readonly heads: HeadExchange
  readonly transactionHost: TransactionHost
  readonly calls = new CallGate()
  executor: Executor | null = null
  onUpdate: (version: number) => void = () => {}
  onFailure: (error: Error) => void = () => {}
  onThrottled: (participants: readonly ThrottledParticipant[]) => void = () => {}
  readonly #writers: LogWriter[] = []
  readonly #failureListeners = new Set<(error: Error) => void>()
  readonly #monitors = new Set<Monitor>()
  #closing: Promise<void> | null = null
  #refreshing: Promise<void> | null = null
  #hasGrown = false
  /** Index length that `onUpdate` was told last. */
  #toldLength = 0
  #rules: Rules | null = null
  /** The contract that was in force last, and its entry in the index. */
  #contract: { readonly bytes: Uint8Array; readonly contract: Contract } | null = null
  #callable: Callable | null = null
  /** Whether the source that was in force last is a script's. */
  #script: { readonly bytes: Uint8Array; readonly isScript: boolean } | null = null
  readonly #options: OpenOptions
  #starting: Promise<void> | null = null

  private constructor({ storage, index, sandbox, local, options }: Parts) {
    this.storage = storage
    this.index = index
    this.sandbox = sandbox
    this.local = local
    this.participants = new ParticipantLogs(storage, index, (signer) => local.isRestored(signer))
    this.frauds = new FraudStore(storage)
    this.suspects = new SuspectStore(storage)
    this.engines = new Engines(sandbox, options)
    this.#options = options
    this.sandboxOptions = options.sandbox
    this.checkpoint = new AuditCheckpoint(storage, index.key, (error) => this.onFailure(error))
    this.peers = new Peers(index.log)
    this.heads = index.log.exchangeHeads((length) => findHeadAt(index, length))
    this.sync = new Sync({ storage, index, participants: this.participants, peers: this.peers })
    this.transactionHost = {
      index,
      use: (work) => this.use(work),
      openOplog: (key) => this.#openOplog(key),
      failed: (listener) => {
        this.#failureListeners.add(listener)
        return () => this.#failureListeners.delete(listener)
      },
      keepReceipt: (txId, small) => {
        if (this.#closing === null) this.participant.keepReceipt(txId, small)
      },
    }
    this.participant = new LocalParticipant({
      storage,
      index,
      state: local,
      participants: this.participants,
      host: this.transactionHost,
      acknowledges: () => this.#acknowledges(),
      onFailure: (error) => this.onFailure(error),
    })
  }

  static async create(storage: Storage, options: NewDatabase & OpenOptions): Promise<DatabaseCore> {
    const sandbox = await Engines.openOwn(options)
    try {
      await storage.create()
      await createGenesis(storage, sandbox, options)
      return await DatabaseCore.#open(storage, sandbox, options)
    } catch (error) {
      // The first failure is the one to report.
      await closeAll([() => sandbox.close(), () => storage.abandon()]).catch(forget)
      throw (await diskFull(error, storage.path)) ?? error
    }
  }

  static async load(storage: Storage, key: Uint8Array | null, options: OpenOptions): Promise<DatabaseCore> {
    const sandbox = await Engines.openOwn(options)
    try {
      if (key !== null && !(await storage.holdsDatabase())) {
        await storage.create()
        await storage.describe({ key, identity: null })
      }
      return await DatabaseCore.#open(storage, sandbox, options, key)
    } catch (error) {
      await closeAll([() => sandbox.close(), () => storage.close()]).catch(forget)
      throw (await diskFull(error, storage.path)) ?? error
    }
  }

  static async #open(
    storage: Storage,
    sandbox: Sandbox,
    options: OpenOptions,
    expected: Uint8Array | null = null,
  ): Promise<DatabaseCore> {
    const { key, identity } = await storage.load()
    if (expected !== null && !sameBytes(expected, key)) {
      throw new DatabaseError(
        'WRONG_KEY',
        `${storage.path} holds database ${toHex(key)}, not ${toHex(expected)}: choose another folder`,
      )
    }
    const log = await Log.open(storage, identity ?? key)
    log.fill()
    const index = await IndexLog.open(log)
    const local = await LocalState.open(storage)
    const core = new DatabaseCore({ storage, index, sandbox, local, options })
    try {
      const owner = identity === null ? null : await storage.keys.get(identity.signer)
      const writer =
        owner === null
          ? null
          : await LogWriter.open(log, storage, owner, { known: local.seen, hasBegun: true })
      if (writer !== null) core.#writers.push(writer)
      core.#toldLength = log.length
      log.on('append', core.#grown)
      log.core.on('download', core.#grown)
      const { participant, oplogs } = core.local
      for (const signer of participant === null ? oplogs : [participant, ...oplogs])
        await core.participants.open(signer)
      await core.#finishAppends()
      // Where blocks are missing, the participants come with them: a copy opens without its peers.
      if (log.length > 0 && log.isComplete) await core.#refreshParticipants()
      else core.#grown()
      await core.#startExecutor()
      core.participant.acknowledge()
      return core
    } catch (error) {
      await core.#endAll()
      throw error
    }
  }

  /** What a backup is made of. */
  async exported(): Promise<Exported> {
    await this.participants.refresh()
    const oplogs = await Promise.all(
      this.participants.inputs.map(async ({ signer }) => ({
        signer,
        log: await this.participants.open(signer),
      })),
    )
    const database = await this.storage.describedDatabase()
    return {
      storage: this.storage,
      database,
      participant: this.local.participant,
      index: this.index.log,
      oplogs,
    }
  }

  /** Frees the room of what is kept twice, or was written over. */
  async compact(): Promise<void> {
    for (const writer of this.#writers) await writer.compact()
    await this.participants.compact()
    await this.storage.compact()
  }

  /**
   * Does work of an open database. What fails because it closes meanwhile is told as that.
   *
   * @throws {DatabaseError} `DATABASE_CLOSED`
   */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen()
    try {
      return await work()
    } catch (error) {
      this.#assertOpen(error)
      throw error
    }
  }

  async rules(): Promise<Rules> {
    this.#rules ??= decodeRules((await this.index.genesis()).rules)
    return this.#rules
  }

  /** The contract in force. */
  contract(): Promise<Contract> {
    return this.index.read((snapshot) => this.#contractAt(snapshot))
  }

  async callContract(
    method: string,
    params: Uint8Array,
    signal?: AbortSignal,
  ): Promise<{ response?: Uint8Array; ops: Uint8Array[] }> {
    const oplog = await this.participant.oplog()
    return this.index.read(async (snapshot) => {
      const { contract, view } = await this.#callableAt(snapshot)
      const caller: MethodHost = { view, oplog, isWriter: oplog !== null }
      return contract.call({ method, params, caller, ...(signal === undefined ? {} : { signal }) })
    })
  }

  /** Writes the ops of a call; a close waits for it. @throws {DatabaseError} `NOT_A_PARTICIPANT` */
  emit(...call: Parameters<LocalParticipant['emit']>): Promise<Transaction> {
    this.#assertOpen()
    return this.participant.emit(...call)
  }

  async rememberHead(version: number): Promise<void> {
    const head: SignedHead | null = await this.index.log.head()
    if (head !== null && head.length === version) await this.local.remember(head)
  }

  keepMonitor(monitor: Monitor): Monitor {
    this.#monitors.add(monitor)
    monitor.once('close', () => this.#monitors.delete(monitor))
    return monitor
  }

  /** Ends everything; called again, it waits for the same end. */
  close(): Promise<void> {
    this.#closing ??= this.#endAll()
    return this.#closing
  }

  /** The logs go before whatever may wait for a block that never comes: with them its wait ends. */
  async #endAll(): Promise<void> {
    for (const listener of [...this.#failureListeners]) listener(closedError())
    this.sync.close()
    const monitors = Promise.all([...this.#monitors].map((monitor) => monitor.close()))
    monitors.catch(forget) // looked at below
    await closeAll([
      async () => this.executor?.close(),
      () => this.participant.close(),
      () => this.participants.close(),
      () => this.checkpoint.close(),
      ...this.#writers.map((writer) => () => writer.close()),
      () => this.storage.close(),
      () => this.index.close(),
      () => monitors,
      async () => this.#refreshing,
      () => this.sandbox.close(),
    ])
  }

  /**
   * Opens the writers of the participants whose keys are here: what a crash left in a journal is in its log from now on,
   * and reaches the executor though nobody calls. One that cannot be opened says so at the call.
   */
  async #finishAppends(): Promise<void> {
    const { oplogs, participant } = this.local
    const known = new Set([...oplogs, ...(participant === null ? [] : [participant])].map(toHex))
    for (const publicKey of await this.storage.keys.list()) {
      const hasBegun = existsSync(this.storage.journalPath(this.participants.keyOf(publicKey)))
      if (hasBegun && known.has(toHex(publicKey))) await this.participants.writer(publicKey).catch(forget)
    }
  }

  /** Where the index is not all here, as after a lost disk, execution waits until peers have given the rest. */
  #startExecutor(): Promise<void> {
    this.#starting ??= this.#openExecutor().finally(() => {
      this.#starting = null
    })
    return this.#starting
  }

  async #openExecutor(): Promise<void> {
    const [writer] = this.#writers
    const { log } = this.index
    if (writer === undefined || this.executor !== null || this.#closing !== null) return
    if (log.length === 0 || (await log.gaplessLength()) < log.length) return
    const executor = await Executor.open({
      index: this.index,
      writer,
      sandbox: this.sandbox,
      rules: await this.rules(),
      openOplog: ({ signer }) => this.participants.open(signer),
      ...(this.#options.time === undefined ? {} : { time: this.#options.time }),
      limitsOf: limitsOf(this.#options),
    })
    executor.on('throttled', (participants) =>
      this.onThrottled(
        participants.map(({ publicKey, ...waits }) => ({
          code: 'PARTICIPANT_THROTTLED',
          publicKey: Buffer.from(publicKey),
          ...waits,
        })),
      ),
    )
    executor.on('failure', (error) => this.#fail(error))
    this.executor = executor
    if (this.#closing !== null) await executor.close()
  }

  /** The index has grown, or more of its blocks are here: looks once more, however often it is called. */
  readonly #grown = (): void => {
    if (this.#closing !== null) return
    this.#hasGrown = true
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
      if (this.#hasGrown) this.#grown()
    })
  }

  async #refresh(): Promise<void> {
    while (this.#hasGrown && this.#closing === null) {
      this.#hasGrown = false
      const { length } = this.index
      try {
        await this.#refreshParticipants()
        if (this.executor === null) await this.#startExecutor()
      } catch (error) {
        if (this.#closing === null) this.onFailure(error as Error)
      }
      this.participant.acknowledge()
      if (length === this.#toldLength) continue
      this.#toldLength = length
      this.onUpdate(length)
    }
  }

  /** An index that cannot be read admits nobody: whoever reads it is told why, an audit tells whose fault it is. */
  async #refreshParticipants(): Promise<void> {
    try {
      await this.participants.refresh()
      await this.local.rememberOplogs(this.participants.inputs.map(({ signer }) => signer))
    } catch (error) {
      if (!(error instanceof VitraError)) throw error
    }
  }

  #fail(error: Error): void {
    for (const listener of [...this.#failureListeners]) listener(error)
    this.onFailure(error)
  }

  #assertOpen(cause?: unknown): void {
    if (this.#closing !== null) throw closedError(cause)
  }

  async #acknowledges(): Promise<boolean> {
    const { acknowledge } = this.#options
    if (acknowledge !== undefined) return acknowledge
    return this.index.read(async (snapshot) => {
      const bytes = await snapshot.read(SOURCE_PATH)
      if (bytes === null) return false
      if (this.#script === null || !sameBytes(this.#script.bytes, bytes))
        this.#script = { bytes, isScript: isScriptSource(await snapshot.contractSource()) }
      return this.#script.isScript
    })
  }

  async #contractAt(snapshot: IndexSnapshot): Promise<Contract> {
    const bytes = await snapshot.read(SOURCE_PATH)
    const known = this.#contract
    if (known !== null && bytes !== null && sameBytes(known.bytes, bytes)) return known.contract
    const contract = await this.sandbox.load(await snapshot.contractSource(), await this.rules())
    if (bytes !== null) this.#contract = { bytes, contract }
    return contract
  }

  /** The contract in force and what its methods read: calls at one version share both. */
  async #callableAt(snapshot: IndexSnapshot): Promise<Callable> {
    if (this.#callable?.snapshot === snapshot) return this.#callable
    const contract = await this.#contractAt(snapshot)
    if (this.#callable?.snapshot !== snapshot)
      this.#callable = { snapshot, contract, view: readableView(snapshot.source) }
    return this.#callable
  }

  async #openOplog(key: Uint8Array): Promise<Log> {
    const input = this.participants.inputs.find(({ oplog }) => sameBytes(oplog, key))
    if (input !== undefined) return this.participants.open(input.signer)
    throw new DatabaseError('NOT_A_PARTICIPANT', `${toHex(key)} is the oplog of no participant known here`)
  }
}

/** For promises whose errors others are told, or that nobody has to hear of after the first. */
function forget(): void {}
