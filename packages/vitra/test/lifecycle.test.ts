/** Closing, aborting and failing while things run: nothing hangs, nothing stays behind, every error has its code. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { COUNTER_CONTRACT, connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const counter = { contract: { source: COUNTER_CONTRACT } }
const workbench = { contract: { source: WORKBENCH_CONTRACT } }
const CLOSED = { code: 'DATABASE_CLOSED' }

/** Guest processes of this process. */
async function guests(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  return children.split(' ').filter((pid) => pid.trim() !== '').length
}

describe('close', () => {
  useGuests({ secondLooks: false })

  it('is one close however often it is called, and frees the folder', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await Database.create(folder.at('db'), counter)
    const ends = [db.close(), db.close()]
    await ends[1]
    await using again = await Database.load(folder.at('db'))
    await Promise.all(ends)
    expect((await again.call('get')).response).toBe(0)
    await checkDatabase(again)
  })

  it('answers everything that runs or comes after with one code, and writes no op by halves', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await Database.create(folder.at('db'), workbench)
    const failures: Error[] = []
    db.on('failure', (error) => failures.push(error))
    const tx = await db.call('put', { key: 'a', value: 1 })
    await tx.whenProcessed()
    await tx.fetchReceipt()
    const monitor = await db.monitor()
    const calls = Array.from({ length: 40 }, (_, n) => db.call('put', { key: `k${n}`, value: n }))
    const called = Promise.allSettled(calls)
    const waits = calls.map((call) => call.then((emitted) => emitted.whenProcessed()))
    const rest = [...waits, db.verify(), db.pending(), db.methods(), db.index.list('/values')]
    const running = Promise.allSettled(rest)
    await calls[3]
    const closing = db.close()
    for (const settled of [...(await called), ...(await running)]) {
      if (settled.status === 'rejected') expect(settled.reason).toMatchObject(CLOSED)
    }
    await closing
    await monitor.close()
    const after: (() => Promise<unknown>)[] = [
      () => db.call('get', { key: 'a' }),
      () => db.verify(),
      () => db.monitor(),
      () => db.pending(),
      () => db.source(),
      () => db.methods(),
      () => db.syncLatest(),
      () => db.createIdentity(),
      () => db.index.get('/values/a'),
      () => db.index.list('/values'),
      () => db.index.at(2),
      () => db.index.dangerousBatch([]),
      () => db.index.history().next(),
      () => tx.fetchAcks(),
      () => tx.fetchResults(),
      () => db.transaction({ ...JSON.parse(JSON.stringify(tx)), receipt: undefined }).verifyInclusion(),
      () => db.transaction(JSON.parse(JSON.stringify(tx))).whenProcessed(),
      () => Database.createSandbox({ from: db }),
    ]
    for (const [n, work] of after.entries()) await expect(work(), `call ${n}`).rejects.toMatchObject(CLOSED)
    await expect(db.executor!.sync()).rejects.toMatchObject({ code: 'EXECUTOR_CLOSED' })
    expect(await tx.verifyInclusion()).toHaveLength(1) // a receipt needs no database
    expect(failures).toEqual([])

    const written = (await called).filter(({ status }) => status === 'fulfilled').length
    await using again = await Database.load(folder.at('db'))
    await again.executor!.sync()
    const report = await checkDatabase(again)
    expect(report.ops).toBe(1 + written)
  })

  it('ends although nobody gives the blocks that the copy waits for', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), workbench)
    for (let n = 0; n < 30; n++) await (await alice.call('put', { key: `k${n}`, value: n })).whenProcessed()
    const bob = await Database.load(folder.at('bob'), alice.pubkey)
    const connection = connect(alice, bob)
    const monitor = await bob.monitor()
    while (bob.index.version === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await connection.close()
    const reads = [bob.index.get('/values/k7'), bob.call('get', { key: 'k7' }), bob.verify()]
    const settled = Promise.allSettled(reads)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const started = performance.now()
    await bob.close()
    expect(performance.now() - started).toBeLessThan(10_000)
    for (const read of await settled)
      if (read.status === 'rejected') expect(read.reason).toMatchObject(CLOSED)
    await monitor.close()
  })
})

