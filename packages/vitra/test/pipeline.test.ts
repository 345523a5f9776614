/**
 * Batches overlap (spec/4-execution §6): one is executed while the one ahead of it is written. Whatever fails between, and
 * however they interleave, nothing is lost, nothing applied twice, and the audit is valid.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LogError } from '@vitra/log'
import { COUNTER_CONTRACT, TemporaryFolder, testSeed } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { type Append, interleave, onIndexAppend } from './pipeline.js'

useGuests({ secondLooks: false })

afterEach(() => vi.restoreAllMocks())

const CHILD = fileURLToPath(new URL('pipeline-child.mjs', import.meta.url))

/** A counter that says on its console what it executes. */
const LOUD_CONTRACT = COUNTER_CONTRACT.replace(
  'const current = await get()',
  'const current = await get(); console.log(String(op.amount))',
)

/** Waits until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('while a batch is on its way to the disk', () => {
  /** A database whose second batch is executed while its first is held; `release` decides what becomes of that. */
  async function overlapping(
    release: (append: () => ReturnType<Append>) => ReturnType<Append>,
    where: string | Storage = Storage.temporary(),
  ) {
    const executed: string[] = []
    const db = await Database.create(where, {
      contract: { source: LOUD_CONTRACT },
      onLog: ({ text }) => executed.push(text),
    })
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    let held = 0
    onIndexAppend(
      () => db,
      async (append) => {
        if (held++ > 0) return append()
        await gate
        return release(append)
      },
    )
    const before = db.index.version
    const failures: Error[] = []
    db.on('failure', (error) => failures.push(error))
    const batches: number[] = []
    const { executor } = db as unknown as { executor: NodeJS.EventEmitter }
    executor.on('batch', ({ ops }: { ops: number }) => batches.push(ops))
    const first = await db.call('increment', { amount: 1 })
    await until(() => held === 1)
    const rest = await Promise.all([10, 100, 1000].map((amount) => db.call('increment', { amount })))
    await until(() => executed.length === 4)
    expect(executed).toEqual(['1', '10', '100', '1000'])
    // Nothing is published, acknowledged or receipted ahead of its journal record.
    expect(db.index.version).toBe(before)
    for (const tx of [first, ...rest]) expect(await tx.fetchAcks()).toEqual([])
    expect((await db.call('get')).response).toBe(0)
    return { db, txs: [first, ...rest], go, failures, batches }
  }

  it('the next is executed over its results, and published after it', async () => {
    const { db, txs, go, batches } = await overlapping((append) => append())
    go()
    await Promise.all(txs.map((tx) => tx.whenProcessed()))
    await db.executor!.sync()
    expect(batches).toEqual([1, 3])
    expect((await db.call('get')).response).toBe(1111)
    expect(await checkDatabase(db)).toMatchObject({ ops: 4 })
    await db.close()
  }, 60_000)

  it('what was executed over it is forgotten where the disk refuses it, and executed anew', async () => {
    const { db, txs, go, failures, batches } = await overlapping(async () => {
      throw new LogError('JOURNAL_FAILED', 'the disk did not take the append')
    })
    const failed = new Promise((resolve) => db.once('failure', resolve))
    go()
    await failed
    expect(batches).toEqual([])
    expect(await txs[0]!.fetchAcks()).toEqual([])
    await db.executor!.sync()
    expect(failures).toMatchObject([{ code: 'JOURNAL_FAILED' }])
    expect((await db.call('get')).response).toBe(1111)
    expect(await checkDatabase(db)).toMatchObject({ ops: 4 })
    await db.close()
  }, 60_000)

  it('nothing is applied twice where it failed after it was published', async () => {
    const { db, go } = await overlapping(async (append) => {
      await append()
      throw new Error('the machine stumbled')
    })
    const failed = new Promise((resolve) => db.once('failure', resolve))
    go()
    await failed
    await db.executor!.sync()
    expect((await db.call('get')).response).toBe(1111)
    expect(await checkDatabase(db)).toMatchObject({ ops: 4 })
    await db.close()
  }, 60_000)

  it('a close waits for it, and loses nothing of either', async () => {
    await using folder = await TemporaryFolder.make()
    const { db, go } = await overlapping((append) => append(), folder.at('db'))
    const closing = db.close()
    go()
    await closing
    vi.restoreAllMocks()
    await using again = await Database.load(folder.at('db'))
    await again.executor!.sync()
    expect((await again.call('get')).response).toBe(1111)
    expect(await checkDatabase(again)).toMatchObject({ ops: 4 })
  }, 60_000)

  it.each(['journalled', 'published'])(
    'a kill once it is %s loses nothing and repeats nothing',
    async (when) => {
      await using folder = await TemporaryFolder.make()
      await (await Database.create(folder.at('db'), { contract: { source: LOUD_CONTRACT } })).close()
      const child = spawn(process.execPath, [CHILD, folder.at('db'), when], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let said = ''
      child.stdout.on('data', (data) => (said += data))
      const [, signal] = await once(child, 'close')
      expect(signal).toBe('SIGKILL')
      // It had executed the batch after the one that was on its way to the disk.
      expect(said.split('\n')).toEqual(['executed 1', 'executed 10', 'executed 100', 'executed 1000', ''])
      await using db = await Database.load(folder.at('db'))
      await db.executor!.sync()
      expect((await db.call('get')).response).toBe(1111)
      expect(await checkDatabase(db)).toMatchObject({ ops: 4, waiting: 0 })
    },
    60_000,
  )
})

describe('whatever the order of the writes and of what fails between', () => {
  const ROUNDS = 3
  const first = testSeed()
  for (let seed = first; seed < first + ROUNDS; seed++) {
    it(`nothing is lost and the audit is valid (seed ${seed})`, () => interleave(seed), 300_000)
  }
})

describe('a disk that refuses every batch for a while', () => {
  it('is tried again by itself, though nothing happens meanwhile', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { source: LOUD_CONTRACT } })
    let isFull = true
    onIndexAppend(
      () => db,
      async (append) => {
        if (isFull) throw new LogError('STORAGE_FAILED', 'the disk is full')
        return append()
      },
    )
    const failures: unknown[] = []
    db.on('failure', (error) => failures.push(error))
    const tx = await db.call('increment', { amount: 1 })
    await until(() => failures.length > 0)
    await sleep(1000) // whatever the call has set off is over
    isFull = false
    await tx.whenProcessed()
    expect(failures).toMatchObject([{ code: 'STORAGE_FAILED' }])
    expect(await checkDatabase(db)).toMatchObject({ ops: 1 })
  }, 60_000)
})
