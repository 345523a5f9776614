/** Audits of less than everything: what they find is what an audit of everything finds, and they never say more. */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { type AuditReport, sampleProbability } from '@vitra/verifier'
import { type AuditMode, Auditor, drawParts, rangeParts } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  DishonestExecutor,
  EXECUTION_LIES,
  GENESIS_LIES,
  type History,
  ORDER_LIES,
  publishInto,
  Random,
  readHistory,
  SCHEMA_LIES,
  TemporaryFolder,
} from '../src/index.js'
import { writeHonestHistory } from './honest-history.js'

let folder: TemporaryFolder
let sandbox: Sandbox
let honest: History

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  honest = await readHistory(folder.at('honest'))
  sandbox = await Sandbox.open()
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

/** A published history, and audits of it. */
class Told implements AsyncDisposable {
  readonly index: IndexLog
  readonly #storage: Storage
  readonly #key: Uint8Array

  private constructor(index: IndexLog, storage: Storage, key: Uint8Array) {
    this.index = index
    this.#storage = storage
    this.#key = key
  }

  static async publish(liar: DishonestExecutor | null, honest: History): Promise<Told> {
    const history = structuredClone(honest)
    liar?.tell(history)
    const storage = Storage.temporary()
    await storage.create()
    const log = await publishInto(history, storage, liar)
    return new Told(await IndexLog.open(log), storage, log.key)
  }

  readonly auditor = (mode: AuditMode = 'full'): Auditor => {
    const openOplog = ({ signer }: Input) => Log.open(this.#storage, oplogIdentity(signer, this.#key))
    return new Auditor({ index: this.index, sandbox, openOplog, mode })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.index.close()
    await this.#storage.close()
  }
}

async function withAudits<T>(
  liar: DishonestExecutor | null,
  work: (index: IndexLog, auditor: (mode?: AuditMode) => Auditor) => Promise<T>,
  history = honest,
): Promise<T> {
  await using told = await Told.publish(liar, history)
  return await work(told.index, told.auditor)
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

for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
  const liar = new Lie()
  describe(`of an executor that ${liar.does}, an audit`, () => {
    let told: Told
    let whole: AuditReport
    let byHashes: AuditReport
    beforeAll(async () => {
      told = await Told.publish(liar, honest)
      whole = await told.auditor().advance()
      byHashes = await told.auditor('hashes').advance()
    })
    afterAll(() => told[Symbol.asyncDispose]())

    it('of one batch after the other catches it', async () => {
      const reports: AuditReport[] = []
      for (let at = 0; at < told.index.length && reports.at(-1)?.verdict !== 'fraud'; ) {
        const parts = await rangeParts(told.index, at, at + 1)
        reports.push(await told.auditor().checkParts({ parts }))
        at = parts[0]!.to
      }
      // Before the lie nothing is wrong, and the first that is wrong is what an audit of everything finds.
      const first = reports.find((report) => report.verdict !== 'partial')!
      expect(found(first)).toBe(liar.expected)
      expect(first.violation).toEqual(whole.violation)
      expect(first.violation === undefined || reports.at(-1) === first).toBe(true)
    })

    it('by hashes alone says what a full audit says, or nothing', () => {
      expect(byHashes.verdict).not.toBe('valid')
      if (byHashes.violation === undefined)
        return expect(['partial', 'inconclusive']).toContain(byHashes.verdict)
      // A lie about execution may break the structure as well, further on.
      if (whole.violation?.kind === 'execution' && byHashes.violation.code !== whole.violation?.code)
        expect(byHashes.violation.at.block).toBeGreaterThan(whole.violation?.at.block ?? 0)
      else expect(byHashes.violation).toEqual(whole.violation)
    })

    if ((ORDER_LIES as readonly unknown[]).includes(Lie))
      it('by hashes alone catches it, about order as it is', () => {
        if (whole.verdict === 'fraud') expect(byHashes.verdict).toBe('fraud')
        else expect(whole.verdict).toBe('inconclusive')
      })
  })
}

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

/** Leaves the entries of a batch as they are, and no tree in one of its blocks. */
class GarblesTree extends DishonestExecutor {
  readonly does = 'publishes blocks that are no nodes of a tree'
  readonly expected = 'non-canonical-index'
  readonly #batch: number
  readonly #garble: (block: Uint8Array, isLast: boolean) => Uint8Array

  constructor(batch: number, garble: (block: Uint8Array, isLast: boolean) => Uint8Array) {
    super()
    this.#batch = batch
    this.#garble = garble
  }

