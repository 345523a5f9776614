/** Random honest histories: what `honest-histories.test.ts` and its soak form share. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Database, type Transaction, VitraError } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  COUNTING_WORKBENCH_CONTRACT,
  type Connection,
  connect,
  copyDatabase,
  type Random,
  type TemporaryFolder,
  WORKBENCH_CONTRACT,
} from '../src/index.js'

const PUT_AND_LOG =
  "tx.put('/values/' + op.key, op.value); tx.put('/log/' + op.key, [op.value]); return [op.key, op.value]"

/** Versions of the contract that an honest database may go through. */
const CONTRACTS = [
  WORKBENCH_CONTRACT,
  `${COUNTING_WORKBENCH_CONTRACT}
export function process (op) {
  if (op?.key === 'k3') throw new Error('not this one')
  return op?.key === 'k4' ? undefined : { at: Math.random(), nested: [[op]] }
}`,
  WORKBENCH_CONTRACT.replace("tx.put('/values/' + op.key, op.value); return op.value", PUT_AND_LOG),
  WORKBENCH_CONTRACT.replace('export const apply = {', 'const handlers = {').concat(`
const seen = new Map()
export function apply (tx, op, ack) {
  seen.set(ack.seq, (seen.get(ack.seq) ?? 0) + 1)
  tx.put('/seen/' + ack.origin.slice(0, 4), seen.get(ack.seq))
  const handler = handlers[op?.op]
  if (!handler) throw new Error('what is ' + typeof op)
  return handler(tx, op, ack)
}`),
]

const BROKEN = [
  'export const apply = {',
  'throw 1',
  'export const a = 1',
  'import "fs"',
  '',
  'export function apply (',
]

const ODD_OPS: unknown[] = [
  null,
  'text',
  7,
  [],
  {},
  { op: 'UNKNOWN' },
  { op: 'PUT' },
  { op: 'PUT', key: '../up', value: 1 },
  { op: 'PUT', key: 'deep/er/k1', value: { a: [1, { b: null }] } },
  { op: '__proto__' },
  { op: 'toString' },
  { op: 'ADMIT', pubkey: 'none' },
  { op: 'COPY', from: 'k1', to: 'k2' },
  { op: 'COPY', from: 'nowhere', to: 'k5' },
]

/** Some copies of one database and what happens to them. */
export class HonestHistory {
  readonly log: string[] = []
  ops = 0
  restarts = 0
  readonly #folder: TemporaryFolder
  readonly #random: Random
  readonly #waiting: Transaction[] = []
  readonly #connections = new Map<string, Connection>()
  readonly #copies = new Map<string, Database>()
  readonly #keys = new Map<string, string>()
  #executorFolder = 'alice-0'

  constructor(folder: TemporaryFolder, random: Random) {
    this.#folder = folder
    this.#random = random
  }

  async run(steps: number): Promise<void> {
    const random = this.#random
    const alice = await Database.create(this.#folder.at(this.#executorFolder), {
      contract: { source: random.pick(CONTRACTS) },
      ...(random.chance(0.5) ? {} : { limits: { batchOpsMax: 1 + random.below(5), runBytesMax: 60 } }),
    })
    this.#copies.set('alice', alice)
    for (const name of ['bob', 'carol']) {
      const copy = await Database.load(this.#folder.at(name), alice.pubkey)
      this.#copies.set(name, copy)
      this.#keys.set(name, (await copy.createIdentity()).toString())
      if (random.chance(0.7)) this.#connect(name)
    }
    for (let n = 0; n < steps; n++) await this.#step()
    await this.#end()
  }

