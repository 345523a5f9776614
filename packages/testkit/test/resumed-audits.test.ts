/** An audit that goes on from any place finds what one from genesis finds, and runs nothing before that place. */
import { IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { Auditor, type AuditPlace } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DishonestExecutor,
  EXECUTION_LIES,
  ExecutesRemoved,
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

/** Audits from genesis, then from every place that this audit passed. */
async function auditFromEverywhere(liar: DishonestExecutor | null) {
  const history = structuredClone(honest)
  liar?.tell(history)
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(history, storage, liar)
  const index = await IndexLog.open(log)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  const places: AuditPlace[] = []
  const first = new Auditor({ index, sandbox, openOplog })
  const whole = await first.advance({
    onProgress: () => {
      if (first.place !== null && first.place !== places.at(-1)) places.push(first.place)
    },
  })
  const resumed = []
  for (const place of places) {
    const auditor = new Auditor({ index, sandbox, openOplog, place })
    resumed.push({ place, report: await auditor.advance() })
  }
  await index.close()
  return { whole, resumed }
}

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

it('an honest history is valid from everywhere, and each op is run once', async () => {
  const { whole, resumed } = await auditFromEverywhere(null)
  expect(whole.verdict).toBe('valid')
  expect(resumed.length).toBe(whole.batches)
  for (const [n, { place, report }] of resumed.entries()) {
    expect(report).toMatchObject({ verdict: 'valid', from: place.version, version: whole.version })
    expect(report.batches).toBe(whole.batches - 1 - n)
  }
  const ops = resumed.map(({ report }) => report.ops)
  expect(ops[0]).toBe(whole.ops)
  expect(ops.at(-1)).toBe(0)
  expect([...ops].sort((a, b) => b - a)).toEqual(ops)
})

describe('an audit from every place before it catches an executor that', () => {
  const lies = [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES].map((Lie) => () => new Lie())
  for (const make of [...lies, () => new ExecutesRemoved(removedOplog)]) {
    it(make().does, async () => {
      const { whole, resumed } = await auditFromEverywhere(make())
      expect(resumed.length).toBeGreaterThan(0)
      for (const { place, report } of resumed) {
        expect(report.from).toBe(place.version)
        expect({ ...report, from: 0, batches: 0, ops: 0, waiting: 0 }).toEqual({
          ...whole,
          batches: 0,
          ops: 0,
          waiting: 0,
        })
      }
    })
  }
})
