/** Audits of less than everything: what they find is what an audit of everything finds, and they never say more. */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { type AuditReport, sampleProbability } from '@vitra/verifier'
import { type AuditMode, Auditor, drawParts, rangeParts } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DishonestExecutor,
  EXECUTION_LIES,
  GENESIS_LIES,
  ORDER_LIES,
  publishInto,
  readHistory,
  SCHEMA_LIES,
  TemporaryFolder,
} from '../src/index.js'
import { writeHonestHistory } from './honest-history.js'

let folder: TemporaryFolder
let sandbox: Sandbox

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  sandbox = await Sandbox.open()
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

/** A published history, and audits of it. */
async function withAudits<T>(
  liar: DishonestExecutor | null,
  work: (index: IndexLog, auditor: (mode?: AuditMode) => Auditor) => Promise<T>,
): Promise<T> {
  const history = await readHistory(folder.at('honest'))
  liar?.tell(history)
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(history, storage, liar)
  const index = await IndexLog.open(log)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  try {
    return await work(index, (mode = 'full') => new Auditor({ index, sandbox, openOplog, mode }))
  } finally {
    await index.close()
  }
}

/** The ends of all batches of an honest index. */
async function endsOf(auditor: Auditor): Promise<number[]> {
  const ends: number[] = []
  await auditor.advance({ onProgress: ({ version }) => ends.push(version) })
  return ends
}

const found = ({ violation, findings }: AuditReport) => violation?.code ?? findings[0]?.code

describe('a range of an honest history', () => {
  it('holds, wherever it begins and ends, and is never called valid', async () => {
    await withAudits(null, async (index, auditor) => {
      const ends = await endsOf(auditor())
      const whole = await auditor().advance()
      expect(whole).toMatchObject({ verdict: 'valid', version: index.length })
      expect(whole.scope).toBeUndefined()
      let batches = 0
      let ops = 0
      for (const [n, to] of ends.entries()) {
        const from = ends[n - 1] ?? 0
        for (const parts of [await rangeParts(index, from, to), await rangeParts(index, to - 1, to)]) {
          expect(parts).toEqual([{ from, to }])
          const report = await auditor().checkParts({ parts })
          expect(report).toMatchObject({ verdict: 'partial', batches: 1, scope: { parts, hashOnly: false } })
          ops += report.ops
        }
        batches++
      }
      expect([batches, ops]).toEqual([whole.batches, 2 * whole.ops])
      const all = await auditor().checkParts({ parts: await rangeParts(index, 0, 2 ** 40) })
      expect(all).toMatchObject({ verdict: 'partial', version: index.length, ops: whole.ops })
    })
  })

  it('is as long as its batches, and tells how far it is', async () => {
    await withAudits(null, async (index, auditor) => {
      const told: number[] = []
      const parts = await rangeParts(index, 20, 40)
      const { from, to } = parts[0]!
      expect(from).toBeLessThanOrEqual(20)
      expect(to).toBeGreaterThanOrEqual(40)
      await auditor().checkParts(
        { parts },
        {
          onProgress: ({ blocks, blocksTotal, version, opsPerSecond, leftMs }) => {
            expect(blocksTotal).toBe(to - from)
            expect(version).toBe(from + blocks)
            expect(opsPerSecond).toBeGreaterThanOrEqual(0)
            expect(leftMs > 0).toBe(blocks < blocksTotal)
            told.push(blocks)
          },
        },
      )
      expect(told.at(-1)).toBe(to - from)
      expect(await rangeParts(index, index.length, index.length + 5)).toEqual([])
    })
  })
})

