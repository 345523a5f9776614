/** Audits that are stopped or killed, and go on from what this copy has signed. */
import { fork } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditReport, ContractFraudProof, Database } from 'vitra'
import { childProcesses, type History, publish, readHistory, TemporaryFolder } from '../src/index.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'

useGuests()

/** Many ops, which a guest runs one after the other, each for a part of a millisecond. */
const WORK_CONTRACT = `
export function work ({ count }, emit) { for (let n = 0; n < count; n++) emit({ op: 'WORK', key: 'key' + n % 50 }) }
export const apply = {
  WORK (tx, op) {
    let sum = 0
    for (let n = 0; n < 24000; n++) sum = (sum * 31 + n) % 1000003
    tx.put('/' + op.key, sum)
  },
}
`
const CALLS = 85
const OPS_A_CALL = 100
let folder: TemporaryFolder

/** Long enough for several parts (`PART_BLOCKS_MIN` in packages/vitra). */
async function writeLongHistory(path: string): Promise<void> {
  await using db = await Database.create(path, { contract: { source: WORK_CONTRACT } })
  for (let n = 0; n < CALLS; n++) await db.call('work', { count: OPS_A_CALL })
  await db.executor!.sync()
}

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('short'))
}, 180_000)
afterAll(() => folder[Symbol.asyncDispose]())

const histories = new Map<string, Promise<History>>()

/** What was executed, to be changed. */
async function historyOf(what: 'long' | 'short'): Promise<History> {
  if (!histories.has(what)) histories.set(what, readHistory(folder.at(what)))
  return structuredClone(await histories.get(what)!)
}

async function published(
  what: 'long' | 'short',
  name: string,
  change: (history: History) => void = () => {},
): Promise<string> {
  const history = await historyOf(what)
  change(history)
  await publish(history, folder.at(name))
  return folder.at(name)
}

async function verify(path: string, options: Parameters<Database['verify']>[0]): Promise<AuditReport> {
  await using db = await Database.load(path)
  return await db.verify(options).catch((error) => {
    if (error instanceof ContractFraudProof) return error.report
    throw error
  })
}