/** These count guests: each database has its own. */
describe('what fails half-way', () => {
  it('frees everything although a participant’s log cannot be written', async () => {
    await using folder = await TemporaryFolder.make()
    const before = await guests()
    const db = await Database.create(folder.at('db'), counter)
    const [journal] = (await readdir(folder.at('db', 'journal'))).filter((name) => name.endsWith('.journal'))
    expect(journal).toBeDefined()
    const other = `${db.localOplog!.key.toString('hex')}.journal`
    await mkdir(folder.at('db', 'journal', other))
    await expect(db.call('increment')).rejects.toThrow()
    await db.close()
    expect(await guests()).toBe(before)
    await rm(folder.at('db', 'journal', other), { recursive: true })
    await using again = await Database.load(folder.at('db'))
    await (await again.call('increment')).whenProcessed()
    await checkDatabase(again)
  })

  it('leaves no guest and no file of a database that was not created', async () => {
    await using folder = await TemporaryFolder.make()
    const before = await guests()
    const bad = [
      { contract: { source: 'export {' } },
      { contract: { source: COUNTER_CONTRACT }, participants: ['zz'] },
      { contract: { source: COUNTER_CONTRACT }, limits: { batchOpsMax: 0 } },
      { contract: { source: `${COUNTER_CONTRACT}// ${'x'.repeat(9 * 1024 * 1024)}` } },
    ]
    for (const options of bad) {
      await expect(Database.create(folder.at('db'), options)).rejects.toMatchObject({
        code: expect.stringMatching(/^[A-Z_]+$/),
      })
    }
    const noClock = (): never => {
      throw new Error('no clock')
    }
    const time = { now: noClock, monotonic: noClock }
    await expect(Database.create(folder.at('db'), { ...counter, time })).rejects.toThrow('no clock')
    expect(await readdir(folder.at('db')).catch(() => [])).toEqual([])
    expect(await guests()).toBe(before)
    await using db = await Database.create(folder.at('db'), counter)
    await checkDatabase(db)
  })

  it('leaves no guest and no lock where a folder cannot be loaded', async () => {
    await using folder = await TemporaryFolder.make()
    await (await Database.create(folder.at('db'), counter)).close()
    const before = await guests()
    const wrong = [
      'broken',
      '[]',
      '{"participant":5}',
      '{"oplogs":3}',
      '{"oplogs":["x"]}',
      '{"seen":{"length":1}}',
    ]
    for (const text of wrong) {
      await writeFile(folder.at('db', 'local.json'), text)
      await expect(Database.load(folder.at('db')), text).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
    }
    await writeFile(folder.at('db', 'local.json'), '{}')
    await mkdir(folder.at('db', 'fraud'))
    await writeFile(folder.at('db', 'fraud', '0.json'), 'broken')
    await expect(Database.load(folder.at('db'))).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
    await rm(folder.at('db', 'fraud'), { recursive: true })
    expect(await guests()).toBe(before)
    await using db = await Database.load(folder.at('db'))
    await db.setLocalOplog(db.oplogs[0]!.publicKey)
    await (await db.call('increment')).whenProcessed()
    await checkDatabase(db)
  })
})

describe('several at once', () => {
  useGuests({ secondLooks: false })

  it('audits, monitors and calls do not get in each other’s way', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), workbench)
    const monitors = await Promise.all([db.monitor(), db.monitor()])
    const wrong: unknown[] = []
    for (const monitor of monitors) {
      monitor.on('error', (error) => wrong.push(error))
      monitor.on('inconclusive', (report) => wrong.push(report))
      monitor.on('violation', (proof) => wrong.push(proof))
    }
    const work: Promise<unknown>[] = []
    for (let round = 0; round < 10; round++) {
      for (let n = 0; n < 5; n++)
        work.push(db.call('put', { key: `k${n}`, value: round }).then((tx) => tx.whenProcessed()))
      for (let n = 0; n < 3; n++) work.push(db.verify())
      work.push(db.index.list('/values'), db.pending())
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await Promise.all(work)
    const report = await checkDatabase(db)
    expect(report).toMatchObject({ ops: 50, waiting: 0 })
    expect(wrong).toEqual([])
    for (const monitor of monitors) await monitor.close()
  })

  it('writes the files beside the logs one after another', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), counter)
    await (await db.call('increment')).whenProcessed()
    const { publicKey } = db.localOplog!
    const work = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? db.verify() : db.setLocalOplog(publicKey),
    )
    const settled = await Promise.allSettled(work)
    expect(settled.filter(({ status }) => status === 'rejected')).toEqual([])
    await checkDatabase(db)
  })
})

describe('a signal', () => {
  useGuests({ secondLooks: false })

  it('ends a call, a wait and an audit with its reason', async () => {
    await using db = await Database.create(Storage.temporary(), {
      contract: {
        source: `
          export function loop () { return /^(a|aa)+$/.test('a'.repeat(60) + 'b') }
          export function slow (_, emit) { for (let n = 0; n < 40; n++) emit({ op: 'SLOW' }) }
          export const apply = { SLOW (tx) { tx.put('/slow', /^(a|aa)+$/.test('a'.repeat(30) + 'b')) } }`,
      },
    })
    const reason = new Error('enough')
    const signalled = () => {
      const abort = new AbortController()
      setTimeout(() => abort.abort(reason), 30)
      return abort.signal
    }
    await expect(db.call('loop', {}, { signal: signalled() })).rejects.toBe(reason)
    const tx = await db.call('slow')
    await expect(tx.whenProcessed({ signal: signalled() })).rejects.toBe(reason)
    await tx.whenProcessed()
    const started = performance.now()
    await db.verify()
    const whole = performance.now() - started
    const again = performance.now()
    await expect(db.verify({ signal: signalled() })).rejects.toBe(reason)
    expect(performance.now() - again).toBeLessThan(whole)
    await checkDatabase(db)
  })
})
