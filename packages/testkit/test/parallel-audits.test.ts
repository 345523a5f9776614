/** Several workers find what one finds, wherever the parts begin and end. */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { Auditor, type AuditTeam, type AuditWorker, PartWorker } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DishonestExecutor,
  EXECUTION_LIES,
  ExecutesRemoved,
  GENESIS_LIES,
  type History,
  ORDER_LIES,
  publishInto,
  readHistory,
  SCHEMA_LIES,
  TemporaryFolder,
} from '../src/index.js'
import { writeHonestHistory } from './honest-history.js'

let folder: TemporaryFolder
let sandbox: Sandbox
let removedOplog: Uint8Array
let honest: History

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  removedOplog = await writeHonestHistory(folder.at('honest'))
  honest = await readHistory(folder.at('honest'))
  sandbox = await Sandbox.open()
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

interface Published {
  readonly index: IndexLog
  /** An audit by one, or by a team. */
  audit(team?: AuditTeam): Auditor
  worker(): AuditWorker
}

async function withPublished<T>(
  liar: DishonestExecutor | null,
  work: (published: Published) => Promise<T>,
  change: (history: History) => void = () => {},
): Promise<T> {
  const history = structuredClone(honest)
  liar?.tell(history)
  change(history)
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(history, storage, liar)
  const index = await IndexLog.open(log)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  const options = { index, sandbox, openOplog }
  try {
    return await work({
      index,
      audit: (team) => new Auditor({ ...options, team }),
      worker: () => new PartWorker({ ...options, openEngine: async () => null }),
    })
  } finally {
    await index.close()
  }
}

it('an honest history is valid, and each op is run once', async () => {
  await withPublished(null, async ({ audit, worker }) => {
    const alone = await audit().advance()
    for (const partBlocks of [1, 7, 1000]) {
      for (const count of [1, 2, 3]) {
        const checked: number[] = []
        const workers = Array.from({ length: count }, worker).map((own) => ({
          check: async (...args: Parameters<AuditWorker['check']>) => {
            const part = await own.check(...args)
            if (part !== null) checked.push(part.ops)
            return part
          },
        }))
        const auditor = audit({ workers, partBlocks })
        const told: number[] = []
        const report = await auditor.advance({ onProgress: ({ blocks }) => told.push(blocks) })
        expect(report).toEqual(alone)
        expect(checked.reduce((sum, ops) => sum + ops, 0)).toBe(alone.ops)
        expect(told).toEqual([...told].sort((a, b) => a - b))
        expect(told.at(-1)).toBe(alone.version)
        expect(auditor.place?.version).toBe(alone.version)
        expect(await auditor.advance()).toEqual(alone)
      }
    }
  })
})

describe('a team says what one says of an executor that', () => {
  const lies = [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES].map(
    (Lie) => () => new Lie(),
  )
  for (const make of [...lies, () => new ExecutesRemoved(removedOplog)]) {
    it(make().does, async () => {
      await withPublished(make(), async ({ audit, worker }) => {
        const alone = await audit().advance()
        for (const partBlocks of [1, 12]) {
          const report = await audit({ workers: [worker(), worker()], partBlocks }).advance()
          expect(report).toEqual(alone)
        }
        expect(alone.violation?.code ?? alone.findings[0]?.code).toBe(make().expected)
      })
    })
  }
})

it('what a participant hides is found by all alike', async () => {
  const shorten = ({ oplogs }: History) =>
    void oplogs.find(({ blocks }) => blocks.length > 0)!.blocks.splice(2)
  const audits = async ({ audit, worker }: Published) => {
    const alone = await audit().advance()
    const auditor = audit({ workers: [worker(), worker()], partBlocks: 1 })
    expect(await auditor.advance()).toEqual(alone)
    // Nothing is gone on from behind a finding.
    expect(auditor.place?.version).toBeLessThan(alone.version)
    return alone
  }
  const report = await withPublished(null, audits, shorten)
  expect(report).toMatchObject({ verdict: 'inconclusive' })
  expect(report.findings.map(({ code }) => code)).toContain('oplog-behind')
})

describe('a worker that', () => {
  const wrongs: Record<string, (own: AuditWorker) => AuditWorker> = {
    'always fails': () => ({ check: () => Promise.reject(new Error('gone')) }),
    'has nothing': () => ({ check: async () => null }),
    'began elsewhere': (own) => ({
      check: async (part, onBatch) => {
        const checked = await own.check(part, onBatch)
        return checked && { ...checked, start: { version: part.from, treeHash: new Uint8Array(32) } }
      },
    }),
    'began at genesis, it says': (own) => ({
      check: async (part, onBatch) => {
        const checked = await own.check(part, onBatch)
        return checked && { ...checked, start: null }
      },
    }),
    'ended elsewhere': (own) => ({
      check: async (part, onBatch) => {
        const checked = await own.check(part, onBatch)
        return checked && { ...checked, end: { ...checked.end, version: checked.end.version + 1 } }
      },
    }),
    'rebuilt another tree': (own) => ({
      check: async (part, onBatch) => {
        const checked = await own.check(part, onBatch)
        return checked && { ...checked, end: { ...checked.end, treeHash: new Uint8Array(32) } }
      },
    }),
  }
  for (const [does, wrong] of Object.entries(wrongs)) {
    it(`${does} is not joined: its parts are checked here`, async () => {
      await withPublished(null, async ({ audit, worker }) => {
        const alone = await audit().advance()
        const report = await audit({ workers: [wrong(worker())], partBlocks: 5 }).advance()
        expect(report).toEqual(alone)
      })
    })
  }

  it('never answers holds nobody up who is told to stop', async () => {
    await withPublished(null, async ({ audit }) => {
      const abort = new AbortController()
      const workers = [{ check: () => new Promise<null>(() => {}) }]
      const audited = audit({ workers, partBlocks: 5 }).advance({ signal: abort.signal })
      setTimeout(() => abort.abort(new Error('enough')), 10)
      await expect(audited).rejects.toThrow('enough')
    })
  })
})
