/**
 * Every way in which the machine of a verifier can get in the way of an honest executor's history. None may be called
 * fraud, and none may hide a later lie. Engines that differ: `engines.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditReport, type ContractFraudProof, Database, type OpenOptions } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  childProcesses,
  type History,
  killChildren,
  publish,
  readHistory,
  TemporaryFolder,
  WritesOtherValue,
} from '../src/index.js'

/** Ops that need time, memory, and a little of each. */
const HEAVY_CONTRACT = `
import { index } from 'contract'
export function emits ({ op }, emit) { emit(op) }
export const apply = {
  PUT (tx, op) { tx.put('/' + op.key, op.value) },
  SPIN (tx, op) {
    let sum = 0
    for (let n = 0; n < op.times; n++) sum = (sum + n * n) % 1000003
    tx.put('/sum', sum)
  },
  FILL (tx, op) {
    const all = []
    for (let n = 0; n < op.times; n++) all.push({ n, next: [n] })
    tx.put('/filled', all.length)
  },
}
`
const SPINS = 1_500_000
const FILLS = 250_000
/** No guest of the executor's ends early on a busy machine. */
const ROOMY: OpenOptions = { sandbox: { opMs: 60_000, memoryMb: 256 } }

let folder: TemporaryFolder
let names = 0
let honest: History

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  const db = await Database.create(folder.at('honest'), {
    contract: { source: HEAVY_CONTRACT },
    // With the default an op runs out of fuel before it gets this heavy.
    limits: { fuelMax: 2_000_000_000 },
    ...ROOMY,
  })
  const ops = [
    { op: 'PUT', key: 'a', value: 1 },
    { op: 'SPIN', times: SPINS },
    { op: 'FILL', times: FILLS },
    { op: 'PUT', key: 'b', value: 2 },
    { op: 'PUT', key: 'c', value: 3 },
    { op: 'PUT', key: 'd', value: 4 },
    { op: 'PUT', key: 'e', value: 5 },
  ]
  for (const op of ops) await (await db.call('emits', { op })).whenProcessed()
  await checkDatabase(db)
  await db.close()
  honest = await readHistory(folder.at('honest'))
}, 120_000)
afterAll(() => folder[Symbol.asyncDispose]())

/** A copy of the history, with whatever lie is told in it. */
async function copyOf(lie: ((history: History) => void) | null): Promise<string> {
  const history = structuredClone(honest)
  lie?.(history)
  const target = folder.at(`copy-${names++}`)
  await publish(history, target)
  return target
}

async function audit(path: string, options: OpenOptions, during?: () => void): Promise<AuditReport> {
  await using db = await Database.load(path, undefined, options)
  const timer = during === undefined ? undefined : setInterval(during, 20)
  try {
    return await db.verify()
  } finally {
    clearInterval(timer)
  }
}

const codes = ({ findings }: AuditReport) => findings.map(({ code }) => code)
/** The lie is in the last half of the history, behind the heavy ops. */
const lateLie = (history: History) => new WritesOtherValue().tell(history)

