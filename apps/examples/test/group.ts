/** A database of an example with several participants, each with a copy of its own, connected to the founder. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { appendOps, type Connection, connect, TemporaryFolder } from '@vitra/testkit'
import { expect, vi } from 'vitest'
import {
  type ContractOptions,
  Database,
  type ScriptApi,
  type Transaction,
  type TransactionError,
  type Value,
} from 'vitra'
import { checkDatabase } from 'vitra/testing'

const WAIT = { timeout: 60_000 }

// Several databases a test, each with a sandbox of its own.
vi.setConfig({ testTimeout: 120_000 })

/** One participant, or somebody who would like to be one. */
export class Member<M> {
  readonly name: string
  readonly pubkey: string
  db: Database<M>
  readonly #group: Group<M>
  #connection: Connection | null = null

  constructor(group: Group<M>, name: string, db: Database<M>, pubkey: string) {
    this.#group = group
    this.name = name
    this.db = db
    this.pubkey = pubkey
  }

  /** Calls once this copy is up to date; `run` waits until what it emitted is executed as well. */
  call: Database<M>['call'] = async (method, ...args) => {
    await this.catchUp()
    return this.db.call(method, ...args)
  }

  /** Like `call`; throws where an op was refused. */
  run: Database<M>['call'] = async (method, ...args) => {
    const tx = await this.call(method, ...args)
    await tx.whenProcessed(WAIT)
    return tx
  }

  /** The functions of a script, called once this copy is up to date. */
  async api(): Promise<ScriptApi<M>> {
    await this.catchUp()
    return this.db.api<M>(WAIT)
  }

  /**
   * Writes ops to the own log past the methods of the contract.
   *
   * @returns for each op the message with which it was refused, or null
   */
  async write(...ops: Value[]): Promise<(string | null)[]> {
    await this.catchUp()
    await this.db.syncLatest()
    const { pubkey: key, path: folder, localOplog } = this.db
    const oplog = localOplog!.key.toString('hex')
    await this.disconnect()
    await this.db.close()
    const first = await appendOps(folder, Buffer.from(this.pubkey, 'hex'), key, ops)
    this.db = await Database.load<M>(folder)
    this.connect()
    const refusals: (string | null)[] = []
    for (const [n, value] of ops.entries()) {
      const call = { format: 1, txId: `written-${n}`, method: '', params: null }
      refusals.push(await refusal(this.db.transaction({ ...call, ops: [{ oplog, seq: first + n, value }] })))
    }
    return refusals
  }

  connect(): void {
    this.#connection ??= connect(this.#group.founder.db, this.db)
  }

  async disconnect(): Promise<void> {
    await this.#connection?.close()
    this.#connection = null
  }

  /** Waits until this copy has what the founder's has. */
  async catchUp(): Promise<void> {
    while (this.db.index.version < this.#group.founder.db.index.version) await once(this.db, 'update')
  }
}

export class Group<M> implements AsyncDisposable {
  readonly #folder: TemporaryFolder
  readonly #members: Member<M>[] = []

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder
  }

  /** Creates a database of `apps/examples/<example>/contract.js`; its founder executes it. */
  static async found<M>(example: string): Promise<Group<M>> {
    return Group.#found<M>({ source: await textOf(`${example}/contract.js`) })
  }

  /** Creates a database of `apps/examples/scripts/<script>.js`. */
  static async foundScript<M>(script: string): Promise<Group<M>> {
    return Group.#found<M>({ script: await textOf(`scripts/${script}.js`) })
  }

  static async #found<M>(contract: ContractOptions): Promise<Group<M>> {
    const group = new Group<M>(await TemporaryFolder.make())
    const db = await Database.create<M>(group.#folder.at('founder'), { contract })
    const pubkey = db.localOplog!.publicKey.toString('hex')
    group.#members.push(new Member(group, 'founder', db, pubkey))
    return group
  }

  get founder(): Member<M> {
    return this.#members[0]!
  }

  /** Somebody with a copy and an identity, not admitted yet. */
  async newcomer(name: string): Promise<Member<M>> {
    const db = await Database.load<M>(this.#folder.at(name), this.founder.db.pubkey)
    const identity = await db.createIdentity()
    const member = new Member<M>(this, name, db, identity.toString())
    this.#members.push(member)
    member.connect()
    await member.catchUp()
    return member
  }

  /** Audits every copy, and ends the database. */
  async check(): Promise<void> {
    for (const member of this.#members) {
      await member.catchUp()
      await checkDatabase(member.db)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members) await member.disconnect()
    for (const member of this.#members) await member.db.close()
    await this.#folder[Symbol.asyncDispose]()
  }
}

function textOf(file: string): Promise<string> {
  return readFile(new URL(`../${file}`, import.meta.url), 'utf8')
}

/** The contract refuses what the call emits, with this message, and changes nothing. */
export async function expectRefused(call: Promise<Transaction<unknown>>, message: string): Promise<void> {
  const tx = await call
  expect(await refusal(tx)).toBe(message)
  expect(await tx.fetchResults()).toEqual([])
}

async function refusal(tx: Transaction<unknown>): Promise<string | null> {
  try {
    await tx.whenProcessed(WAIT)
    return null
  } catch (error) {
    const { code, details } = error as TransactionError
    if (code !== 'OP_REJECTED') throw error
    const { message, failure } = details as { message: string | null; failure: string }
    return message ?? failure
  }
}
