/**
 * Databases whose contract reads what is not there, among names that are prefixes of each other: what was executed in batches,
 * over restarts, is what each op gives by itself, where the guest is told nothing of the state but what it asks for.
 */
import {
  type Change,
  CURRENT_RULES,
  compareKeys,
  decodeValue,
  type EntrySource,
  type KeyRange,
  Overlay,
  oplogKey,
  pathToKey,
  readEcho,
  SOURCE_PATH,
  sodiumCrypto,
  type Value,
} from '@vitra/log'
import { Sandbox, step } from '@vitra/sandbox'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { appendOps, type History, readHistory, TemporaryFolder, testSeed } from '../src/index.js'
import { accuse } from './accusers.js'

const SOURCE = `
import { index } from 'contract'
export function run ({ todo }, emit) { emit({ todo }) }
const DO = {
  put: async (tx, path) => { tx.put(path, path) },
  delete: async (tx, path) => { tx.delete(path) },
  get: async (tx, path) => (await tx.get(path))?.value,
  list: async (tx, path) => (await tx.list(path)).map(({ name }) => name).join(),
  many: async (tx, path) => {
    let found = 0
    for (let n = 0; n < 30; n++) if (await index.get(path + '/' + n)) found++
    return found
  },
  fill: async (tx, path) => { for (let n = 0; n < 20; n++) tx.put(path + '/' + (n * 7 % 20), n) },
  clear: async (tx, path) => { for (let n = 0; n < 20; n++) tx.delete(path + '/' + n) },
  big: async (tx, path) => { for (let n = 0; n < 30; n++) tx.put(path + '/' + n, 'x'.repeat(20_000)) },
  add: async (tx, pubkey) => tx.addOplog({ pubkey }),
  remove: async (tx, pubkey) => tx.removeOplog({ pubkey }),
  source: async (tx, code) => tx.setContractSource({ code }),
}
export async function apply (tx, { todo }) {
  const seen = []
  for (const [what, path] of todo) {
    if (what === 'fail') throw new Error(String(seen))
    try { seen.push((await DO[what](tx, path)) ?? null) } catch ({ message }) { seen.push(message) }
  }
  return seen.map((one) => typeof one === 'object' ? one === null : one)
}`

type Item = readonly [what: string, on: string]
/** Of each round, of each participant, its ops. */
type Rounds = readonly (readonly (readonly (readonly Item[])[])[])[]

const name = fc.constantFrom(
  ...['a', 'b', 'ab', 'a!', 'a.', '\u0001', '\u{10000}', '\uffff', 'é', '1', '10', '~'],
)
const plain = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const system = fc.constantFrom(
  ...['/.sys', '/.sys/a', '/.sys/acks', '/.sys/acks/1', '/.sys/acksx', '/.sys/batcg', '/.sys/batch'],
  ...[
    '/.sys/contract',
    '/.sys/contract/source',
    '/.sys/inputs/00',
    '/.sys/zz',
    '/.sy',
    '/.sys0',
    '/no//path',
  ],
)
const anywhere = fc.oneof({ weight: 8, arbitrary: plain }, system)
const doing = (what: string[], on: fc.Arbitrary<string>) => fc.tuple(fc.constantFrom(...what), on)
const item = fc.oneof(
  { weight: 12, arbitrary: doing(['get', 'many'], anywhere) },
  { weight: 6, arbitrary: doing(['put', 'delete', 'fill', 'clear'], plain) },
  { weight: 2, arbitrary: doing(['list'], anywhere) },
  { weight: 1, arbitrary: doing(['fail', 'big'], plain) },
)
/** What ends a batch comes last. */
const last = fc.oneof(
  { weight: 12, arbitrary: fc.constant([]) },
  fc
    .constantFrom<Item[]>(['add', '0'], ['remove', '1'], ['add', '1'], ['remove', '2'], ['add', '2'])
    .map(Array.of),
  fc.constantFrom<Item[]>(['source', SOURCE], ['source', `${SOURCE}//`], ['source', 'none']).map(Array.of),
)
const op = fc.tuple(fc.array(item, { maxLength: 8 }), last).map(([todo, end]) => [...todo, ...end])
const round = fc.array(fc.array(op, { maxLength: 12 }), { minLength: 3, maxLength: 3 })
const rounds: fc.Arbitrary<Rounds> = fc.array(round, { minLength: 1, maxLength: 3 })

