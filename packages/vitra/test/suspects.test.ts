/** What an audit leaves suspect: told once, kept over restarts, gone once it was checked after all. */

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import {
  CallsOpUnexecutable,
  COUNTER_CONTRACT,
  connect,
  type DishonestExecutor,
  NamesOtherEngine,
  publish,
  readHistory,
  TemporaryFolder,
} from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database, type Finding } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

let folder: TemporaryFolder

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('honest'), { contract: { source: COUNTER_CONTRACT } })
  for (let n = 0; n < 3; n++) await (await db.call('increment')).whenProcessed()
  await checkDatabase(db)
})
afterAll(() => folder[Symbol.asyncDispose]())

async function tellLie(liar: DishonestExecutor, name: string, batches = 3): Promise<string> {
  const history = await readHistory(folder.at('honest'))
  history.batches.splice(batches)
  liar.tell(history)
  await publish(history, folder.at(name), liar)
  return folder.at(name)
}

describe('a censored op', () => {
  it('is listed with its place, fails a strict audit, and makes a monitor suspicious, over a restart too', async () => {
    const path = await tellLie(new CallsOpUnexecutable(), 'censored')
    const place = { batch: expect.any(Number), block: expect.any(Number), oplog: expect.any(String), seq: 2 }
    let found: readonly Finding[]
    {
      await using db = await Database.load(path)
      const told = once(db, 'suspect')
      const report = await checkDatabase(db, { verdict: 'inconclusive' })
      expect(report.findings).toMatchObject([{ code: 'disputed', suspect: true, at: place }])
      expect(await told).toEqual([report.findings])
      await expect(db.verify({ strict: true })).rejects.toMatchObject({ code: 'AUDIT_INCONCLUSIVE' })
      found = await db.suspects()
      expect(found).toEqual(report.findings)
    }
    await using db = await Database.load(path)
    expect(await db.suspects()).toEqual(found)
    const monitor = await db.monitor()
    expect(monitor.status).toBe('suspect')
    const [findings] = await once(monitor, 'suspect')
    expect(findings).toEqual(found)
    expect(monitor.status).toBe('suspect')
    expect(await db.suspects()).toHaveLength(1)
    await monitor.close()
  })
})

describe('what is suspect', () => {
  it('hides no later lie', async () => {
    const path = await tellLie(new NamesOtherEngine(), 'later')
    await using db = await Database.load(path)
    await expect(db.verify()).rejects.toMatchObject({ violation: { code: 'wrong-changes' } })
    const [proof] = await db.frauds()
    expect(proof!.report.findings).toMatchObject([{ code: 'other-engine' }])
  })

  it('is told by a monitor as it arrives from the executor', async () => {
    // Of the last batch: the ops after it would not go with what it wrote, which is fraud.
    const path = await tellLie(new NamesOtherEngine(), 'live', 2)
    await using liar = await Database.load(path)
    await using bob = await Database.load(folder.at('bob'), liar.pubkey)
    const monitor = await bob.monitor()
    expect(monitor.status).toBe('checking')
    const told = once(monitor, 'suspect')
    const connection = connect(liar, bob)
    const [[finding]] = await told
    expect(finding).toMatchObject({ code: 'other-engine', engines: { recorded: expect.any(String) } })
    expect(monitor.status).toBe('suspect')
    await monitor.close()
    await connection.close()
    await checkDatabase(bob, { verdict: 'inconclusive' })
  })

  it('is forgotten once an audit has checked it, and a file that was damaged holds nothing', async () => {
    const path = await tellLie(new CallsOpUnexecutable(), 'first')
    {
      await using db = await Database.load(path)
      await db.verify()
    }
    const text = await readFile(`${path}/suspects.json`, 'utf8')
    const honest = folder.at('checked')
    await publish(await readHistory(folder.at('honest')), honest)
    await writeFile(`${honest}/suspects.json`, text)
    {
      await using db = await Database.load(honest)
      expect(await db.suspects()).toHaveLength(1)
      await checkDatabase(db)
      expect(await db.suspects()).toEqual([])
    }
    for (const broken of [
      '',
      '[]',
      'null',
      '{"format":1,"findings":3}',
      '{"format":1,"findings":[null,{}]}',
    ]) {
      await writeFile(`${honest}/suspects.json`, broken)
      await using db = await Database.load(honest)
      expect(await db.suspects(), broken).toEqual([])
    }
  })
})

const SPINNING_CONTRACT = `
export function spin (_, emit) { for (let n = 0; n < 20; n++) emit({ op: 'SPIN' }) }
export const apply = {
  SPIN (tx) {
    let n = 0
    for (let i = 0; i < 2_500_000; i++) n = (n + i) % 7
    tx.put('/n', n)
  }
}
`

/** Kills the guests of this process, as a machine does that has no memory left. */
function killGuests(): void {
  for (const name of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      const isGuest = /guest[^/]*\.cjs/.test(readFileSync(`/proc/${name}/cmdline`, 'utf8'))
      if (parent === process.pid && isGuest) process.kill(Number(name), 'SIGKILL')
    } catch {
      // it has ended meanwhile
    }
  }
}

describe('a monitor whose guests died', () => {
  // The system's list of processes is read.
  it.runIf(process.platform === 'linux')(
    'looks again after a pause, and is content',
    async () => {
      {
        await using db = await Database.create(folder.at('spun'), { contract: { source: SPINNING_CONTRACT } })
        await (await db.call('spin')).whenProcessed()
      }
      await using db = await Database.load(folder.at('spun'))
      const killing = setInterval(killGuests, 10)
      const monitor = await db.monitor({ retryMs: 500 })
      await new Promise((resolve) => {
        monitor.once('suspect', resolve)
        monitor.once('error', resolve)
      })
      const told = once(monitor, 'validated')
      clearInterval(killing)
      await told
      expect(monitor.status).toBe('valid')
      expect(await db.suspects()).toEqual([])
      await monitor.close()
      await checkDatabase(db)
    },
    120_000,
  )
})