describe('an honest executor is not accused by a verifier', () => {
  it.each([
    // Less memory alone does not show: what fuel lets an op allocate fits.
    ['with less time', { opMs: 3 }],
    ['with less time and memory', { opMs: 3, memoryMb: 8 }],
  ])('%s: it lists the ops, with their places, and reaches the end', async (_, sandbox) => {
    const report = await audit(await copyOf(null), { sandbox })
    expect(report.verdict).toBe('inconclusive')
    expect(codes(report).length).toBeGreaterThan(0)
    expect(report.version).toBe(report.length)
    for (const finding of report.findings) {
      expect(['unexecutable', 'contract-refused']).toContain(finding.code)
      expect(finding).toMatchObject({ suspect: true, at: { batch: expect.any(Number) } })
    }
  })

  it('that cannot even load the contract in time', async () => {
    const report = await audit(await copyOf(null), { sandbox: { loadMs: 0 } })
    expect(report).toMatchObject({ verdict: 'inconclusive', version: report.length })
    expect(new Set(codes(report))).toEqual(new Set(['contract-refused']))
  })

  it.runIf(process.platform === 'linux')('whose guest is killed once', async () => {
    const before = childProcesses()
    let killed = 0
    const report = await audit(await copyOf(null), ROOMY, () => {
      if (killed === 0) killed += killChildren(before)
    })
    expect(killed).toBeGreaterThan(0)
    expect(report).toMatchObject({ verdict: 'valid', ops: 7 })
  })

  it.runIf(process.platform === 'linux')('whose guests are killed again and again', async () => {
    const before = childProcesses()
    let killed = 0
    const path = await copyOf(null)
    const report = await audit(path, ROOMY, () => {
      killed += killChildren(before)
    }).catch((error) => error)
    expect(killed).toBeGreaterThan(1)
    // Where not even one guest lives to its first word there is no verdict at all.
    if (report instanceof Error) expect(report).toMatchObject({ code: 'GUEST_NOT_STARTED' })
    else {
      expect(report.verdict).toBe('inconclusive')
      for (const code of codes(report)) expect(['unexecutable', 'contract-refused']).toContain(code)
    }
    await using db = await Database.load(path, undefined, ROOMY)
    await checkDatabase(db)
  })
})

describe('a contract that has its processes ended again and again', () => {
  const HANGS = `
export function emits ({ ops }, emit) { for (const op of ops) emit(op) }
export const apply = {
  PUT (tx, op) { tx.put('/' + op.key, op.value) },
  HANG (tx) { tx.put('/found', /^(a+)+$/.test('a'.repeat(60) + 'b')) },
}
`
  /** A contract is refused after three: each op has two guests ended. */
  const HANGS_MADE = 4
  const QUICK: OpenOptions = { sandbox: { opMs: 150, refusalMs: 1000 } }

  it('does not make an audit blind: the ops that run are checked, and no others are open', async () => {
    {
      await using db = await Database.create(folder.at('hangs'), { contract: { source: HANGS }, ...QUICK })
      const hangs = Array(HANGS_MADE).fill({ op: 'HANG' })
      const ops = [...hangs, { op: 'PUT', key: 'a', value: 1 }, { op: 'PUT', key: 'b', value: 2 }]
      await db.call('emits', { ops })
      while ((await db.pending()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const history = await readHistory(folder.at('hangs'))
    await publish(history, folder.at('hangs-honest'))
    const report = await audit(folder.at('hangs-honest'), QUICK)
    expect(codes(report)).toEqual(Array(HANGS_MADE).fill('unexecutable'))
    expect(report.findings.some(({ suspect }) => suspect)).toBe(false)
    const { executed } = history.batches.at(-1)!.runs.at(-1)!
    const last = executed.at(-1)!
    executed[executed.length - 1] = { ...last, changes: [{ ...last.changes[0]!, path: '/elsewhere' }] }
    await publish(history, folder.at('hangs-lie'))
    await expect(audit(folder.at('hangs-lie'), QUICK)).rejects.toMatchObject({
      violation: { code: 'wrong-changes' },
    })
  }, 180_000)
})

describe('a later lie is still proved by a verifier', () => {
  it.each([
    ['with less time', { opMs: 3 }],
    ['with less memory', { memoryMb: 8 }],
  ])('%s, where it can run the op of the lie', async (_, sandbox) => {
    const path = await copyOf(lateLie)
    const weak = await audit(path, { sandbox }).catch((error: ContractFraudProof) => error)
    const report = 'violation' in weak && weak instanceof Error ? weak.report : (weak as AuditReport)
    // On a machine this busy it may not run that op either, and then says so of it.
    if (report.verdict !== 'fraud') expect(codes(report)).toContain('unexecutable')
    else expect(report.violation).toMatchObject({ code: 'wrong-changes' })
    await expect(audit(path, ROOMY)).rejects.toMatchObject({ violation: { code: 'wrong-changes' } })
  })
})