  override blocks(blocks: Uint8Array[], number: number): Uint8Array[] {
    if (number !== this.#batch) return blocks
    return blocks.map((block, nth) => this.#garble(block, nth === blocks.length - 1))
  }
}

/** The tree is the first field of a block: its tag, its length, its bytes. */
function withoutTree(block: Uint8Array): Uint8Array {
  const out = block.slice()
  const isLong = out[1]! >= 128
  const start = isLong ? 3 : 2
  const length = isLong ? (out[1]! & 127) + 128 * out[2]! : out[1]!
  return out.fill(0xff, start, start + length)
}

describe('over a tree that is none', () => {
  const GROUPS = 6
  const SOURCE = `
    export function fill ({ group }, emit) { emit({ op: 'FILL', group }) }
    export function touch ({ group, reads }, emit) { emit({ op: 'TOUCH', group, reads }) }
    export const apply = {
      FILL (tx, { group }) { for (let n = 10; n < 30; n++) tx.put('/g' + group + '/' + n, n) },
      async TOUCH (tx, { group, reads }) {
        const before = reads ? (await index.get('/g' + group + '/20'))?.value : 0
        tx.put('/g' + group + '/20', before + 1)
      },
    }`

  let history: History

  // Each group has nodes of its own, which nobody touches again for some batches.
  beforeAll(async () => {
    const contract = { source: `import { index } from 'contract'\n${SOURCE}` }
    const db = await Database.create(folder.at('groups'), { contract })
    const groups = Array.from({ length: GROUPS }, (_, group) => group)
    const call = async (name: string, params: object) => await (await db.call(name, params)).whenProcessed()
    for (const group of groups) await call('fill', { group })
    for (const reads of [true, false]) for (const group of groups) await call('touch', { group, reads })
    await checkDatabase(db)
    await db.close()
    history = await readHistory(folder.at('groups'))
  })

  const audits = async (index: IndexLog, auditor: (mode?: AuditMode) => Auditor) => {
    const whole = await auditor().advance()
    const reports = [await auditor('hashes').advance()]
    for (let at = 0; at < index.length; ) {
      const parts = await rangeParts(index, at, at + 1)
      for (const mode of ['full', 'hashes'] as const) reports.push(await auditor(mode).checkParts({ parts }))
      const rest = await rangeParts(index, at, index.length)
      reports.push(await auditor().checkParts({ parts: rest }))
      at = parts[0]!.to
    }
    return { whole, reports }
  }

  it.each([2, 4])(
    'an audit of a part says where it cannot go on, of everything names the lie (batch %i)',
    async (batch) => {
      const liar = new GarblesTree(batch, withoutTree)
      await withAudits(
        liar,
        async (index, auditor) => {
          const { whole, reports } = await audits(index, auditor)
          expect(whole).toMatchObject({ verdict: 'fraud', violation: { code: liar.expected } })
          const stopped = reports.filter(({ findings }) =>
            findings.some(({ code }) => code === 'start-unreadable'),
          )
          // Some stop where they begin, and some after a few batches.
          expect(stopped.some(({ batches }) => batches === 0)).toBe(true)
          expect(stopped.some(({ batches }) => batches > 0)).toBe(true)
          for (const { verdict } of stopped) expect(verdict).toBe('inconclusive')
        },
        history,
      )
    },
  )

  it.each([2, 3, 4, 5])('or has any bits wrong, no audit fails (seed %i)', async (seed) => {
    const random = new Random(seed)
    const liar = new GarblesTree(1 + random.below(2 * GROUPS), (block, isLast) => {
      const out = block.slice()
      if (isLast || random.chance(0.1)) out[random.below(out.length)]! ^= 1 << random.below(8)
      return out
    })
    await withAudits(
      liar,
      async (index, auditor) => {
        const { whole } = await audits(index, auditor)
        expect(whole.verdict).not.toBe('valid')
      },
      history,
    )
  })
})

describe('over a key of no path', () => {
  const SOURCE = `
    import { index } from 'contract'
    export function put ({ path }, emit) { emit({ op: 'PUT', path }) }
    export function look ({ path }, emit) { emit({ op: 'LOOK', path }) }
    export const apply = {
      PUT (tx, { path }) { tx.put(path, 1) },
      async LOOK (tx, { path }) { return (await index.get(path)) === null },
    }`

  /** Makes a byte that is in no text of the end of `/x/zz`. */
  const withoutPath = (block: Uint8Array): Uint8Array => {
    const out = block.slice()
    const at = Buffer.from(out).indexOf('x\0zz')
    if (at !== -1) out[at + 3] = 0xff
    return out
  }

  it('an audit of a later part goes on where the contract reads a path before it', async () => {
    const db = await Database.create(folder.at('keys'), { contract: { source: SOURCE } })
    for (const [method, path] of [
      ['put', '/x/zz'],
      ['look', '/x/y'],
    ] as const)
      await (await db.call(method, { path })).whenProcessed()
    await db.close()
    await withAudits(
      new GarblesTree(1, withoutPath),
      async (index, auditor) => {
        expect((await auditor().advance()).verdict).toBe('fraud')
        const parts = await rangeParts(index, index.length - 1, index.length)
        expect(await auditor().checkParts({ parts })).toMatchObject({
          verdict: 'partial',
          ops: 1,
          findings: [],
        })
      },
      await readHistory(folder.at('keys')),
    )
  })
})
