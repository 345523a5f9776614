// What `vitra/testing` offers to authors of contracts.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { Database, inspectContract, newIdentity, Storage } from '../src/index.js'
import {
  checkDatabase,
  createTestDatabase,
  executedOps,
  expectChanges,
  expectRefused,
  replayOps,
  TestClock,
  type TestDatabaseOptions,
} from '../src/testing/index.js'

const COUNTER = `
import assert from 'assert'
import { index } from 'contract'
export async function get() { return (await index.get('/counter'))?.value ?? 0 }
export function increment({ amount = 1 }, emit) {
  assert(amount < 100, 'too much at once')
  emit({ op: 'INCREMENT', amount })
}
export function admit({ pubkey }, emit) { emit({ op: 'ADMIT', pubkey }) }
export function reset(_, emit) { emit({ op: 'RESET' }) }
export const apply = {
  async INCREMENT(tx, { amount }, ack) {
    assert(amount > 0, 'the counter only goes up')
    console.log('adds', amount)
    tx.put('/counter', (await get()) + amount)
    tx.put('/last', { by: ack.origin, at: ack.ts })
    return amount
  },
  ADMIT(tx, { pubkey }) { tx.addOplog({ pubkey }) },
  async RESET(tx) { tx.delete('/counter') },
}`

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** Runs a test as node:test does: what it asked for is done at the end. */
async function tested<T>(
  work: (
    make: (options?: Partial<TestDatabaseOptions>) => ReturnType<typeof createTestDatabase>,
  ) => Promise<T>,
): Promise<T> {
  const ends: (() => Promise<void>)[] = []
  const t = { after: (end: () => Promise<void>) => ends.push(end) }
  try {
    return await work((options) => createTestDatabase(t, { contract: { source: COUNTER }, ...options }))
  } finally {
    for (const end of ends) await end()
  }
}

it('calls as several participants, on a clock that the test moves', () =>
  tested(async (make) => {
    const counter = await make({ participants: ['alice', 'bob'], start: 1000 })
    const [alice, bob] = [counter.participant('alice'), counter.participant('bob')]
    const first = await alice.call('increment', { amount: 2 })
    expectChanges(first.changes, { '/counter': 2, '/last': { by: alice.pubkey, at: 1000 } })
    expect(first).toMatchObject({ response: undefined, returned: [2] })
    expect(first.fuel).toBeGreaterThan(0)
    counter.clock.advance(86_400_000)
    const [one, other] = await Promise.all([alice.call('increment'), bob.call('increment', { amount: 3 })])
    expectChanges(one.changes, { '/counter': 3, '/last': { by: alice.pubkey, at: 86_401_000 } })
    expectChanges(other.changes, { '/counter': 6, '/last': { by: bob.pubkey, at: 86_401_000 } })
    expectChanges((await bob.call('reset')).changes, { '/counter': undefined })
    expect(counter.logs.map(({ text }) => text)).toEqual(['adds 2', 'adds 1', 'adds 3'])
    expect((await alice.call('get')).response).toBe(0)
    expect(() => expectChanges(first.changes, { '/counter': 3 })).toThrow()
    expect(() => counter.participant('carol')).toThrow('nobody is called carol: there are alice, bob')
  }))

it('says what is refused, in a method, in apply, and written past the methods', () =>
  tested(async (make) => {
    const counter = await make()
    const alice = counter.participant('alice')
    await expectRefused(alice.call('increment', { amount: 100 }), 'too much at once')
    await expectRefused(alice.call('increment', { amount: -1 }), /only goes up/)
    await expectRefused(alice.write({ op: 'INCREMENT', amount: -5 }), 'the counter only goes up')
    await expectRefused(alice.write({ op: 'NONE' }), 'apply has no handler for the op')
    await expect(expectRefused(alice.call('increment'))).rejects.toThrow('the contract did not refuse')
    await expect(expectRefused(alice.call('increment', { amount: -1 }), 'no')).rejects.toThrow('only goes up')
    const bob = await counter.newcomer('bob')
    await expect(expectRefused(bob.call('increment'))).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
    await alice.call('admit', { pubkey: bob.pubkey })
    expect((await bob.write({ op: 'INCREMENT', amount: 500 })).returned).toEqual([500])
    await expect(counter.db.writeOps([])).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  }))

it('fails a test whose database does not hold', async () => {
  const failing = tested(async (make) => {
    const counter = await make()
    await counter.participant('alice').call('increment')
    await counter.db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 100 }])
  })
  await expect(failing).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
})

