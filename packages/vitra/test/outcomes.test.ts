/** Every outcome that an op can have (spec/4-execution §5), through a database, and in every replay of it. */
import { appendOps, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, type OpenOptions, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const CONTRACT = `
import { index } from 'contract'
export function emits ({ op }, emit) { emit(op) }
export function process (op) {
  if (op.op === 'process') throw new Error('not this one')
  return 'seen'
}
function deeper (n) { return n === 0 ? 0 : 1 + deeper(n - 1) }
export const apply = {
  ok (tx) { tx.put('/ok', true) },
  contract () { throw new Error('not like this') },
  engine () { return undefined.property },
  process () {},
  value (tx) { tx.put('/value', new Map()) },
  'never-settles' () { return new Promise(() => {}) },
  size (tx) { for (let n = 0; n < 20_000; n++) tx.put('/n', n) },
  source (tx) { tx.setContractSource({ code: 'no contract' }) },
  fuel () { for (;;) {} },
  depth () { return deeper(1_000_000) },
  caught (tx) {
    try { deeper(1_000_000) } catch {}
    try { for (;;) {} } finally { tx.put('/caught', 'got away with it'); return 'so it seems' }
  },
}
`

/** Ends no guest early on a busy machine: what is tested is decided by the rules. */
const SLOW: OpenOptions = { sandbox: { opMs: 60_000 } }

useGuests({ secondLooks: false, ...SLOW.sandbox })

describe('an op that fails is acknowledged as failed, with no changes, and replayed to the same', () => {
  it.each([
    ['contract', 'not like this'],
    ['engine', 'TypeError'],
    ['process', 'not this one'],
    ['value', /only plain objects/],
    ['no-handler', /no handler/],
    ['never-settles', /never settles/],
    ['size', /more than the rules allow/],
    ['source', /does not load/],
    ['fuel', ''],
    ['depth', ''],
  ])('%s', async (code, message) => {
    await using db = await Database.create(Storage.temporary(), { contract: { source: CONTRACT }, ...SLOW })
    const tx = await db.call('emits', { op: { op: code } })
    await expect(tx.whenProcessed()).rejects.toMatchObject({
      code: 'OP_REJECTED',
      details: { kind: 'failed', failure: code, fuel: expect.any(Number) },
    })
    const [ack] = await tx.fetchAcks()
    expect(ack!.outcome).toMatchObject({ kind: 'failed', code, numChanges: 0 })
    expect(ack!.outcome.message).toMatch(message)
    await (await db.call('emits', { op: { op: 'ok' } })).whenProcessed()
    expect((await db.index.get('/ok'))?.value).toBe(true)
    await checkDatabase(db)
  })

  it('whatever the contract catches of what it has used up', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { source: CONTRACT }, ...SLOW })
    const tx = await db.call('emits', { op: { op: 'caught' } })
    await expect(tx.whenProcessed()).rejects.toMatchObject({ details: { failure: 'depth' } })
    expect(await db.index.get('/caught')).toBeNull()
    await checkDatabase(db)
  })

  it('an op of any value is one: what the contract has no handler for fails', async () => {
    await using folder = await TemporaryFolder.make()
    let key: Buffer
    let participant: Buffer
    {
      await using db = await Database.create(folder.at('db'), { contract: { source: CONTRACT }, ...SLOW })
      key = db.pubkey
      participant = db.localOplog!.publicKey
    }
    await appendOps(folder.at('db'), participant, key, ['no object', { op: 'ok' }])
    await using db = await Database.load(folder.at('db'), key, SLOW)
    await db.executor!.sync()
    const oplog = db.localOplog!.key.toString('hex')
    const acks = await (await db.findTransaction(`${oplog}-0-2`))!.fetchAcks()
    expect(acks.map(({ outcome }) => outcome.code ?? outcome.kind)).toEqual(['no-handler', 'ok'])
    await checkDatabase(db)
  })
})

describe('warnings', () => {
  it('name what keeps the contract in force from being pure, after an upgrade as well', async () => {
    const pure = 'export const apply = { UP (tx, op) { tx.setContractSource({ code: op.code }) } }'
    const source = `export function emits ({ op }, emit) { emit(op) }\n${pure}`
    await using db = await Database.create(Storage.temporary(), { contract: { source } })
    expect(await db.warnings()).toEqual([])
    const code = `${source}\nlet n = 0\nexport const next = () => n++`
    await (await db.call('emits', { op: { op: 'UP', code } })).whenProcessed()
    expect(await db.warnings()).toMatchObject([{ line: 4, reason: expect.stringContaining('`n`') }])
    await checkDatabase(db)
  })
})
