/**
 * A database: one copy of its logs in one folder, and what this copy may do with them, execute, take
 * part, or read and check. The facade over log, sandbox, executor and verifier.
 */
import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { AnyContract, MethodName } from '@vitra/contract-sdk'
import type { Executor } from '@vitra/executor'
import { type RuleLimits, Storage, type Value } from '@vitra/log'
import { type ContractWarning, contractWarnings, type MethodInfo } from '@vitra/sandbox'
import type { AuditReport, ContractFraudProof, Finding } from '@vitra/verifier'
import { type ExportOptions, exportDatabase } from './backup/export.js'
import { closeAll } from './close-all.js'
import { closedError } from './closed-error.js'
import { DatabaseAudits } from './database-audits.js'
import { DatabaseCalls } from './database-calls.js'
import { DatabaseCore } from './database-core.js'
import type { DatabaseEvents } from './database-events.js'
import { DatabaseIndex } from './database-index.js'
import { DatabaseParticipants, type OplogInfo } from './database-participants.js'
import { DatabaseProofs } from './database-proofs.js'
import { destroyAt } from './destroy.js'
import { eachWithin } from './each-within.js'
import { DatabaseError } from './errors.js'
import { explainFailure, type OpFailure } from './explain-failure.js'
import type { CreateOptions, NewDatabase } from './genesis.js'
import type { Identity } from './identity.js'
import { type PublicKeyLike, parseKey } from './keys.js'
import type { Monitor, MonitorOptions } from './monitor.js'
import { type ReplicateOptions, replicate, Swarm, type SwarmOptions } from './network.js'
import type { CallOptions, FullSyncOptions, OpenOptions, SyncOptions, VerifyOptions } from './options.js'
import type { PeerInfo } from './peers.js'
import { copyState } from './sandbox-copy.js'
import { DatabaseFiles } from './script/database-files.js'
import { readVariables } from './script/read-variables.js'
import { ScriptCalls, type ScriptInfo } from './script/script-calls.js'
import { createApi, createReads } from './script/script-objects.js'
import type { ScriptApi, ScriptReads, ScriptVariables } from './script/script-types.js'
import { ScriptVersions } from './script/script-versions.js'
import type { StoryLine, StoryOptions } from './story/entries.js'
import { Story } from './story/story.js'
import type { SyncProgress } from './sync-progress.js'
import type { Transaction } from './transaction.js'
import type { WaitOptions } from './transaction-types.js'
import type { CallArguments, CallResponse } from './typed-call.js'

/** What a throw-away database is made from. */
export interface SandboxCopyOptions extends OpenOptions {
  /** A database to copy contract and state from. */
  readonly from?: Database
  /** A contract of its own; default that of `from`. */
  readonly contract?: CreateOptions['contract']
  /** Key pair with which it takes part, exported elsewhere; by default a new one. */
  readonly identity?: CreateOptions['identity']
  /** Participants from the start, besides that one; those of `from` are none. */
  readonly participants?: CreateOptions['participants']
  /** Limits that differ from the default ones. */
  readonly limits?: CreateOptions['limits']
  /** A folder that keeps it; by default it is thrown away when it is closed. */
  readonly where?: string
}

/** With the type of its contract's module, as in `Database<typeof contract>`, `call` is typed by it. */
export class Database<M = AnyContract> extends EventEmitter<DatabaseEvents> implements AsyncDisposable {
  /** The published state. */
  readonly index: DatabaseIndex
  /** The files that a script has written. */
  readonly files: DatabaseFiles
  /** Proofs of it, for people who have no copy. */
  readonly proofs: DatabaseProofs
  readonly #core: DatabaseCore
  #swarm: Swarm | null = null
  #leaving: Promise<void> = Promise.resolve()
  readonly #audits: DatabaseAudits
  readonly #calls: DatabaseCalls
  readonly #script: ScriptCalls
  readonly #scripts: ScriptVersions
  readonly #participants: DatabaseParticipants
  #story: Story | null = null
  #closed = false