  async close(): Promise<void> {
    for (const name of [...this.#connections.keys()]) await this.#cut(name)
    for (const copy of this.#copies.values()) await copy.close()
  }

  get #alice(): Database {
    return this.#copies.get('alice')!
  }

  async #step(): Promise<void> {
    const random = this.#random
    const what = random.below(100)
    if (what < 70) return this.#call(random.pick(['alice', 'alice', 'bob', 'carol']), ...this.#someCall())
    if (what < 78) return this.#toggle(random.pick(['bob', 'carol']))
    if (what < 83) return this.#reload('alice')
    if (what < 87) return this.#reload(random.pick(['bob', 'carol']))
    if (what < 91) return this.#crash()
    if (what < 95) return sleep(random.below(30))
    this.log.push('verify')
    const name = random.pick(['alice', 'bob', 'carol'])
    await this.#copies.get(name)!.verify()
  }

  #someCall(): [string, object] {
    const random = this.#random
    const key = `k${random.below(6)}`
    const name = random.pick(['bob', 'carol'])
    switch (random.below(12)) {
      case 0:
        return ['del', { key }]
      case 1:
        return ['twice', { key, value: random.below(9) }]
      case 2:
        return ['nothing', {}]
      case 3:
        return ['fail', { message: 'x'.repeat(random.below(700)) }]
      case 4:
        return ['many', { count: random.below(40) }]
      case 5:
      case 6:
        return ['raw', { op: random.pick(ODD_OPS) }]
      case 7:
        return ['upgrade', { code: random.chance(0.3) ? random.pick(BROKEN) : random.pick(CONTRACTS) }]
      case 8:
        return ['admit', { pubkey: this.#keys.get(name)! }]
      case 9:
        return random.chance(0.5)
          ? ['remove', { pubkey: this.#keys.get(name)! }]
          : ['admit', { pubkey: this.#keys.get(name)! }]
      default:
        return [
          'put',
          { key, value: random.pick([null, 1, -0.5, 'é', [1], { a: random.below(3) }, random.bytes(5)]) },
        ]
    }
  }

  async #call(name: string, method: string, params: object): Promise<void> {
    // A copy that was cut off half-way waits for its peers: that takes long and shows nothing.
    if (!(await this.#isWhole(name))) return
    this.log.push(`${name} ${method} ${JSON.stringify(params).slice(0, 60)}`)
    try {
      const tx = await this.#copies.get(name)!.call(method, params)
      this.ops += tx.ops.length
      if (name === 'alice' && this.#random.chance(0.5)) await tx.whenProcessed({ timeout: PATIENCE_MS })
      else this.#waiting.push(tx)
    } catch (error) {
      if (!(error instanceof VitraError) || !EXPECTED.has(error.code)) throw error
    }
  }

  async #isWhole(name: string): Promise<boolean> {
    if (name === 'alice' || this.#connections.has(name)) return true
    const { findings } = await this.#copies.get(name)!.verify()
    return !findings.some(({ code, at }) => code === 'block-missing' && at.oplog === undefined)
  }

  #connect(name: string): void {
    if (!this.#connections.has(name))
      this.#connections.set(name, connect(this.#alice, this.#copies.get(name)!))
  }

  async #cut(name: string): Promise<void> {
    await this.#connections.get(name)?.close()
    this.#connections.delete(name)
  }

  async #toggle(name: string): Promise<void> {
    this.log.push(`toggle ${name}`)
    if (this.#connections.has(name)) await this.#cut(name)
    else this.#connect(name)
  }

  async #reload(name: string): Promise<void> {
    this.log.push(`reload ${name}`)
    this.restarts++
    const cut =
      name === 'alice' ? [...this.#connections.keys()] : [name].filter((n) => this.#connections.has(n))
    for (const other of cut) await this.#cut(other)
    const { path } = this.#copies.get(name)!
    await this.#copies.get(name)!.close()
    this.#copies.set(name, await Database.load(path))
    for (const other of cut) this.#connect(other)
  }

  /** The executor's folder as it is while it works, opened elsewhere: what a machine that dies leaves. */
  async #crash(): Promise<void> {
    this.log.push('crash')
    this.restarts++
    const cut = [...this.#connections.keys()]
    for (const other of cut) await this.#cut(other)
    await this.#call('alice', 'many', { count: 20 })
    const old = this.#alice
    this.#executorFolder = `alice-${this.restarts}`
    await copyDatabase(old.path, this.#folder.at(this.#executorFolder))
    await old.close()
    this.#copies.set('alice', await Database.load(this.#folder.at(this.#executorFolder)))
    for (const other of cut) this.#connect(other)
  }

  /** Everybody catches up; nothing is lost, nothing done twice, and nobody is accused. */
  async #end(): Promise<void> {
    for (const name of ['bob', 'carol']) this.#connect(name)
    const alice = this.#alice
    await untilNothingWaits(alice)
    for (const name of ['bob', 'carol']) {
      const copy = this.#copies.get(name)!
      await until(() => copy.index.version === alice.index.version, `${name} has the index`)
      await untilVerified(copy)
    }
  }
}

/** How long to wait for one thing, on a busy machine too. */
const PATIENCE_MS = 120_000

const EXPECTED = new Set(['NOT_A_PARTICIPANT', 'OP_REJECTED', 'INDEX_EMPTY', 'CONTRACT_ERROR'])

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`it takes too long until ${what}`)
    await sleep(5)
  }
}

/** The last ops of the others may still be on their way when they are connected. */
async function untilNothingWaits(executing: Database): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    await executing.executor!.sync()
    const { waiting } = await checkDatabase(executing)
    if (waiting === 0) return
    if (performance.now() > deadline) throw new Error(`${waiting} ops wait`)
  }
}

/** A copy may still be fetching the last blocks. */
async function untilVerified(copy: Database): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const report = await copy.verify()
    if (report.verdict === 'valid') break
    if (performance.now() > deadline) throw new Error(`a replica is ${JSON.stringify(report.findings)}`)
    await sleep(20)
  }
  await checkDatabase(copy)
}
