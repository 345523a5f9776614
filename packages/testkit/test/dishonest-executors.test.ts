import { rename, writeFile } from 'node:fs/promises'
import { encodeOp, toHex } from '@vitra/log'
import { encodeProof } from '@vitra/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContractFraudProof, Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  BuildsOtherTree,
  type DishonestExecutor,
  EXECUTION_LIES,
  ExecutesRemoved,
  GENESIS_LIES,
  type History,
  ORDER_LIES,
  publish,
  readHistory,
  SCHEMA_LIES,
  TemporaryFolder,
} from '../src/index.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import { askStranger } from './strangers.js'

useGuests()

let folder: TemporaryFolder
let removedOplog: Uint8Array
let honest: History

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  removedOplog = await writeHonestHistory(folder.at('honest'))
  honest = await readHistory(folder.at('honest'))
})
afterAll(() => folder[Symbol.asyncDispose]())

async function auditLie(liar: DishonestExecutor): Promise<void> {
  const history = structuredClone(honest)
  liar.tell(history)
  const target = folder.at(`lie-${Math.random().toString(36).slice(2)}`)
  await publish(history, target, liar)
  await using db = await Database.load(target)
  const found = await db.verify().then(
    (report) => report.findings[0]?.code ?? report.verdict,
    (error) => {
      if (!(error instanceof ContractFraudProof)) throw error
      return error.violation.code
    },
  )
  expect(found).toBe(liar.expected)
}

describe('an audit catches an executor that', () => {
  for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
    const liar = new Lie()
    it(liar.does, () => auditLie(liar))
  }

  it('executes an op of a participant that was removed', () => auditLie(new ExecutesRemoved(removedOplog)))

  it('builds another tree, and names the first block that differs', async () => {
    const liar = new BuildsOtherTree()
    const history = structuredClone(honest)
    liar.tell(history)
    await publish(history, folder.at('other-tree'), liar)
    await using db = await Database.load(folder.at('other-tree'))
    const { violation } = await db.verify().then(
      () => expect.unreachable(),
      (error: ContractFraudProof) => error,
    )
    const { block } = violation.published as { block: number }
    expect(violation).toMatchObject({
      code: 'non-canonical-index',
      message: expect.stringMatching(`block ${block}$`),
    })
    // One batch a change: its first block holds the root, which only the last one of a batch does.
    expect(block).toBe(violation.at.block)
  })

  it('takes back what it had signed, as far as one copy can tell', async () => {
    const history = structuredClone(honest)
    await publish(history, folder.at('whole'))
    {
      await using db = await Database.load(folder.at('whole'))
      await checkDatabase(db)
    }
    history.batches.splice(-2)
    await publish(history, folder.at('shorter'))
    await rename(folder.at('whole', 'local.json'), folder.at('shorter', 'local.json'))
    await using db = await Database.load(folder.at('shorter'))
    const report = await db.verify()
    expect(report).toMatchObject({ verdict: 'inconclusive', findings: [{ code: 'index-shortened' }] })
  })

  it('signs two histories of one length', async () => {
    const history = structuredClone(honest)
    await publish(history, folder.at('first'))
    {
      await using db = await Database.load(folder.at('first'))
      await checkDatabase(db)
    }
    const last = history.batches.at(-1)!
    last.lastTs++
    const { executed } = last.runs[0]!
    executed[0] = { ...executed[0]!, outcome: { ...executed[0]!.outcome, ts: last.lastTs } }
    await publish(history, folder.at('second'))
    await rename(folder.at('first', 'local.json'), folder.at('second', 'local.json'))
    await using db = await Database.load(folder.at('second'))
    const error = await db.verify().catch((thrown) => thrown)
    expect(error).toMatchObject({ violation: { code: 'log-forked' }, proof: { kind: 'equivocation' } })
    const file = folder.at('equivocation.proof')
    await writeFile(file, encodeProof(error.proof))
    // The executor's own guilt: it names no participant.
    const [verdict] = await askStranger(folder.at('second'), toHex(db.pubkey), [file])
    expect(verdict).toEqual({ ok: true, code: 'proved', kind: 'equivocation' })
  })
})

describe('an audit accuses nobody where', () => {
  it('the history is honest and was only copied', async () => {
    await publish(honest, folder.at('copy'))
    await using db = await Database.load(folder.at('copy'))
    await checkDatabase(db)
    expect(db.executor).toBeNull()
  })

  it('a participant rewrote its log after it was executed', async () => {
    const history = structuredClone(honest)
    const oplog = history.oplogs.find(({ blocks }) => blocks.length > 0)!
    oplog.blocks[0] = encodeOp({ op: 'PUT', key: 'rewritten', value: 0 })
    await publish(history, folder.at('rewritten'))
    await using db = await Database.load(folder.at('rewritten'))
    const report = await db.verify()
    expect(report.verdict).toBe('inconclusive')
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['oplog-equivocation']))
    expect(report.version).toBe(db.index.version)
  })

  it('a participant shortened its log', async () => {
    const history = structuredClone(honest)
    const oplog = history.oplogs.find(({ blocks }) => blocks.length > 0)!
    oplog.blocks.splice(2)
    await publish(history, folder.at('shortened'))
    await using db = await Database.load(folder.at('shortened'))
    const report = await db.verify()
    expect(report.verdict).toBe('inconclusive')
    expect(report.findings.map(({ code }) => code)).toContain('oplog-behind')
  })

  it('nothing of the index has arrived: it is inconclusive, not valid', async () => {
    const history = structuredClone(honest)
    await publish(history, folder.at('source'))
    await using source = await Database.load(folder.at('source'))
    await using empty = await Database.load(folder.at('empty'), source.pubkey)
    const report = await empty.verify()
    expect(report).toMatchObject({ verdict: 'inconclusive', version: 0, findings: [{ code: 'index-empty' }] })
    await expect(empty.verify({ strict: true })).rejects.toMatchObject({ code: 'AUDIT_INCONCLUSIVE' })
    expect(toHex(source.pubkey)).toHaveLength(64)
  })
})
