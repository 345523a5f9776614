/**
 * An audit runs many ops of a batch in one go and lets the guest go on from what it knows of the state. What it finds is
 * the same as if it had run one after the other.
 */
import { IndexLog, type Input, Log, LogError, oplogIdentity, Storage } from '@vitra/log'
import { encodeValue } from '@vitra/log/values'
import { type Contract, ENGINES, Sandbox } from '@vitra/sandbox'
import type { AuditReport } from '@vitra/verifier'
import { Auditor } from '@vitra/verifier/replay'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { type History, publishInto, readHistory, TemporaryFolder } from '../src/index.js'

const CONTRACT = `
import { index } from 'contract'
export function count ({ times }, emit) { for (let n = 0; n < times; n++) emit({ op: 'COUNT' }) }
export const apply = {
  async COUNT (tx, op, ack) {
    const entry = await index.get('/count')
    const by = ack.seq === 1001 || ack.seq === 1002 ? 2 : 1
    tx.put('/count', (entry?.value ?? 0) + by)
  },
}
`
/** Of the calls, which are executed one after the other. */
const CALLS = [60, 1, 1, 1, 1, 1, 60]
const OPS = CALLS.reduce((sum, times) => sum + times)

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('honest'), { contract: { source: CONTRACT } })
  for (const times of CALLS) await (await db.call('count', { times })).whenProcessed()
  await checkDatabase(db)
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Circumstances {
  readonly lie?: (history: History) => void
  /** What the contract is here. */
  readonly differs?: (source: string) => string
  /** Ops that are not here. */
  readonly missing?: readonly number[]
  readonly onApply?: (items: number) => void
  readonly onQuestion?: () => void
  readonly engine?: string
}

async function audit({ lie, missing = [], engine, ...how }: Circumstances): Promise<AuditReport> {
  await using storage = Storage.temporary()
  await storage.create()
  const history = await readHistory(folder.at('honest'))
  lie?.(history)
  const log = await publishInto(history, storage)
  const index = await IndexLog.open(log)
  await using sandbox = await observed(how)
  if (engine !== undefined) Object.defineProperty(sandbox, 'engine', { value: engine })
  const openOplog = async ({ signer }: Input) => {
    const oplog = await Log.open(storage, oplogIdentity(signer, log.key))
    const { get, stored } = oplog
    oplog.get = async (seq, options) => {
      if (missing.includes(seq)) throw new LogError('BLOCK_MISSING', 'an op is not here')
      return get.call(oplog, seq, options)
    }
    oplog.stored = async (start, end) =>
      (await stored.call(oplog, start, end)).map((block, n) => (missing.includes(start + n) ? null : block))
    return oplog
  }
  try {
    const openEngine = engine === undefined ? undefined : async () => null
    return await new Auditor({ index, sandbox, openOplog, ...(openEngine && { openEngine }) }).advance()
  } finally {
    await index.close()
  }
}

async function observed({ differs, onApply, onQuestion }: Circumstances): Promise<Sandbox> {
  const sandbox = await Sandbox.open()
  const load = sandbox.load.bind(sandbox)
  sandbox.load = async (source, rules) => {
    const contract = await load(differs?.(source) ?? source, rules)
    const apply: Contract['apply'] = (request) => {
      onApply?.(request.items.length)
      const answer: typeof request.answer = (nth, question) => {
        onQuestion?.()
        return request.answer(nth, question)
      }
      return contract.apply({ ...request, answer })
    }
    return new Proxy(contract, {
      get: (target, name) => (name === 'apply' ? apply : Reflect.get(target, name, target)),
    })
  }
  return sandbox
}

/** Changes what the op at a position of the oplog wrote. */
function lieAt(seq: number): (history: History) => void {
  return ({ batches }) => {
    for (const { runs } of batches) {
      for (const { firstSeq, executed } of runs) {
        const change = executed[seq - firstSeq]?.changes[0]
        if (change !== undefined) change.value = encodeValue(-1)
      }
    }
  }
}

it('runs the ops of a batch together, and reads over batches what it does not know', async () => {
  const sizes: number[] = []
  let questions = 0
  const report = await audit({
    onApply: (items) => sizes.push(items),
    onQuestion: () => questions++,
  })
  expect(report).toMatchObject({ verdict: 'valid', ops: OPS })
  expect(Math.max(...sizes)).toBe(60)
  expect(questions).toBeLessThan(CALLS.length)
})

it.each([0, 7, 59, 60, 64, OPS - 1])('finds the first wrong op where it is: at block %i', async (seq) => {
  const report = await audit({ lie: lieAt(seq) })
  expect(report).toMatchObject({ verdict: 'fraud', violation: { code: 'wrong-changes', at: { seq } } })
})

it('finds the first of several', async () => {
  const lie = (history: History) => [40, 12, 90].map((seq) => lieAt(seq)(history))
  expect(await audit({ lie })).toMatchObject({ violation: { at: { seq: 12 } } })
})

it('goes on over what was published where ops are not here', async () => {
  const missing = [0, 13, 14, 61, 100]
  const report = await audit({ missing })
  expect(report.findings.map(({ code, at }) => [code, at.seq])).toEqual(
    missing.map((seq) => ['block-missing', seq]),
  )
  expect(report).toMatchObject({ verdict: 'inconclusive', ops: OPS })
})

it('still finds a lie behind an op that is not here', async () => {
  const report = await audit({ missing: [13], lie: lieAt(20) })
  expect(report).toMatchObject({ verdict: 'fraud', violation: { at: { seq: 20 } } })
})

it('goes on over what was published where one op gives something else here', async () => {
  const report = await audit({
    engine: ENGINES.find((name) => !process.versions.v8.startsWith(name.slice('v8-'.length)))!,
    differs: (source) => source.replace('1001', '13').replace('1002', '62'),
  })
  expect(report.findings.map(({ code, at }) => [code, at.seq])).toEqual([
    ['other-engine', 13],
    ['other-engine', 62],
  ])
})
