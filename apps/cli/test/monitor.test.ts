/** A monitor in the background: in a process of its own, and in the one that keeps the database. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CallsOpUnexecutable, publish, readHistory } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { check, withDatabase } from './database.js'
import { aliceAndBob, hosting } from './nodes.js'
import { json, kill, Live, type Surroundings, vitra } from './vitra.js'

useGuests({ secondLooks: false })

const LONG_MS = 180_000
const WAIT_MS = 60_000

interface Status {
  readonly state: 'none' | 'running' | 'stopped' | 'dead'
  readonly record: {
    readonly pid: number
    readonly command: string
    readonly status: string
    readonly from: number
    readonly version: number
    readonly treeHash: string | null
    readonly ops: number
  }
}

/** What `monitor status` says once it satisfies a condition, and its exit code. */
async function statusOnce(at: Surroundings, condition: (status: Status) => boolean) {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    const ran = await vitra(['monitor', 'status', '--json'], at)
    const status = JSON.parse(ran.stdout) as Status
    if (condition(status)) return { ...status, code: ran.code }
    if (performance.now() > deadline) throw new Error(`it never was: ${ran.stdout}`)
    await sleep(100)
  }
}

/** The end of a test ends what it has begun. */
function stopping(at: Surroundings) {
  return { [Symbol.asyncDispose]: async () => void (await vitra(['monitor', 'stop'], at)) }
}

describe('a monitor in a process of its own', () => {
  it(
    'checks what comes, says how far it is, stops in order, and goes on where it stopped',
    async () => {
      await using made = await withDatabase()
      const { at } = made
      await using _ = stopping(at)
      expect(await json(['monitor', 'status'], at, 1)).toEqual({ state: 'none', record: null })
      await json(['call', 'increment'], at)
      const begun = await json<Status>(['monitor', 'start', '--offline'], at)
      expect(begun).toMatchObject({
        started: true,
        state: 'running',
        record: { command: 'monitor', from: 0 },
      })
      const first = await statusOnce(at, ({ record }) => record.ops === 1)
      expect(first).toMatchObject({ code: 0, record: { status: 'valid', pid: begun.record.pid } })
      await json(['call', 'increment'], at)
      const second = await statusOnce(at, ({ record }) => record.ops === 2)
      expect(second.record.version).toBeGreaterThan(first.record.version)
      expect(second.record.treeHash).toMatch(/^[0-9a-f]{64}$/)
      expect(await json(['monitor', 'start'], at)).toMatchObject({ started: false, record: { ops: 2 } })
      expect(await json(['status'], at)).toMatchObject({ monitor: { state: 'running' } })
      expect(await json(['serve', 'start'], at, 1)).toMatchObject({
        error: { code: 'DATABASE_LOCKED', hint: expect.stringContaining('vitra monitor stop') },
      })
      expect(await json(['monitor', 'stop'], at)).toMatchObject({
        stopped: true,
        record: { status: 'valid' },
      })
      expect(await json(['monitor', 'stop'], at)).toMatchObject({ stopped: false })
      expect(await json(['serve', 'status'], at, 1)).toMatchObject({ running: false })
      expect(await statusOnce(at, () => true)).toMatchObject({ state: 'stopped', code: 1 })
      await json(['call', 'increment'], at)
      await json(['monitor', 'start', '--offline'], at)
      const third = await statusOnce(
        at,
        ({ record: { version, status } }) => version > second.record.version && status === 'valid',
      )
      expect(third.record).toMatchObject({ from: second.record.version, ops: 1, status: 'valid' })
      await vitra(['monitor', 'stop'], at)
      await check(made.folder.at('.vitra'))
    },
    LONG_MS,
  )

  it(
    'that was killed is found out, told, and gone on from',
    async () => {
      await using made = await withDatabase()
      const { at } = made
      await using _ = stopping(at)
      await json(['call', 'increment'], at)
      await json(['monitor', 'start', '--offline'], at)
      const { record } = await statusOnce(at, ({ record }) => record.status === 'valid')
      await sleep(1500) // the place is written once a second
      await kill(record.pid)
      const dead = await statusOnce(at, ({ state }) => state === 'dead')
      expect(dead).toMatchObject({ code: 1, record: { pid: record.pid, version: record.version } })
      expect((await vitra(['monitor', 'status'], at)).stdout).toContain(
        `${record.pid}, vitra monitor has died`,
      )
      expect((await vitra(['status'], at)).stdout).toContain('not running; valid')
      const again = await vitra(['monitor', 'start', '--offline'], at)
      expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('goes on from version') })
      const next = await statusOnce(at, ({ record }) => record.status === 'valid')
      expect(next.record).toMatchObject({ from: record.version, ops: 0 })
      await vitra(['monitor', 'stop'], at)
      expect((await vitra(['destroy', '--yes'], at)).stdout).toMatch(/^removed /)
      expect(existsSync(made.folder.at('.vitra'))).toBe(false)
    },
    LONG_MS,
  )

  it(
    'keeps a violation with its proof, and ends with it',
    async () => {
      await using made = await withDatabase()
      const { at, folder } = made
      await using _ = stopping(at)
      await json(['call', 'increment', '--amount', '5'], at)
      {
        await using db = await Database.load(folder.at('.vitra'))
        await checkDatabase(db)
        await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      }
      expect([0, 3]).toContain((await vitra(['monitor', 'start', '--offline'], at)).code)
      const { record, code } = await statusOnce(at, ({ record }) => record.status === 'fraud')
      expect({ record, code }).toMatchObject({
        code: 3,
        record: { violation: { code: 'unprompted-change' } },
      })
      {
        // Who reads that the monitor has ended may take the folder.
        await using db = await Database.load(folder.at('.vitra'))
        expect(await db.frauds()).toHaveLength(1)
      }
      expect((await vitra(['monitor', 'status'], at)).stdout).toContain('vitra fraud list')
      expect(await json(['fraud', 'check'], at, 3)).toMatchObject({ results: [{ number: 1, ok: true }] })
      // Begun again, it says so itself.
      const again = await vitra(['monitor', 'start', '--offline'], at)
      expect(again).toMatchObject({ code: 3, stdout: expect.stringContaining('FRAUD') })
      await using db = await Database.load(folder.at('.vitra'))
      await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    },
    LONG_MS,
  )

  it(
    'ends its status with 4 while something stands unchecked',
    async () => {
      await using made = await withDatabase()
      const { folder } = made
      await json(['call', 'increment', '--amount', '5'], made.at)
      await check(folder.at('.vitra'))
      const history = await readHistory(folder.at('.vitra'))
      const liar = new CallsOpUnexecutable()
      liar.tell(history)
      await publish(history, folder.at('copy'), liar)
      const at = { cwd: folder.path, env: { VITRA_DIR: folder.at('copy') } }
      await using _ = stopping(at)
      await json(['monitor', 'start', '--offline'], at)
      expect(await statusOnce(at, ({ record }) => record.status === 'suspect')).toMatchObject({
        code: 4,
        record: { findings: [{ code: 'disputed', suspect: true }] },
      })
      expect((await vitra(['monitor', 'status'], at)).stdout).toContain('disputed: ')
      await vitra(['monitor', 'stop'], at)
      await using db = await Database.load(folder.at('copy'))
      await checkDatabase(db, { verdict: 'inconclusive' })
    },
    LONG_MS,
  )

  it(
    'watches the database of others by its key, and finds their lie',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      await using _ = stopping(bob)
      {
        await using host = new Live(['host'], alice)
        await hosting(host)
        await json(['call', 'increment'], alice)
        expect(await json(['monitor', 'start', key], bob)).toMatchObject({ started: true })
        await statusOnce(bob, ({ record }) => record.ops === 1)
        await json(['call', 'increment'], alice)
        expect(await statusOnce(bob, ({ record }) => record.ops === 2)).toMatchObject({ code: 0 })
        expect(await json(['monitor', 'start', '1'.repeat(64)], bob, 2)).toMatchObject({
          error: { code: 'USAGE', hint: expect.stringContaining('--dir') },
        })
        await host.stop()
      }
      {
        await using db = await Database.load(folder.at('alice'))
        await checkDatabase(db)
        await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      }
      await using host = new Live(['host'], alice)
      await hosting(host)
      expect(await statusOnce(bob, ({ record }) => record.status === 'fraud')).toMatchObject({ code: 3 })
      expect(await json(['fraud', 'list'], bob)).toMatchObject({
        frauds: [{ violation: { code: 'unprompted-change' }, bytes: expect.any(Number) }],
      })
      await using db = await Database.load(folder.at('bob'))
      await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    },
    LONG_MS,
  )
})