/** Audits in a process of its own, and kills that once it has kept a place at or after `share` of the index. */
async function auditAndKill(path: string, workers: number): Promise<number> {
  const child = fork(fileURLToPath(new URL('audit-child.mjs', import.meta.url)), [path, String(workers)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const kept = await new Promise<number>((resolve, reject) => {
    child.on('message', (version) => resolve(version as number))
    child.once('exit', () => reject(new Error('the audit ended before it was killed')))
  })
  child.kill('SIGKILL')
  await ended
  return kept
}

describe('a lie is found by an audit that goes on, where it stands', () => {
  const PLACE = 5
  const lie = (history: History, batch: number) => {
    const { executed } = history.batches[batch]!.runs[0]!
    const { outcome, changes } = executed[0]!
    executed[0] = { outcome, changes: changes.map((change) => ({ ...change, value: new Uint8Array([7]) })) }
  }
  for (const [where, batch] of Object.entries({
    before: 1,
    'right before': PLACE - 1,
    'right after': PLACE,
    after: 10,
  })) {
    it(`${where} the place`, async () => {
      const checked = await published('short', `checked-${batch}`, (history) => history.batches.splice(PLACE))
      const { version } = await verify(checked, {})
      const lied = await published('short', `lied-${batch}`, (history) => lie(history, batch))
      await cp(`${checked}/audit.json`, `${lied}/audit.json`)
      await cp(`${checked}/keys`, `${lied}/keys`, { recursive: true })
      const whole = await verify(lied, {})
      expect(whole).toMatchObject({ verdict: 'fraud', from: 0 })
      // The audit of everything has kept its own place.
      await cp(`${checked}/audit.json`, `${lied}/audit.json`)
      const report = await verify(lied, { resume: true })
      expect(report.violation).toEqual(whole.violation)
      expect(report.from).toBe(batch < PLACE ? 0 : version)
    }, 120_000)
  }
})

describe('a checkpoint is not gone on from where', () => {
  let path: string
  let ops: number
  let good: { format: number; version: number; treeHash: string; signature: string }
  beforeAll(async () => {
    path = await published('short', 'forged')
    ops = (await verify(path, {})).ops
    good = JSON.parse(await readFile(`${path}/audit.json`, 'utf8'))
    expect(good.version).toBeGreaterThan(0)
  }, 120_000)

  const forgeries = {
    'its version is another': () => ({ ...good, version: good.version - 1 }),
    'its tree is another': () => ({ ...good, treeHash: 'ab'.repeat(32) }),
    'its signature is another': () => ({ ...good, signature: 'cd'.repeat(64) }),
    'it is not signed': () => ({ ...good, signature: undefined }),
  }
  for (const [why, forge] of Object.entries(forgeries)) {
    it(why, async () => {
      await writeFile(`${path}/audit.json`, JSON.stringify(forge()))
      const report = await verify(path, { resume: true })
      expect(report).toMatchObject({ verdict: 'valid', from: 0, ops })
      expect(JSON.parse(await readFile(`${path}/audit.json`, 'utf8'))).toEqual(good)
    }, 60_000)
  }

  it('another copy has signed it', async () => {
    const other = await published('short', 'other-copy')
    await cp(`${path}/audit.json`, `${other}/audit.json`)
    expect(await verify(other, { resume: true })).toMatchObject({ verdict: 'valid', from: 0 })
    expect(await verify(path, { resume: true })).toMatchObject({ verdict: 'valid', from: good.version })
  }, 60_000)
})

it('is not kept by an audit that ran no op, or looked at a part', async () => {
  const path = await published('short', 'partial')
  for (const options of [{ hashOnly: true }, { range: { from: 0 } }, { sample: 3 }]) {
    expect(await verify(path, options)).toMatchObject({ verdict: 'partial' })
    expect(await verify(path, { resume: true, hashOnly: true })).toMatchObject({
      verdict: 'partial',
      from: 0,
    })
  }
  await expect(readFile(`${path}/audit.json`, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' })
})

describe('an audit that takes a while', () => {
  let whole: AuditReport
  beforeAll(async () => {
    await writeLongHistory(folder.at('long'))
    whole = await verify(await published('long', 'whole'), {})
    expect(whole).toMatchObject({ verdict: 'valid', from: 0, findings: [], ops: CALLS * OPS_A_CALL })
    expect(whole.version).toBe(whole.length)
  }, 180_000)

  for (const workers of [1, 2]) {
    it(`an audit by ${workers} that is killed goes on from what it has kept, and says the same`, async () => {
      const path = await published('long', `killed-${workers}`)
      const kept = await auditAndKill(path, workers)
      expect(kept).toBeGreaterThan(0)
      const report = await verify(path, { resume: true, workers, workersFrom: 0 })
      const { version } = whole
      expect(report).toMatchObject({ verdict: 'valid', from: kept, version, length: version, findings: [] })
      expect(report.ops).toBeGreaterThan(0)
      expect(report.ops).toBeLessThan(whole.ops)
      expect(await verify(path, { resume: true })).toMatchObject({ verdict: 'valid', from: version, ops: 0 })
    }, 180_000)
  }

  it('one process begins where several would be slower', async () => {
    await using db = await Database.load(folder.at('long'))
    const before = childProcesses().length
    const stop = new AbortController()
    let during = 0
    const onProgress = () => {
      during ||= childProcesses().length
      stop.abort(new Error('seen'))
    }
    await expect(db.verify({ workers: 2, signal: stop.signal, onProgress })).rejects.toThrow('seen')
    expect(during).toBeLessThanOrEqual(before + 1) // a spare guest
  }, 120_000)

  it('workers read beside an executor that goes on, and end with the audit', async () => {
    await using db = await Database.load(folder.at('long'))
    const before = childProcesses().length
    const going = db.call('work', { count: 20 })
    let most = before
    const report = await db.verify({
      workers: 2,
      workersFrom: 0,
      onProgress: () => {
        most = Math.max(most, childProcesses().length)
      },
    })
    expect(report).toMatchObject({ verdict: 'valid', from: 0, findings: [] })
    expect(report.ops).toBeGreaterThanOrEqual(CALLS * OPS_A_CALL)
    expect(most).toBeGreaterThanOrEqual(before + 2)
    await (await going).whenProcessed()
    expect(childProcesses().length).toBeLessThanOrEqual(before + 1)
    for (const wrong of [{ workers: 0 }, { workers: 2, workersFrom: -1 }])
      await expect(db.verify(wrong)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  }, 120_000)
})