let folder: TemporaryFolder
let sandbox: Sandbox
let cases = 0
beforeAll(async () => {
  folder = await TemporaryFolder.make()
  sandbox = await Sandbox.open()
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

/** A state in memory, which is not asked how far there is nothing. */
class State implements EntrySource {
  readonly #entries = new Map<string, { readonly key: Uint8Array; readonly value: Uint8Array }>()

  take(changes: readonly Change[]): void {
    for (const { path, value } of changes) {
      if (value === null) this.#entries.delete(path)
      else this.#entries.set(path, { key: pathToKey(path), value })
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    return [...this.#entries.values()].find((entry) => compareKeys(entry.key, key) === 0)?.value ?? null
  }

  async lookUp(): Promise<never> {
    throw new Error('a single step is told of what it reads alone')
  }

  async first({ gte, lt }: KeyRange, reverse: boolean) {
    const inside = [...this.#entries.values()]
      .filter(({ key }) => compareKeys(gte, key) <= 0 && compareKeys(key, lt) < 0)
      .sort((a, b) => compareKeys(a.key, b.key))
    return (reverse ? inside.at(-1) : inside[0]) ?? null
  }
}

/** Executes a case, a restart a round, and audits it there. */
async function execute(given: Rounds): Promise<{ history: History; key: Uint8Array }> {
  const path = folder.at(String(cases++))
  const db = await Database.create(path, { contract: { source: SOURCE } })
  const ids = [await db.createIdentity(), await db.createIdentity(), await db.createIdentity()]
  const keys = ids.map(({ publicKey }) => Buffer.from(publicKey).toString('hex'))
  for (const pubkey of keys) await (await db.call('run', { todo: [['add', pubkey]] })).whenProcessed()
  await db.close()
  for (const participants of given) {
    for (const [nth, ops] of participants.entries()) {
      const values = ops.map((todo): Value => {
        return {
          todo: todo.map(([what, on]) => [what, /^(add|remove)$/.test(what) ? keys[Number(on)]! : on]),
        }
      })
      if (values.length > 0) await appendOps(path, ids[nth]!.publicKey, db.pubkey, values)
    }
    await using again = await Database.load(path)
    await again.executor!.sync()
    await checkDatabase(again)
  }
  return { history: await readHistory(path), key: db.pubkey }
}

/** A change as texts: comparing long values byte by byte takes a while. */
function told({ path, value }: Change): [string, string | null] {
  return [path, value === null ? null : Buffer.from(value).toString('latin1')]
}

/** Holds each outcome against what the op gives by itself. Gives how many there are. */
async function checkSingly({ genesis, batches, oplogs }: History, indexKey: Uint8Array): Promise<number> {
  const rules = { ...CURRENT_RULES, abi: 1 }
  const state = new State()
  state.take(genesis)
  let source = String(decodeValue(genesis.find(({ path }) => path === SOURCE_PATH)!.value!))
  let count = 0
  for (const { oplog, firstSeq, executed } of batches.flatMap(({ runs }) => runs)) {
    const { input, blocks } = oplogs.find((own) => Buffer.from(oplog).equals(own.input.oplog))!
    for (const [nth, { outcome, changes }] of executed.entries()) {
      const block = blocks[firstSeq + nth]!
      if (readEcho(block) !== null) continue
      const own = await step(await sandbox.load(source, rules), new Overlay(state), {
        block,
        signer: input.signer,
        oplog,
        seq: firstSeq + nth,
        ts: outcome.ts,
        rules,
        processed: null,
        deriveOplog: (signer) => oplogKey(sodiumCrypto, signer, indexKey),
        loadSource: async (text) => void (await sandbox.load(text, rules)),
      })
      expect([own.outcome, own.changes.map(told)]).toEqual([outcome, changes.map(told)])
      state.take(changes)
      source = own.source ?? source
      count++
    }
  }
  return count
}

const seed = testSeed()
it(`what is executed in batches is what each op gives by itself (VITRA_SEED=${seed})`, async () => {
  let ops = 0
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      const { history, key } = await execute(given)
      ops += await checkSingly(history, key)
      expect((await accuse(history, null, sandbox)).report.verdict).toBe('valid')
    }),
    { seed, numRuns: process.env.MODE === 'soak' ? 100 : 4, endOnFailure: true },
  )
  expect(ops).toBeGreaterThan(0)
}, 600_000)
