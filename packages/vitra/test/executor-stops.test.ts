/**
 * What an executor does about a machine that gets in its way (spec/4-execution §5): it acknowledges what no process can
 * run, acknowledges nothing while none is to be had, and goes on by itself.
 */
import { once } from 'node:events'
import { childProcesses, killChildren } from '@vitra/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Database, type OpenOptions, Storage, type Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

/** A regular expression that goes back and forth without end, in the engine itself. */
const CONTRACT = `
export function emits ({ ops }, emit) { for (const op of ops) emit(op) }
export const apply = {
  PUT (tx, op) { tx.put('/' + op.key, op.value) },
  UPGRADE (tx, op) { tx.setContractSource({ code: op.code }) },
  HANG (tx) { tx.put('/found', /^(a+)+$/.test('a'.repeat(60) + 'b')) },
}
`
const contract = { source: CONTRACT }
const QUICK: OpenOptions = { sandbox: { opMs: 300 } }

const emits = (db: Database, ...ops: object[]): Promise<Transaction> => db.call('emits', { ops })
/** What became of the ops so far. */
const codesOf = async (call: Transaction) =>
  (await call.fetchAcks()).map(({ outcome }) => outcome.code ?? outcome.kind)

/** Waits until the executor has gone on by itself. */
async function allExecuted(db: Database): Promise<void> {
  while ((await db.pending()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** Lets no guest start until the test is done, or the function that comes back is called. */
function breakNode(): () => void {
  const { execPath } = process
  const mend = () => {
    process.execPath = execPath
  }
  onTestFinished(mend)
  process.execPath = '/nonexistent/node'
  return mend
}

describe('an executor', () => {
  it('acknowledges an op that no process can run, and the log goes on; audits here agree', async () => {
    await using db = await Database.create(Storage.temporary(), { contract, ...QUICK })
    const call = await emits(db, { op: 'HANG' }, { op: 'PUT', key: 'a', value: 1 })
    await expect(call.whenProcessed()).rejects.toMatchObject({
      code: 'OP_REJECTED',
      details: { failure: 'unexecutable', fuel: 0 },
    })
    expect(await codesOf(call)).toEqual(['unexecutable', 'ok'])
    expect((await db.index.get('/a'))?.value).toBe(1)
    const report = await checkDatabase(db, { verdict: 'inconclusive' })
    // Where nobody can run it, nobody is suspect.
    expect(report.findings).toMatchObject([{ code: 'unexecutable', suspect: false }])
    expect(await db.suspects()).toEqual([])
  }, 60_000)

  it('acknowledges an upgrade that hangs while it loads, and the log goes on', async () => {
    await using db = await Database.create(Storage.temporary(), {
      contract,
      sandbox: { opMs: 300, loadMs: 300 },
    })
    const code = "/^(a+)+$/.test('a'.repeat(60) + 'b')\nexport const apply = {}"
    const call = await emits(db, { op: 'UPGRADE', code }, { op: 'PUT', key: 'a', value: 1 })
    await expect(call.whenProcessed()).rejects.toMatchObject({ code: 'OP_REJECTED' })
    expect(await codesOf(call)).toEqual(['unexecutable', 'ok'])
    expect(await db.source()).toBe(CONTRACT)
    await checkDatabase(db, { verdict: 'inconclusive' })
  }, 60_000)

  it.runIf(process.platform === 'linux')(
    'acknowledges nothing while no guest starts, says so, and goes on by itself',
    async () => {
      const before = childProcesses()
      await using db = await Database.create(Storage.temporary(), { contract, sandbox: { opMs: 1_000 } })
      const call = await emits(
        db,
        { op: 'PUT', key: 'a', value: 1 },
        { op: 'HANG' },
        { op: 'PUT', key: 'b', value: 2 },
      )
      const failure = once(db, 'failure')
      const mend = breakNode()
      const killing = setInterval(() => killChildren(before), 10)
      const [error] = await failure
      clearInterval(killing)
      expect(error).toMatchObject({ code: 'GUEST_NOT_STARTED' })
      expect(await codesOf(call)).not.toContain('unexecutable')
      expect(await db.pending()).toHaveLength(1)
      mend()
      await allExecuted(db)
      expect(await codesOf(call)).toEqual(['ok', 'unexecutable', 'ok'])
      await checkDatabase(db, { verdict: 'inconclusive' })
    },
    180_000,
  )

  it('acknowledges nothing while its contract is refused, says so, and goes on by itself', async () => {
    const sandbox = { ...QUICK.sandbox, refusalMs: 1500 }
    await using db = await Database.create(Storage.temporary(), { contract, sandbox })
    const failure = once(db, 'failure')
    const call = await emits(db, ...Array(4).fill({ op: 'HANG' }), { op: 'PUT', key: 'last', value: 1 })
    const [error] = await failure
    expect(error).toMatchObject({ code: 'CONTRACT_REFUSED', details: { retryAfterMs: expect.any(Number) } })
    const told = await codesOf(call)
    // What was executed before is published, or the same ops would end the same processes for ever.
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThan(4)
    expect(new Set(told)).toEqual(new Set(['unexecutable']))
    await expect(call.whenProcessed({ timeout: 1 })).rejects.toMatchObject({ code: 'TX_TIMEOUT' })
    await allExecuted(db)
    expect(await codesOf(call)).toEqual([...Array(4).fill('unexecutable'), 'ok'])
    const report = await db.verify()
    expect(report).toMatchObject({ verdict: 'inconclusive', version: report.length })
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['unexecutable']))
  }, 180_000)
})