describe('a monitor in the process that keeps the database', () => {
  it(
    'runs there, tells there, and ends there',
    async () => {
      await using made = await withDatabase()
      const { at } = made
      await using host = new Live(['host', '--offline'], at)
      await host.until(({ event }) => event === 'hosting')
      expect(await json(['monitor', 'status'], at, 1)).toMatchObject({ state: 'none' })
      const begun = await vitra(['monitor', 'start'], at)
      expect(begun).toMatchObject({ code: 0, stderr: expect.stringContaining('ends with that process') })
      await json(['call', 'increment'], at)
      await host.until(({ event, ops }) => event === 'validated' && ops === 1)
      const { record } = await statusOnce(at, ({ record }) => record.ops === 1)
      expect(record).toMatchObject({ command: 'host', status: 'valid' })
      expect(await json(['monitor', 'stop'], at)).toMatchObject({ stopped: true })
      expect(await json(['serve', 'status'], at)).toMatchObject({ running: true })
      expect(await json(['monitor', 'start'], at)).toMatchObject({ started: true })
      expect(await host.stop()).toBe(0)
      expect(await statusOnce(at, () => true)).toMatchObject({
        state: 'stopped',
        record: { command: 'host' },
      })
      await check(made.folder.at('.vitra'))
    },
    LONG_MS,
  )

  it.each([
    ['no word of it', ['monitor', 'nonsense']],
    ['a key that is none', ['monitor', 'start', 'zz', '--dir', 'new']],
    ['a key without start', ['monitor', 'stop', '1'.repeat(64)]],
  ])('%s is a wrong command line', async (_, args) => {
    await using made = await withDatabase()
    expect(await vitra(args, made.at)).toMatchObject({ code: 2, stdout: '' })
    expect(existsSync(made.folder.at('new'))).toBe(false)
  })
})
