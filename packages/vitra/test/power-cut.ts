/** What `power-cut.test.ts` and its soak form share: machines of a database that lose power in the middle of their work. */
import { cp, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { Journal, type SignedHead, toHex } from '@vitra/log'
import { type Connection, connect, Random, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { expect } from 'vitest'
import { Database, type Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const LONG = { timeout: 120_000 }
/** The file by which the store knows its folder: power does not take it away. */
const DEVICE_FILE = 'CORESTORE'

/** What a machine has lost besides the end of its write-ahead log. */
type Loss = 'nothing' | 'journals'

/** Every (log, length) that a journal or a peer has shown, with its tree: a second tree is what must never be. */
class Signed {
  readonly #trees = new Map<string, string>()

  add(log: string, { length, treeHash }: SignedHead): void {
    const id = `${log} ${length}`
    const tree = toHex(treeHash)
    expect(this.#trees.get(id) ?? tree, `${id} was signed twice`).toBe(tree)
    this.#trees.set(id, tree)
  }

  /** All heads in the journals of a folder. */
  async addJournals(folder: string): Promise<void> {
    for (const name of await readdir(path.join(folder, 'journal'))) {
      const copy = path.join(folder, `${name}.read`)
      await cp(path.join(folder, 'journal', name), copy)
      const { journal, entries } = await Journal.open(copy, false)
      await journal.close()
      await rm(copy)
      for (const { head } of entries) this.add(name, head)
    }
  }

  get size(): number {
    return this.#trees.size
  }
}

/** A machine: its folder, and the database while it runs. */
class Machine {
  db: Database | null = null
  readonly folder: string
  readonly #random: Random

  constructor(folder: string, random: Random) {
    this.folder = folder
    this.#random = random
  }

  get open(): Database {
    if (this.db === null) throw new Error('the machine is off')
    return this.db
  }

  async start(): Promise<Database> {
    this.db = await Database.load(this.folder)
    return this.db
  }

  async stop(): Promise<void> {
    await this.db?.close()
    this.db = null
  }

  /** Loses power, at this moment of its work: what the disk was not told to keep may be gone. */
  async losePower(loss: Loss, signed: Signed): Promise<void> {
    const disk = await mkdtemp(`${this.folder}-disk-`)
    // Logs first: of what is acknowledged while this copies, the journal knows.
    for (const part of ['logs', 'journal'])
      await copyLive(path.join(this.folder, part), path.join(disk, part))
    await this.stop()
    await signed.addJournals(disk)
    for (const part of ['logs', 'journal']) {
      const target = path.join(this.folder, part)
      for (const name of await readdir(target))
        if (name !== DEVICE_FILE) await rm(path.join(target, name), { recursive: true })
      await cp(path.join(disk, part), target, {
        recursive: true,
        filter: (source) => path.basename(source) !== DEVICE_FILE,
      })
    }
    await rm(disk, { recursive: true })
    await this.#cutStore()
    for (const name of await readdir(path.join(this.folder, 'journal'))) {
      const file = path.join(this.folder, 'journal', name)
      if (loss === 'journals') await rm(file)
      else if (this.#random.chance(0.5)) await tear(file, this.#random)
    }
  }

  async #cutStore(): Promise<void> {
    const db = path.join(this.folder, 'logs', 'db')
    const names = (await readdir(db)).filter((name) => /^\d+\.log$/.test(name)).sort()
    expect(names.length).toBeGreaterThan(0)
    const first = this.#random.below(names.length)
    for (const [nth, name] of names.slice(first).entries()) {
      const file = path.join(db, name)
      const { size } = await stat(file)
      await truncate(file, nth === 0 ? this.#random.below(size + 1) : 0)
      if (this.#random.chance(0.3)) await truncate(file, size)
    }
  }
}

/** Copies what is being written; where RocksDB has merged files meanwhile, once more. */
async function copyLive(from: string, to: string): Promise<void> {
  for (;;) {
    try {
      await cp(from, to, { recursive: true })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      await rm(to, { recursive: true, force: true })
    }
  }
}

/** A record that was on its way to the disk. */
async function tear(file: string, random: Random): Promise<void> {
  const handle = await open(file, 'a')
  await handle.appendFile(random.chance(0.5) ? Buffer.alloc(64) : random.bytes(random.below(300)))
  await handle.close()
}

interface World {
  readonly random: Random
  readonly signed: Signed
  readonly alice: Machine
  readonly bob: Machine
  /** Has a whole copy and never loses power. */
  readonly carol: Database
  connections: Connection[]
  calls: number
  /** Calls whose outcome somebody was told. */
  acknowledged: number
}

function join(world: World, ...pairs: readonly (readonly [Database, Database])[]): void {
  world.connections.push(...pairs.map(([a, b]) => connect(a, b)))
}

async function disconnect(world: World): Promise<void> {
  await Promise.all(world.connections.splice(0).map((connection) => connection.close()))
}

function joinAll(world: World): void {
  const { alice, bob, carol } = world
  join(world, [alice.open, carol], [bob.open, carol], [alice.open, bob.open])
}

/** Calls from both machines; some are waited for. */
async function work(world: World): Promise<Promise<void>[]> {
  const waits: Promise<void>[] = []
  for (let n = 0; n < 6; n++) {
    const { open: db } = world.random.pick([world.alice, world.bob])
    const tx: Transaction = await db.call('put', {
      key: `k${world.calls++}`,
      value: 'x'.repeat(world.random.below(3000)),
    })
    const wait = tx.whenProcessed(LONG).then(() => void world.acknowledged++)
    wait.catch(() => {}) // its machine may lose power first
    if (world.random.chance(0.6)) await wait
    waits.push(wait)
  }
  return waits
}

async function round(world: World, off: readonly Machine[], loss: Loss): Promise<void> {
  const { alice, bob, carol, signed } = world
  const pending = await work(world)
  if (loss === 'journals') {
    // With its journals a machine loses all that no peer has: here they have it.
    await Promise.all(pending)
    await carol.syncFullHistory(LONG)
  }
  await disconnect(world)
  // What was told by now has to be there later; what goes on is cut in the middle.
  for (const machine of off) await machine.losePower(loss, signed)
  await Promise.allSettled(off.length === 2 ? pending : [])
  for (const machine of off) await machine.start()
  joinAll(world)
  await Promise.all((await work(world)).map((wait) => wait))
  await carol.syncFullHistory(LONG)
  await alice.open.executor!.sync()
  const head = await carol.index.version
  expect(head).toBeGreaterThan(0)
  for (const machine of [alice, bob]) await signed.addJournals(machine.folder)
}

/** Whatever machines lose power, one history is signed of every log, and what was acknowledged is there. */
export async function losePowerAgainAndAgain(seed: number, rounds: number): Promise<void> {
  const random = new Random(seed)
  await using folder = await TemporaryFolder.make()
  await using carol = await begin(folder)
  const world: World = {
    random,
    signed: new Signed(),
    alice: new Machine(folder.at('alice'), random),
    bob: new Machine(folder.at('bob'), random),
    carol,
    connections: [],
    calls: 0,
    acknowledged: 0,
  }
  const { alice, bob } = world
  try {
    for (const machine of [alice, bob]) await machine.start()
    joinAll(world)
    for (let n = 0; n < rounds; n++) {
      const off = random.pick([[alice], [bob], [alice, bob]])
      await round(world, off, n % 3 === 2 ? 'journals' : 'nothing')
    }
    await carol.syncFullHistory(LONG)
    const report = await checkDatabase(carol)
    expect(report.ops).toBeGreaterThanOrEqual(world.acknowledged)
    expect(report).toMatchObject({ waiting: 0 })
    for (let n = 0; n < world.calls; n++) {
      const value = await carol.index.get(`/values/k${n}`)
      if (value === null) expect.fail(`call ${n} of ${world.calls} is lost`)
    }
    expect(world.signed.size).toBeGreaterThan(rounds)
  } catch (error) {
    throw new Error(`VITRA_SEED=${seed}: ${(error as Error).message}`, { cause: error })
  } finally {
    await disconnect(world)
    for (const machine of [alice, bob]) await machine.stop()
  }
}

/** A database of Alice's in which Bob takes part, and Carol's copy of it. */
async function begin(folder: TemporaryFolder): Promise<Database> {
  const alice = await Database.create(folder.at('alice'), { contract: { source: WORKBENCH_CONTRACT } })
  const bob = await Database.load(folder.at('bob'), alice.pubkey)
  const carol = await Database.load(folder.at('carol'), alice.pubkey)
  const { publicKey } = await bob.createIdentity()
  await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed(LONG)
  const connections = [connect(alice, bob), connect(alice, carol)]
  await bob.syncLatest(LONG)
  await (await bob.call('put', { key: 'bob', value: 1 })).whenProcessed(LONG)
  await bob.syncFullHistory(LONG)
  await carol.syncFullHistory(LONG)
  for (const connection of connections) await connection.close()
  for (const db of [alice, bob]) await db.close()
  return carol
}
