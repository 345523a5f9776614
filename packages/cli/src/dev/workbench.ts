/** The throw-away database of `vitra dev`: made of a contract, and made again of the next one whenever that changes. */
import { mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ContractLogEntry, ContractOptions, Database, TimeSource } from 'vitra'
import type { ReplayedOp } from 'vitra/testing'
import { CliError } from '../errors.js'
import { makeFolder } from '../make-folder.js'
import { leftovers, markBench, removeLeftovers } from './leftovers.js'

export interface WorkbenchOptions {
  /** The folder that keeps the database at the end; null where nothing is kept. */
  readonly keepIn: string | null
  /** True to begin anew with each contract, instead of replaying the ops. */
  readonly resets: boolean
  readonly onLog: (entry: ContractLogEntry) => void
}

/** What came of a change of the contract. */
export interface Changed {
  /** How many ops were replayed. */
  readonly replayed: number
  /** Those that end differently now. */
  readonly differing: readonly ReplayedOp[]
}

type Listener = (next: Database) => Promise<void>

export class Workbench {
  /** A folder of its own for everything there is, beside the one that keeps the database. */
  readonly folder: string
  /** Such folders of processes that were killed. */
  readonly left: readonly string[]
  readonly #options: WorkbenchOptions
  readonly #clock = new BenchClock()
  readonly #begunAt = Date.now()
  #generation = 0
  #isReplaying = false
  #db: Database | null = null
  #listener: Listener = async () => {}
  /** Contract and state that it begins with, apart from the contract's file. */
  #original: Database | null = null

  private constructor(folder: string, left: readonly string[], options: WorkbenchOptions) {
    this.folder = folder
    this.left = left
    this.#options = options
  }

  /** An empty one: `begin` makes its first database. @throws {CliError} `FILE_EXISTS` where the folder to keep it in is taken */
  static async make(options: WorkbenchOptions): Promise<Workbench> {
    const { keepIn } = options
    if (keepIn !== null) await assertFree(keepIn)
    if (keepIn !== null) makeFolder(path.dirname(keepIn))
    // A folder can only be renamed on its own disk.
    const beginning = keepIn === null ? path.join(tmpdir(), 'vitra-dev-') : `${keepIn}.dev-`
    if (keepIn === null) await removeLeftovers(beginning)
    const left = leftovers(beginning)
    const folder = await mkdtemp(beginning)
    markBench(folder)
    return new Workbench(folder, left, options)
  }

  /** @param contract null for that of `original` */
  async begin(contract: ContractOptions | null, original: Database | null): Promise<void> {
    this.#original = original
    this.#db = await this.#make(contract)
    this.#clock.run()
  }

  get db(): Database {
    return this.#db!
  }

  /** Is called with the database that takes the place of the one before, which is closed then. */
  onReplaced(listener: Listener): void {
    this.#listener = listener
  }

  /** Goes on with another contract. Where it is none, everything stays as it is. @throws {ContractLoadError} */
  async change(contract: ContractOptions): Promise<Changed> {
    const before = this.db
    const differing: ReplayedOp[] = []
    let replayed = 0
    const { replayOps } = await import('vitra/testing')
    const next = await this.#make(contract, await identityOf(before))
    try {
      this.#isReplaying = true
      await before.executor!.sync()
      const ops = this.#options.resets ? [] : replayOps(before, next, (ms) => this.#clock.stand(ms))
      for await (const op of ops) {
        replayed++
        if (op.differs) differing.push(op)
      }
    } catch (error) {
      await next.close()
      throw error
    } finally {
      this.#isReplaying = false
      this.#clock.run()
    }
    this.#db = next
    await this.#listener(next)
    await before.close()
    await rm(before.path, { recursive: true, force: true })
    return { replayed, differing }
  }

  /** Ends it: the database is kept where it is to be, and nothing else is left. */
  async close(): Promise<void> {
    const { keepIn } = this.#options
    try {
      await this.#original?.close()
      await this.#db?.close()
      if (keepIn !== null && this.#db !== null) {
        await rmdir(keepIn).catch(() => {}) // an empty one may be there
        await rename(this.#db.path, keepIn)
      }
    } finally {
      await rm(this.folder, { recursive: true, force: true })
    }
  }

  async #make(contract: ContractOptions | null, identity?: ExportedIdentity): Promise<Database> {
    const { Database } = await import('vitra')
    this.#clock.stand(this.#begunAt)
    return Database.createSandbox({
      where: path.join(this.folder, `${++this.#generation}`),
      durability: 'none',
      time: this.#clock,
      onLog: (entry) => {
        if (!this.#isReplaying) this.#options.onLog(entry)
      },
      ...(this.#original === null ? {} : { from: this.#original }),
      ...(contract === null ? {} : { contract }),
      ...(identity === undefined ? {} : { identity }),
    })
  }
}

type ExportedIdentity = Awaited<ReturnType<Awaited<ReturnType<Database['identities']>>[number]['export']>>

/** The key pair that calls: the same person goes on with the next contract. */
async function identityOf(db: Database): Promise<ExportedIdentity> {
  const own = db.localOplog!.publicKey
  const identity = (await db.identities()).find(({ publicKey }) => publicKey.equals(own))
  return identity!.export()
}

async function assertFree(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (names.length === 0) return
  throw new CliError('FILE_EXISTS', `${folder} is there already, and not empty`, {
    hint: `name a new folder to keep the database in; to begin with a copy of this one: --from ${folder}`,
    details: { folder },
  })
}

/** The time of ops: the system's, but that of the first time where they are replayed. */
class BenchClock implements TimeSource {
  #stands: number | null = null

  now(): number {
    return this.#stands ?? Date.now()
  }

  monotonic(): number {
    return this.now()
  }

  /** Stands still. @param ms since 1970 */
  stand(ms: number): void {
    this.#stands = ms
  }

  /** Goes with the system's. */
  run(): void {
    this.#stands = null
  }
}
