/** A throw-away database for a test: participants by name, a clock that the test moves, and an audit at the end. */
import { fileURLToPath } from 'node:url'
import type { AnyContract } from '@vitra/contract-sdk'
import {
  type AuditReport,
  type ContractLogEntry,
  type ContractOptions,
  type CreateOptions,
  Database,
  DatabaseError,
  newIdentity,
} from '../index.js'
import { checkDatabase } from './check-database.js'
import { TestClock } from './test-clock.js'
import { TestParticipant } from './test-participant.js'

/** What a test is ended by: the context that `node:test` hands to a test. */
export interface TestContext {
  /** Calls a function once the test is over. */
  after(end: () => Promise<void>): void
}

/** What a test's database is made of. */
export interface TestDatabaseOptions {
  /**
   * File of the contract, TypeScript or JavaScript, with what it imports; or `{script}` with the file of a script; or
   * `{source}`. A relative path begins at the process's folder.
   */
  readonly contract: URL | string | ContractOptions | { readonly script: URL }
  /** Names of the participants from the start, the first one being the creator; default `alice`. */
  readonly participants?: readonly string[]
  /** Where the clock stands at first, ms since 1970; default 2030-01-01 in UTC. */
  readonly start?: number | Date
  /** Limits that differ from the default ones. */
  readonly limits?: CreateOptions['limits']
}

/**
 * Makes a database for a test. Once the test is over the database is audited from its first block, and the test fails where
 * anything does not hold; then it is removed.
 *
 * @param t the context of the test
 * @throws {BuildError}, `ContractLoadError` where the contract is none
 * @example
 * test('the counter counts', async (t) => {
 *   const counter = await createTestDatabase(t, { contract: new URL('./counter.ts', import.meta.url) })
 *   const { changes } = await counter.participant('alice').call('increment', { amount: 2 })
 *   expectChanges(changes, { '/counter': 2 })
 * })
 */
export async function createTestDatabase<M = AnyContract>(
  t: TestContext,
  options: TestDatabaseOptions,
): Promise<TestDatabase<M>> {
  const database = await TestDatabase.make<M>(options)
  t.after(async () => {
    try {
      await database.check()
    } finally {
      await database.db.close()
    }
  })
  return database
}

/** A database of a test. Every participant calls from the same copy. */
export class TestDatabase<M = AnyContract> {
  /** The database itself, for whatever the test does besides. */
  readonly db: Database<M>
  readonly clock: TestClock
  /** What the contract has printed with `console`, in order. */
  readonly logs: readonly ContractLogEntry[]
  readonly #participants = new Map<string, TestParticipant<M>>()
  #turns: Promise<unknown> = Promise.resolve()

  private constructor(db: Database<M>, clock: TestClock, logs: readonly ContractLogEntry[]) {
    this.db = db
    this.clock = clock
    this.logs = logs
  }

  /** Makes one that nobody closes but who calls: see {@link createTestDatabase}. */
  static async make<M>({
    contract,
    participants = ['alice'],
    start,
    limits,
  }: TestDatabaseOptions): Promise<TestDatabase<M>> {
    const [creator = 'alice', ...others] = participants
    if (new Set(participants).size < participants.length)
      throw new DatabaseError('OPTIONS_INVALID', 'two participants have one name: give each its own')
    const founders = others.map((name) => ({ name, identity: newIdentity() }))
    const clock = new TestClock(start)
    const logs: ContractLogEntry[] = []
    const db = await Database.createSandbox<M>({
      contract: await chosen(contract),
      participants: founders.map(({ identity }) => identity.publicKey),
      ...(limits === undefined ? {} : { limits }),
      time: clock,
      onLog: (entry) => logs.push(entry),
    })
    const made = new TestDatabase<M>(db, clock, logs)
    made.#add(creator, db.localOplog!.publicKey.toString('hex'))
    for (const { name, identity } of founders) {
      await db.importIdentity(identity)
      made.#add(name, identity.publicKey)
    }
    return made
  }

  /** Who takes part under this name. @throws {DatabaseError} `NOT_A_PARTICIPANT` */
  readonly participant = (name: string): TestParticipant<M> => {
    const found = this.#participants.get(name)
    if (found !== undefined) return found
    const names = [...this.#participants.keys()].join(', ')
    throw new DatabaseError('NOT_A_PARTICIPANT', `nobody is called ${name}: there are ${names}`)
  }

  /** Somebody with a key pair whom the contract has not admitted yet: it is given the `pubkey`. */
  readonly newcomer = async (name: string): Promise<TestParticipant<M>> => {
    if (this.#participants.has(name))
      throw new DatabaseError('OPTIONS_INVALID', `${name} is the name of somebody else: choose another one`)
    return this.#add(name, (await this.db.createIdentity()).toString())
  }

  /** Audits everything so far; it is done once the test is over as well. @throws {DatabaseCheckError} */
  async check(): Promise<AuditReport> {
    await this.db.executor!.sync()
    return checkDatabase(this.db)
  }

  #add(name: string, pubkey: string): TestParticipant<M> {
    const participant = new TestParticipant<M>(name, pubkey, this.db, (work) => this.#as(pubkey, work))
    this.#participants.set(name, participant)
    return participant
  }

  /** One participant at a time has the copy to call from. */
  #as<T>(pubkey: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(async () => {
      if (this.db.localOplog?.publicKey.toString('hex') !== pubkey) await this.db.setLocalOplog(pubkey)
      return work()
    })
    this.#turns = turn.catch(() => {})
    return turn
  }
}

async function chosen(contract: TestDatabaseOptions['contract']): Promise<ContractOptions> {
  if (typeof contract === 'string') return { source: await built(contract) }
  if (contract instanceof URL) return { source: await built(fileURLToPath(contract)) }
  if (!('script' in contract) || !(contract.script instanceof URL)) return contract as ContractOptions
  return { script: await built(fileURLToPath(contract.script), true) }
}

async function built(file: string, isScript = false): Promise<string> {
  const { buildContract } = await import('@vitra/contract-sdk/build')
  return (await buildContract(file, { isScript })).source
}