describe('an audit of one batch after the other catches an executor that', () => {
  for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
    const liar = new Lie()
    it(liar.does, async () => {
      await withAudits(liar, async (index, auditor) => {
        const whole = await auditor().advance()
        const reports: AuditReport[] = []
        for (let at = 0; at < index.length && reports.at(-1)?.verdict !== 'fraud'; ) {
          const parts = await rangeParts(index, at, at + 1)
          reports.push(await auditor().checkParts({ parts }))
          at = parts[0]!.to
        }
        // Before the lie nothing is wrong, and the first that is wrong is what an audit of everything finds.
        const first = reports.find((report) => report.verdict !== 'partial')!
        expect(found(first)).toBe(liar.expected)
        expect(first.violation).toEqual(whole.violation)
        expect(first.violation === undefined || reports.at(-1) === first).toBe(true)
      })
    })
  }
})

describe('an audit by hashes alone', () => {
  it('goes through an honest history without running an op, and calls it partial', async () => {
    await withAudits(null, async (index, auditor) => {
      const { ops, batches } = await auditor().advance()
      const report = await auditor('hashes').advance()
      expect(report).toMatchObject({
        verdict: 'partial',
        scope: { hashOnly: true },
        version: index.length,
        ops,
        batches,
      })
      const part = await auditor('hashes').checkParts({ parts: await rangeParts(index, 20, 40) })
      expect(part).toMatchObject({ verdict: 'partial', scope: { hashOnly: true } })
    })
  })

  for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
    const liar = new Lie()
    it(`says of one that ${liar.does} what a full audit says, or nothing`, async () => {
      await withAudits(liar, async (_, auditor) => {
        const whole = await auditor().advance()
        const report = await auditor('hashes').advance()
        expect(report.verdict).not.toBe('valid')
        if (report.violation === undefined)
          return expect(['partial', 'inconclusive']).toContain(report.verdict)
        // A lie about execution may break the structure as well, further on.
        if (whole.violation?.kind === 'execution' && report.violation.code !== whole.violation?.code)
          expect(report.violation.at.block).toBeGreaterThan(whole.violation?.at.block ?? 0)
        else expect(report.violation).toEqual(whole.violation)
      })
    })
  }

  it('catches every lie about order', async () => {
    const missed: string[] = []
    for (const Lie of ORDER_LIES) {
      const liar = new Lie()
      await withAudits(liar, async (_, auditor) => {
        const whole = await auditor().advance()
        const report = await auditor('hashes').advance()
        if (whole.verdict === 'fraud' && report.verdict !== 'fraud') missed.push(liar.does)
      })
    }
    expect(missed).toEqual([])
  })
})

describe('a sample', () => {
  it('draws batches as often as their blocks, and says what that is worth', async () => {
    await withAudits(null, async (index, auditor) => {
      const parts = await drawParts(index, 1000)
      const ends = await endsOf(auditor())
      expect(parts.map(({ to }) => to)).toEqual(ends)
      expect(parts.map(({ from }) => from)).toEqual([0, ...ends.slice(0, -1)])
      const some = await drawParts(index, 3)
      expect(some.length).toBeLessThanOrEqual(3)
      const report = await auditor().checkParts({ parts: some, draws: 3 })
      expect(report).toMatchObject({ verdict: 'partial', batches: some.length, scope: { draws: 3 } })
      expect(sampleProbability(300, 0.01)).toBeCloseTo(0.951, 3)
      expect(sampleProbability(1, 0.25)).toBe(0.25)
    })
  })

  it('finds a wrong batch as often as it says', async () => {
    const liar = new EXECUTION_LIES[0]!()
    await withAudits(liar, async (index, auditor) => {
      const whole = await auditor().advance()
      const block = whole.violation!.at.block!
      const [wrong] = await rangeParts(index, block, block + 1)
      const share = (wrong!.to - wrong!.from) / index.length
      const rounds = 400
      let hits = 0
      for (let round = 0; round < rounds; round++)
        if ((await drawParts(index, 5)).some(({ from }) => from === wrong!.from)) hits++
      const expected = sampleProbability(5, share)
      // Five standard deviations.
      const spread = 5 * Math.sqrt((expected * (1 - expected)) / rounds)
      expect(Math.abs(hits / rounds - expected)).toBeLessThan(spread)
    })
  })
})