  private constructor(core: DatabaseCore, violation: ContractFraudProof | null) {
    super()
    this.#core = core
    this.#audits = new DatabaseAudits(core, {
      violation,
      onViolation: (proof) => this.emit('violation', proof),
      onSuspect: (findings) => this.emit('suspect', findings),
      assertOpen: () => this.#assertOpen(),
    })
    this.index = new DatabaseIndex(
      core.index,
      (work) => core.use(work),
      () => core.executor,
    )
    this.#scripts = new ScriptVersions(core)
    this.files = new DatabaseFiles(this.#scripts)
    this.proofs = new DatabaseProofs(core.index, (work) => core.use(work))
    this.#calls = new DatabaseCalls(core)
    this.#script = new ScriptCalls(core)
    this.#participants = new DatabaseParticipants(core)
    core.onUpdate = (version) => this.emit('update', { version })
    core.onFailure = (error) => this.emit('failure', error)
    core.onThrottled = (participants) => this.emit('throttled', participants)
    core.peers.on('add', (peer) => this.emit('peer-add', peer))
    core.peers.on('remove', (peer) => this.emit('peer-remove', peer))
    core.sync.on('progress', (progress) => this.emit('sync', progress))
  }

  /**
   * Creates a database and executes it from here. The creator is always a participant.
   *
   * @param where a folder, or `Storage.temporary()`
   * @throws {LogError} `DATABASE_EXISTS`, `FOLDER_NOT_EMPTY`; {@link DatabaseError} `CREATION_INVALID`;
   *   `ContractLoadError` where the contract is refused; {@link ScriptCallError} where the `init` of a script throws
   * @example const db = await Database.create('./db', { contract: { source } })
   * @example
   * import type * as contract from './counter.js'
   * const db = await Database.create<typeof contract>('./db', { contract: { source } })
   */
  static async create<M = AnyContract>(
    where: string | Storage,
    options: CreateOptions & OpenOptions,
  ): Promise<Database<M>> {
    return Database.#createIn<M>(storageAt(where, options), options)
  }

  /**
   * Opens a database that is in a folder, or begins a copy of one that is elsewhere.
   *
   * @param pubkey of the database; needed for a new copy, checked for an existing one
   * @throws {LogError} `DATABASE_NOT_FOUND`, `DATABASE_LOCKED`, `DATABASE_DAMAGED`; {@link DatabaseError} `WRONG_KEY`
   */
  static async load<M = AnyContract>(
    where: string | Storage,
    pubkey?: PublicKeyLike,
    options: OpenOptions = {},
  ): Promise<Database<M>> {
    const key = pubkey === undefined ? null : parseKey(pubkey, 'the database key')
    const core = await DatabaseCore.load(storageAt(where, options), key, options)
    try {
      const [violation = null] = await core.frauds.list()
      const db = new Database<M>(core, violation)
      // A crash may have come between the genesis and the first call.
      if (core.executor !== null) await db.#script.begin().catch(core.onFailure)
      return db
    } catch (error) {
      await core.close()
      throw error
    }
  }

  /**
   * A throw-away database to try things in: a contract of its own, or contract and state of another.
   *
   * @example await using copy = await Database.createSandbox({ from: db })
   */
  static async createSandbox<M = AnyContract>(options: SandboxCopyOptions): Promise<Database<M>> {
    const { from, contract, where, identity, participants, limits, ...open } = options
    const copied = from === undefined ? null : await from.#core.use(() => from.#core.index.read(copyState))
    const chosen = contract ?? (copied === null ? undefined : { source: copied.source })
    if (chosen === undefined)
      throw new DatabaseError('CREATION_INVALID', 'give a contract, or a database to copy from')
    const initialState = copied?.entries ?? []
    const given = {
      ...(identity === undefined ? {} : { identity }),
      ...(participants === undefined ? {} : { participants }),
      ...(limits === undefined ? {} : { limits }),
    }
    const storage = where === undefined ? Storage.temporary() : storageAt(where, open)
    const made = { ...open, ...given, contract: chosen, initialState }
    return Database.#createIn<M>(storage, made)
  }

  static async #createIn<M>(storage: Storage, made: NewDatabase & OpenOptions): Promise<Database<M>> {
    const core = await DatabaseCore.create(storage, made)
    const db = new Database<M>(core, null)
    try {
      await db.#script.begin()
      return db
    } catch (error) {
      // The first failure is the one to report.
      await closeAll([() => db.close(), () => destroyAt(storage)]).catch(() => {})
      throw error
    }
  }

  /** The database's public key: it pins the contract, the founders and the rules. */
  get pubkey(): Buffer {
    return Buffer.from(this.#core.index.key)
  }

  /** The folder. */
  get path(): string {
    return this.#core.storage.path
  }

  /** The executor, where this copy is the one that executes; else null. */
  get executor(): Pick<Executor, 'sync' | 'confirmClock'> | null {
    return this.#core.executor
  }

  /** The oplogs of all participants, as the index admits them. */
  get oplogs(): OplogInfo[] {
    return this.#participants.oplogs
  }

  /** The oplog that calls from here go to, or null where this copy is no participant. */
  get localOplog(): OplogInfo | null {
    return this.oplogs.find((oplog) => oplog.local) ?? null
  }

  /**
   * Chooses the participant that calls from here.
   *
   * @throws {DatabaseError} `NOT_A_PARTICIPANT` where its secret key is not kept here
   */
  async setLocalOplog(publicKey: PublicKeyLike): Promise<void> {
    const key = parseKey(publicKey, 'the participant')
    await this.#core.use(() => this.#core.participant.choose(key))
  }

  /** Makes a key pair to take part with. The contract has to admit its public key. */
  async createIdentity(): Promise<Identity> {
    return this.#participants.create()
  }

  /** Takes over a key pair exported elsewhere. @throws {LogError} `KEY_INVALID` */
  async importIdentity(exported: unknown): Promise<Identity> {
    return this.#participants.import(exported)
  }

  /**
   * Removes a key pair from this copy for good; what it has written stays. Where nobody else has exported it, nobody writes as
   * this participant any more.
   *
   * @throws {DatabaseError} `NOT_A_PARTICIPANT` where its secret key is not kept here, or is the executor's
   */
  async deleteIdentity(publicKey: PublicKeyLike): Promise<void> {
    await this.#participants.delete(parseKey(publicKey, 'the participant'))
  }

  /** The key pairs kept here, the executor's left out. */
  async identities(): Promise<Identity[]> {
    return this.#participants.identities()
  }

  /** The contract in force. */
  async source(): Promise<string> {
    return this.#core.use(() => this.#core.index.read((snapshot) => snapshot.contractSource()))
  }

  /**
   * Why the contract in force needs a fresh realm for each op, which is slow: the places that may keep state. Empty for
   * a pure contract. Look at it once a database is created, or upgraded.
   *
   * @example for (const { line, column, reason } of await db.warnings()) console.warn(`contract.js:${line}:${column}: ${reason}`)
   */
  async warnings(): Promise<readonly ContractWarning[]> {
    const source = await this.source()
    return this.#core.use(async () => {
      const rules = await this.#core.rules()
      return this.#core.sandbox.loaded(source, rules)?.warnings ?? contractWarnings(source, rules)
    })
  }

  /** What the contract can be called with. */
  async methods(): Promise<readonly MethodInfo[]> {
    return (await this.#core.use(() => this.#core.contract())).methods
  }

  /**
   * Calls a method of the contract. Ops that it emits are on disk in this participant's oplog when
   * this returns; {@link Transaction.whenProcessed} tells when they are executed.
   *
   * @throws {DatabaseError} `NOT_A_PARTICIPANT` where the method emits ops and this copy has no active
   *   oplog; `CONTRACT_VIOLATED` after a violation; `TOO_MANY_CALLS`; `ContractError` for what the contract throws
   * @example const tx = await db.call('increment', { amount: 2 })
   */
  async call<Name extends MethodName<M>>(
    method: Name,
    ...args: CallArguments<M, Name>
  ): Promise<Transaction<CallResponse<M, Name>>> {
    this.#assertOpen()
    const [params = {}, options = {}] = args as [params?: object, options?: CallOptions]
    this.#audits.assertUnviolated()
    return this.#calls.call<CallResponse<M, Name>>(method, params, options.signal)
  }

  /**
   * Writes ops to this participant's oplog past the methods of the contract, as everybody can who holds its secret key: to
   * try what a contract refuses.
   *
   * @param ops values, one or more
   * @returns a transaction without a method
   * @throws {DatabaseError} `NOT_A_PARTICIPANT`, `CONTRACT_VIOLATED`, `OPTIONS_INVALID` for none; {@link ValueError}
   * @example await (await db.writeOps([{ op: 'INCREMENT', amount: -5 }])).whenProcessed()
   */
  async writeOps(ops: readonly Value[]): Promise<Transaction> {
    this.#assertOpen()
    this.#audits.assertUnviolated()
    return this.#calls.write(ops)
  }

  /**
   * The functions of a script as an object: a call resolves with what the function returns, once it is executed and on the
   * executor's disk, and rejects with what the script throws.
   *
   * @throws {ScriptCallError} `CALL_FAILED`; {@link DatabaseError} `NOT_A_SCRIPT`, `NOT_A_PARTICIPANT`; `ContractError`
   *   `METHOD_NOT_FOUND`; what {@link Transaction.whenProcessed} throws. All from the functions, none from here
   * @example
   * const forum = db.api<typeof ForumScript>()
   * const topicId = await forum.addTopic('Hello world')
   * const { result, receipt } = await forum.addTopic.receipt('Hello again')
   */
  api<S = unknown extends M ? AnyContract : M>(options: WaitOptions = {}): ScriptApi<S> {
    this.#assertOpen()
    return createApi<S>(this.#script, options, () => this.#audits.assertUnviolated())
  }

  /**
   * Read-only calls of a script, over the state that is here: no op is written, and whoever has a copy can make them.
   * One that writes a file, or changes an exported variable, rejects.
   *
   * @example const topics = await db.read.topics()
   */
  get read(): ScriptReads<M> {
    this.#assertOpen()
    return createReads<M>(this.#script)
  }

  /**
   * The exported variables of a script as they are kept, by name.
   *
   * @param options `version`: as they were; default the newest. Before `init` there are none
   * @throws {DatabaseError} `NOT_A_SCRIPT`; {@link LogError} `NOT_A_BATCH_END`, `BLOCK_MISSING`
   * @example await db.variables() // { postCounter: 1, topicCounter: 1 }
   */
  async variables<S = unknown extends M ? AnyContract : M>(
    options: { readonly version?: number } = {},
  ): Promise<ScriptVariables<S>> {
    return (await this.#scripts.read(readVariables, options.version)) as ScriptVariables<S>
  }

  /** The script in force and what it exports; null where the contract is none. */
  async script(): Promise<ScriptInfo | null> {
    return this.#core.use(() => this.#script.info())
  }

  /** The calls made from here whose ops are not executed yet; after a restart too. */
  async pending(): Promise<Transaction[]> {
    return this.#calls.pending()
  }

  /**
   * The calls made from here that emitted ops, newest first; read as they are asked for.
   *
   * @example for await (const tx of db.transactions()) if ((await tx.fetchAcks()).length < tx.ops.length) break
   */
  transactions(): AsyncGenerator<Transaction> {
    return this.#calls.newest()
  }

  /**
   * A transaction by its name, of this copy or of another participant whose ops are here; null where there is none.
   *
   * @param txId as `tx.txId` says
   */
  async findTransaction(txId: string): Promise<Transaction | null> {
    return this.#calls.find(txId)
  }

  /**
   * What the logs tell, line by line: what participants called, what became of it, and what they acknowledged. Each line
   * comes after what it refers to; with `reverse` before it. No record counts the ops: with `reverse` the whole index is read
   * once, for the numbers of results, before the first line comes (about 5 s for a million ops).
   *
   * @throws {DatabaseError} `NOT_A_PARTICIPANT`; {@link LogError} `BLOCK_MISSING`
   * @example for await (const line of db.story({ log: 'host' })) console.log(line)
   */
  async *story(options: StoryOptions = {}): AsyncGenerator<StoryLine> {
    this.#story ??= new Story(this.#core.index, this.#core.participants)
    const lines = this.#story.tell(options)
    try {
      for (;;) {
        const { value, done } = await this.#core.use(() => lines.next())
        if (done) return
        yield value
      }
    } finally {
      await lines.return(undefined)
    }
  }

  /**
   * Why a call failed that was executed: what it threw, and where. No record has the place: the op is run once more here, over
   * the state that it met.
   *
   * @param tx a transaction, or its name
   * @returns null where no op of it has failed, or none is known
   * @throws {LogError} `BLOCK_MISSING`; `SandboxError` where nothing can be run now
   * @example
   * const { message, places: [place] } = await db.explain(error.details.txId)
   * console.log(`${message} at line ${place.line}:${place.column}`)
   */
  async explain(tx: Transaction | string): Promise<OpFailure | null> {
    const found = typeof tx === 'string' ? await this.findTransaction(tx) : tx
    return found === null ? null : this.#core.use(() => explainFailure(this.#core, found))
  }

  /** The limits of this database's rules, pinned at its genesis; `fuelMax` is that of one op. */
  async limits(): Promise<RuleLimits> {
    return this.#core.use(async () => (await this.#core.rules()).limits)
  }

  /** A transaction from its plain data, attached to this database. @throws {TransactionError} `TX_INVALID` */
  transaction(json: unknown): Transaction {
    return this.#calls.read(json)
  }

  /**
   * Checks everything that was published, from genesis on, by running the contract again. It keeps in the folder how
   * far it has come, for `resume` and for monitors. With `range`, `sample` or `hashOnly` it looks at less, and never says
   * that all is valid.
   *
   * @throws {ContractFraudProof} where the executor has violated the contract
   * @throws {InconclusiveError} with `strict`, where something could not be checked
   * @throws {DatabaseError} `OPTIONS_INVALID`; {@link LogError} `BLOCK_MISSING` where the ends of a part are not here
   * @example await db.verify({ sample: 300, onProgress: ({ opsPerSecond, leftMs }) => console.log(opsPerSecond, leftMs) })
   */
  async verify(options: VerifyOptions = {}): Promise<AuditReport> {
    return this.#audits.verify(options)
  }

  /**
   * Checks what is published from now on, and everything before that no audit of this copy has checked yet. Its
   * place is kept in the folder; `verify` checks all of it again.
   */
  async monitor(options: MonitorOptions = {}): Promise<Monitor> {
    return this.#audits.monitor(options)
  }

  /**
   * What audits of this copy could not check although everything was here, so that a dishonest executor could hide
   * behind it; over restarts, until an audit has checked it after all. It accuses nobody.
   */
  suspects(): Promise<readonly Finding[]> {
    return this.#core.suspects.list()
  }

  /** The violations found by this copy so far. */
  frauds(): Promise<ContractFraudProof[]> {
    return this.#core.frauds.list()
  }

  /**
   * Exchanges logs with a peer.
   *
   * @param target a duplex such as a socket, or true/false for a stream to be piped to the peer's
   * @example socket.on('connect', () => db.replicate(socket, { initiator: true }))
   */
  replicate(target: boolean | Duplex, options: ReplicateOptions = {}): Duplex {
    this.#assertOpen()
    return replicate(this.#core.storage, target, options)
  }

  /** Shares the database on the Hyperswarm network, until `unswarm` or `close`. */
  swarm(options: SwarmOptions = {}): Swarm {
    this.#assertOpen()
    this.#swarm ??= new Swarm(this.#core.storage, this.#core.index.log, options)
    return this.#swarm
  }

  /** Leaves the network that `swarm` joined; `swarm` joins again. Streams of `replicate` stay. */
  async unswarm(): Promise<void> {
    if (this.#swarm !== null) this.#leaving = this.#swarm.close()
    this.#swarm = null
    await this.#leaving
  }

  /** The peers that exchange the index with this copy, by whatever connection. */
  get peers(): readonly PeerInfo[] {
    return this.#core.peers.list
  }

  /** How far this copy of the index is; the event `sync` tells when it changes. */
  progress(): SyncProgress {
    return this.#core.sync.progress
  }

  /**
   * Waits until a peer exchanges the index with this copy; being announced is not enough.
   *
   * @throws {DatabaseError} `CONNECT_TIMEOUT`; or the signal's reason
   */
  async whenConnected(options: SyncOptions = {}): Promise<void> {
    await this.#core.use(() => this.#core.sync.whenConnected(options))
  }

  /**
   * Waits until this copy is as far as its connected peers; without any it is as far as it can be, so wait for
   * `whenConnected` first. A peer that announces more than it proves holds it up for some seconds only, where
   * another one is connected.
   *
   * @throws {DatabaseError} `SYNC_TIMEOUT`; or the signal's reason
   */
  async syncLatest(options: SyncOptions = {}): Promise<void> {
    await this.#core.use(() => this.#core.sync.latest(options))
  }

  /**
   * Waits until every block of the index and of every participant's oplog, the removed ones too, is on disk here:
   * `verify` then needs no peer. Called again, it goes on with what is missing.
   *
   * @throws {DatabaseError} `SYNC_TIMEOUT`, which says what is missing; or the signal's reason
   * @example await db.syncFullHistory({ onProgress: ({ blocks, knownBlocks }) => console.log(blocks, knownBlocks) })
   */
  async syncFullHistory(options: FullSyncOptions = {}): Promise<void> {
    await this.#core.use(() => this.#core.sync.fullHistory(options))
  }

  /**
   * A backup: the bytes of a tar archive with every log, the calls made from here, evidence, and the secret keys. It is made
   * while the database is in use, and {@link importDatabase} restores it. Whoever has it with its keys can act as this copy.
   *
   * @throws {LogError} `BLOCK_MISSING` where a block is not here: `syncFullHistory` first
   * @example await pipeline(db.export(), createWriteStream('backup.tar', { mode: 0o600 }))
   */
  async *export(options: ExportOptions = {}): AsyncGenerator<Uint8Array> {
    const exported = await this.#core.use(() => this.#core.exported())
    yield* eachWithin((step) => this.#core.use(step), exportDatabase(exported, options))
  }

  /**
   * Frees room on the disk: what journals keep that the logs have too, and what the storage has written over. All of it
   * goes in its own time as well; calls may go on meanwhile.
   *
   * @throws {DatabaseError} `DATABASE_CLOSED`
   */
  async compact(): Promise<void> {
    await this.#core.use(() => this.#core.compact())
  }

  /** Ends everything this copy does and frees the folder. */
  async close(): Promise<void> {
    this.#closed = true
    await closeAll([() => this.unswarm(), () => this.#core.close()])
  }

  /** `await using` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError()
  }
}

/** @throws {DatabaseError} `OPTIONS_INVALID` */
function storageAt(where: string | Storage, { durability = 'batch' }: OpenOptions): Storage {
  if (durability !== 'batch' && durability !== 'none')
    throw new DatabaseError('OPTIONS_INVALID', `durability is 'batch' or 'none', not ${String(durability)}`)
  return typeof where === 'string' ? Storage.at(where, { durability }) : where
}
