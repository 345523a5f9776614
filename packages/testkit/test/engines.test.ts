/** Differences between engines (spec/6-determinism §4): what an audit says, with and without the recorded one. */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { ENGINES, type EngineBinaries, engineName, Sandbox } from '@vitra/sandbox'
import type { AuditReport } from '@vitra/verifier'
import { Auditor, check, type OpenEngine } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  BuildsOtherTree,
  CallsOpUnexecutable,
  DishonestExecutor,
  NamesOtherEngine,
  publish,
  publishInto,
  readHistory,
  SkipsOp,
  TemporaryFolder,
  TurnsBackTime,
  WritesForFailedOp,
  WritesForUnexecutable,
  WritesOtherValue,
} from '../src/index.js'
import { accuse } from './accusers.js'
import { writeHonestHistory } from './honest-history.js'

let folder: TemporaryFolder
let recorded: string
const OWN = engineName(process.versions.v8)
/** Engines of this machine, as in packages/sandbox/test/engines.test.ts. */
const REAL: EngineBinaries = JSON.parse(process.env.VITRA_ENGINES ?? '{}')
const OTHER = ENGINES.find((name) => !process.versions.v8.startsWith(name.slice('v8-'.length)))!

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  await using sandbox = await Sandbox.open()
  recorded = sandbox.engine
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Verifier {
  /** What its own engine is called. */
  readonly engine?: string
  /** How its own engine differs. */
  readonly differs?: (source: string, nth: number) => string
  readonly openEngine?: OpenEngine
}

/** A sandbox that passes for another engine: it has its name, and runs what `differs` makes of a contract. */
async function openAs({ engine, differs }: Verifier): Promise<Sandbox> {
  const sandbox = await Sandbox.open()
  if (engine !== undefined) Object.defineProperty(sandbox, 'engine', { value: engine })
  const load = sandbox.load.bind(sandbox)
  let nth = 0
  if (differs !== undefined) sandbox.load = (source, rules) => load(differs(source, nth++), rules)
  return sandbox
}

async function audit(liar: DishonestExecutor | null, verifier: Verifier): Promise<AuditReport> {
  await using storage = Storage.temporary()
  await storage.create()
  const history = await readHistory(folder.at('honest'))
  liar?.tell(history)
  const log = await publishInto(history, storage, liar)
  const index = await IndexLog.open(log)
  await using sandbox = await openAs(verifier)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  const { openEngine } = verifier
  const options = { index, sandbox, openOplog, ...(openEngine === undefined ? {} : { openEngine }) }
  try {
    return await new Auditor(options).advance()
  } finally {
    await index.close()
  }
}

const installed: OpenEngine = async (engine) =>
  ENGINES.includes(engine) ? openAs({ engine }) : Promise.reject(new Error(engine))
const changesPut = (source: string) =>
  source.replace("tx.put('/values/' + op.key, op.value);", "tx.put('/x', 1);")

describe('an executor that names an engine which it did not run', () => {
  it('is a fraud to a verifier under the named engine', async () => {
    const report = await audit(new NamesOtherEngine(OTHER), { engine: OTHER, openEngine: installed })
    expect(report).toMatchObject({ verdict: 'fraud', violation: { code: 'wrong-changes' } })
  })

  it('is suspect to one under another engine, by both names', async () => {
    const report = await audit(new NamesOtherEngine(OTHER), {})
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      findings: [
        {
          code: 'other-engine',
          suspect: true,
          engines: { recorded: OTHER, here: recorded },
          message: expect.stringContaining(OTHER),
        },
      ],
    })
  })

  it('is a fraud to one under another engine that has the named one installed', async () => {
    const report = await audit(new NamesOtherEngine(OTHER), { openEngine: installed })
    expect(report).toMatchObject({ verdict: 'fraud', violation: { code: 'wrong-changes' } })
  })
})

describe('an engine that this version does not know', () => {
  const LATER = 'v8-99.9'

  /** A lie, or none, told under the name of that engine. */
  function underLater(lie: DishonestExecutor): DishonestExecutor {
    const tell = lie.tell.bind(lie)
    lie.tell = (history) => {
      tell(history)
      for (const batch of history.batches) batch.engine = LATER
    }
    return lie
  }

  class TellsTheTruth extends DishonestExecutor {
    readonly does = 'lies in nothing'
    readonly expected = 'engine-unknown'
  }

  it('accuses nobody: an old verifier runs everything, and says that it is old', async () => {
    const known = await audit(null, {})
    const report = await audit(underLater(new TellsTheTruth()), {})
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      ops: known.ops,
      version: known.length,
      findings: [{ code: 'engine-unknown', suspect: false, at: { batch: 1 } }],
    })
    expect(report.findings[0]!.message).toContain(LATER)
  })

  it('leaves what it alone could decide suspect, and never opens a sandbox under its name', async () => {
    const report = await audit(underLater(new WritesOtherValue()), { openEngine: installed })
    expect(report).toMatchObject({ verdict: 'inconclusive', version: report.length })
    expect(report.findings.find(({ code }) => code === 'other-engine')).toMatchObject({
      suspect: true,
      engines: { recorded: LATER, here: OWN },
      message: expect.stringContaining('does not know'),
    })
  })

  it('hides nothing that needs no engine: that is proved as ever', async () => {
    await using sandbox = await Sandbox.open()
    for (const lie of [new SkipsOp(), new TurnsBackTime(), new BuildsOtherTree(), new WritesForFailedOp()]) {
      const history = await readHistory(folder.at('honest'))
      const { report, proof, key } = await accuse(history, underLater(lie), sandbox)
      expect(report.violation?.code).toBe(lie.expected)
      const verdict = await check(proof, { pubkey: key, sandbox })
      expect(verdict).toMatchObject({ ok: true, proves: { violation: { code: lie.expected } } })
    }
  })
})