it('builds the contract from its file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitra-testing-'))
  try {
    const file = path.join(folder, 'contract.ts')
    await writeFile(
      path.join(folder, 'read.ts'),
      "import { index } from 'contract'\nexport const read = index\n",
    )
    await writeFile(
      file,
      "import { read } from './read.js'\nexport const get = async (_: object) => (await read.get('/a'))?.value ?? null\nexport const apply = {}\n",
    )
    await tested(async (make) => {
      for (const contract of [pathToFileURL(file), file]) {
        const database = await make({ contract })
        expect((await database.participant('alice').call('get')).response).toBeNull()
      }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('replays ops on a changed contract, as who wrote them and when, and tells which end differently', () =>
  tested(async (make) => {
    const before = await make({ participants: ['alice'], start: 5000 })
    const alice = before.participant('alice')
    const bob = await before.newcomer('bob')
    await alice.call('increment', { amount: 2 })
    await alice.call('admit', { pubkey: bob.pubkey })
    before.clock.advance(1000)
    await bob.call('increment', { amount: 7 })
    await expectRefused(alice.call('increment', { amount: -1 }))
    await alice.call('reset')
    const ops = await all(executedOps(before.db))
    expect(ops.map(({ participant, failure, outcome }) => [participant, outcome.ts, failure])).toEqual([
      [alice.pubkey, 5000, undefined],
      [alice.pubkey, 5000, undefined],
      [bob.pubkey, 6000, undefined],
      [alice.pubkey, 6000, 'the counter only goes up'],
      [alice.pubkey, 6000, undefined],
    ])
    expect(ops[4]!.changes).toEqual([{ path: '/counter', deleted: true }])

    const clock = new TestClock(5000)
    const [creator] = (await before.db.identities()).filter((key) => key.toString() === alice.pubkey)
    const identity = await creator!.export()
    const replayed = async (source: string) => {
      await using next = await Database.createSandbox({ contract: { source }, identity, time: clock })
      const found = await all(replayOps(before.db, next, (ms) => clock.set(ms)))
      await checkDatabase(next)
      return found
    }
    expect((await replayed(COUNTER)).filter(({ differs }) => differs)).toEqual([])
    const stricter = COUNTER.replace('amount > 0', 'amount > 2').replace('ADMIT(tx', 'ADMIT_2(tx')
    const changed = (await replayed(stricter)).filter(({ differs }) => differs)
    expect(
      changed.map(({ before: { value }, after }) => [value, after && (after.failure ?? after.changes)]),
    ).toEqual([
      [{ op: 'INCREMENT', amount: 2 }, 'the counter only goes up'],
      [{ op: 'ADMIT', pubkey: bob.pubkey }, 'apply has no handler for the op'],
      [{ op: 'INCREMENT', amount: 7 }, null],
      [{ op: 'RESET' }, []],
    ])
  }))

it('a creator may bring its key pair, and a contract is inspected without a database', async () => {
  const identity = newIdentity()
  await using db = await Database.create(Storage.temporary(), { contract: { source: COUNTER }, identity })
  expect(db.localOplog?.publicKey.toString('hex')).toBe(identity.publicKey)
  await checkDatabase(db)
  const { methods, warnings } = await inspectContract(COUNTER)
  expect(methods.map(({ name }) => name)).toEqual(['admit', 'get', 'increment', 'reset'])
  expect(warnings).toEqual([])
  await expect(inspectContract('export const a = 1')).rejects.toMatchObject({ code: 'CONTRACT_NO_APPLY' })
})

it('calls the functions of a script, each as who makes the call', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitra-test-'))
  const file = path.join(folder, 'wall.ts')
  await writeFile(
    file,
    `import assert from 'assert'
    export let count: number = 0
    export async function write(text: string) {
      assert(text !== '', 'nothing is written')
      await state.writeFile('/' + ++count, caller.id + ' ' + text)
      return count
    }
    export const lines = () => count`,
  )
  try {
    await tested(async (make) => {
      const { db, participant } = await make({
        contract: { script: pathToFileURL(file) },
        participants: ['alice', 'bob'],
      })
      const [alice, bob] = [participant('alice'), participant('bob')]
      const ids = await Promise.all([
        alice.api().write('one'),
        bob.api().write('two'),
        alice.api().write('three'),
      ])
      expect(ids).toEqual([1, 2, 3])
      expect(await db.files.readFile('/2', 'utf8')).toBe(`${bob.pubkey} two`)
      const { result, receipt } = await bob.api().write.receipt('four')
      expect([result, Buffer.from(receipt.signer).toString('hex')]).toEqual([4, bob.pubkey])
      await expectRefused(bob.api().write(''), 'nothing is written')
      await expect(expectRefused(bob.api().lines())).rejects.toThrow('the contract did not refuse')
      expect(await db.read.lines()).toBe(4)
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