describe('with another engine that is really here', () => {
  const others = Object.keys(REAL).filter((name) => name !== OWN)

  it.skipIf(others.length > 0)('is skipped: VITRA_ENGINES names none, see scripts/engines.mjs', () => {
    expect(others).toEqual([])
  })

  it.each(others)(
    '%s finds out who named it falsely, and confirms who named it rightly',
    async (engine) => {
      const lies = await readHistory(folder.at('honest'))
      const liar = new NamesOtherEngine(engine)
      liar.tell(lies)
      await publish(lies, folder.at(`lie-${engine}`), liar)
      {
        await using db = await Database.load(folder.at(`lie-${engine}`))
        const report = await db.verify()
        expect(report.findings).toMatchObject([
          { code: 'other-engine', engines: { recorded: engine, here: OWN } },
        ])
        await expect(db.verify({ engines: REAL })).rejects.toMatchObject({
          violation: { code: 'wrong-changes' },
        })
      }
      const truth = await readHistory(folder.at('honest'))
      for (const batch of truth.batches) batch.engine = engine
      await publish(truth, folder.at(`truth-${engine}`))
      await using db = await Database.load(folder.at(`truth-${engine}`), undefined, {
        sandbox: { engine, engines: REAL },
      })
      await checkDatabase(db)
    },
    60_000,
  )
})

describe('an honest executor is not accused where', () => {
  it('another engine differs: the recorded one has the last word where it is installed', async () => {
    const report = await audit(null, { engine: OTHER, differs: changesPut, openEngine: installed })
    expect(report).toMatchObject({ verdict: 'valid', findings: [] })
  })

  it('another engine differs and the recorded one is not installed', async () => {
    const report = await audit(null, { engine: OTHER, differs: changesPut, openEngine: async () => null })
    expect(report.verdict).toBe('inconclusive')
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['other-engine']))
    expect(report.findings[0]!.engines).toEqual({ recorded, here: OTHER })
  })

  it('this machine differs from itself', async () => {
    const report = await audit(null, { differs: changesPut })
    expect(report.verdict).toBe('inconclusive')
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['unstable']))
    expect(report.findings.every(({ suspect }) => suspect)).toBe(true)
  })

  it('the second look gives something else each time', async () => {
    let looks = 0
    const report = await audit(null, {
      engine: OTHER,
      differs: changesPut,
      async openEngine() {
        const sandbox = await Sandbox.open()
        const load = sandbox.load.bind(sandbox)
        sandbox.load = async (source, rules) => {
          const changed = (n: number) =>
            source.replace("tx.put('/values/' + op.key, op.value);", `tx.put('/y', ${n});`)
          const [a, b] = [await load(changed(++looks), rules), await load(changed(++looks), rules)]
          let turn = 0
          return new Proxy(a, {
            get(target, name) {
              const value = Reflect.get(name === 'apply' && turn++ % 2 === 1 ? b : target, name)
              return typeof value === 'function' ? value.bind(turn % 2 === 0 ? b : a) : value
            },
          })
        }
        return sandbox
      },
    })
    expect(report.verdict).toBe('inconclusive')
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['unstable']))
  })

  it('the contract does not load under another engine, unless it is checked under the recorded one', async () => {
    const breaks = (source: string) => `${source}\nthrow new Error('not here')`
    const alone = await audit(null, { engine: OTHER, differs: breaks, openEngine: async () => null })
    expect(alone.verdict).toBe('inconclusive')
    expect(alone.findings[0]).toMatchObject({ code: 'contract-refused', suspect: true })
    expect(alone.version).toBe(alone.length)
    const both = await audit(null, { engine: OTHER, differs: breaks, openEngine: installed })
    expect(both).toMatchObject({ verdict: 'valid', findings: [] })
  })
})

describe('an executor that says it could not run an op', () => {
  it('is suspect where the op runs, whatever the engine', async () => {
    for (const engine of [recorded, OTHER]) {
      const report = await audit(new CallsOpUnexecutable(), { engine, openEngine: async () => null })
      expect(report).toMatchObject({
        verdict: 'inconclusive',
        findings: [
          { code: 'disputed', suspect: true, at: { seq: expect.any(Number), batch: expect.any(Number) } },
        ],
      })
    }
  })

  it('is a fraud where it publishes changes all the same', async () => {
    const report = await audit(new WritesForUnexecutable(), { engine: OTHER, openEngine: async () => null })
    expect(report).toMatchObject({ verdict: 'fraud', violation: { code: 'wrong-changes' } })
  })
})
