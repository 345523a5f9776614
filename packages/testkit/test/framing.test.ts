/**
 * Nobody can make an honest executor look guilty: no choice of blocks of an honest database, under whatever accusation,
 * gives a proof that holds; nor does anything that a participant signs.
 */
import { writeFile } from 'node:fs/promises'
import { encodeOp, IndexLog, Log, LogWriter, oplogIdentity, proofSource, Storage, toHex } from '@vitra/log'
import { type BlocksProof, proveBlocks, proveEquivocation } from '@vitra/log/proofs'
import { Sandbox } from '@vitra/sandbox'
import {
  type Accusation,
  encodeProof,
  type FraudProof,
  VIOLATION_CODES,
  type ViolationCode,
} from '@vitra/verifier'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import {
  COUNTER_CONTRACT,
  type History,
  publishInto,
  Random,
  readHistory,
  TemporaryFolder,
  testSeed,
} from '../src/index.js'
import { accuse } from './accusers.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import { askStranger } from './strangers.js'

useGuests()

const TRIES = 3000

interface Run {
  /** Index block. */
  readonly block: number
  readonly firstSeq: number
  readonly count: number
  /** Its ops, under the head that it carries. */
  readonly op: BlocksProof
}

let folder: TemporaryFolder
let sandbox: Sandbox
let storage: Storage
let history: History
let log: Log
let index: IndexLog
/** Batch ends of the honest index, genesis first. */
const ends: number[] = []
const runs: Run[] = []

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  history = await readHistory(folder.at('honest'))
  sandbox = await Sandbox.open()
  storage = Storage.temporary()
  await storage.create()
  log = await publishInto(history, storage)
  index = await IndexLog.open(log)
  let at = 1
  for (let seq = 1; seq < index.length; seq++)
    if ((await index.entry(seq)).path === '/.sys/batch') ends.push(seq + 1)
  for (const [number, batch] of history.batches.entries()) {
    at = ends[number]!
    for (const { oplog, firstSeq, executed, head } of batch.runs) {
      const { input } = history.oplogs.find((other) => Buffer.compare(other.input.oplog, oplog) === 0)!
      const source = proofSource(await Log.open(storage, oplogIdentity(input.signer, log.key)))
      const seqs = executed.map((_, nth) => firstSeq + nth)
      const op = await proveBlocks(source, seqs, { head })
      runs.push({ block: at, firstSeq, count: executed.length, op })
      at += 1 + executed.reduce((sum, { changes }) => sum + changes.length, 0)
    }
  }
})
afterAll(async () => {
  await index.close()
  await storage.close()
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

/** Index blocks, all or those picked, under the newest head. */
function evidence(seqs: Iterable<number> = Array(index.length).keys()): Promise<BlocksProof> {
  return proveBlocks(proofSource(log), seqs)
}

async function judge(accusation: Accusation, proof: Partial<FraudProof> = {}): Promise<string> {
  const whole = { kind: 'fraud', accusation, index: proof.index ?? (await evidence()), ...proof }
  const { code, explanation } = await check(whole, { pubkey: log.key, sandbox })
  // All blocks of an index are more than a proof may hold: what they show is what counts here.
  return explanation.includes('blocks that do not belong to it') ? 'proved' : code
}

/** The op of a run, accused of being executed wrongly. */
function accusing({ block, firstSeq }: Run, more: Partial<Accusation> = {}): Accusation {
  const end = ends.find((length) => length > block)!
  const start = ends[ends.indexOf(end) - 1]!
  return { code: 'wrong-changes', start, end, block, seq: firstSeq, ...more }
}

describe('an honest executor is not guilty', () => {
  it('of anything, at any place, by any of its blocks', async () => {
    const random = new Random(testSeed())
    const codes = Object.keys(VIOLATION_CODES) as ViolationCode[]
    const whole = await evidence()
    const all = [...Array(index.length).keys()]
    const verdicts: Record<string, number> = {}
    for (let n = 0; n < TRIES; n++) {
      const run = random.pick(runs)
      const code = random.chance(0.05)
        ? random.pick(['wrong-outcome', 'wrong-changes'] as const)
        : random.pick(codes)
      const isRun = code !== 'wrong-outcome' && code !== 'wrong-changes' ? true : random.chance(0.2)
      if (!isRun) continue
      const accusation = accusing(run, {
        code,
        start: random.chance(0.6)
          ? accusing(run).start
          : random.pick([0, ...ends, random.below(index.length)]),
        end: random.chance(0.6)
          ? accusing(run).end
          : random.pick([0, ...ends, random.below(index.length + 2)]),
        block: random.pick([run.block, run.block, accusing(run).end - 1, random.below(index.length)]),
        seq: random.chance(0.6) ? run.firstSeq + random.below(run.count + 1) : random.below(30),
      })
      const { seq: _, ...ofBlock } = accusation
      const { block: __, ...bare } = ofBlock
      const isPart = random.chance(0.4)
      const share = random.pick([0.5, 0.8, 0.95])
      const index_ = isPart ? await evidence(all.filter((seq) => seq === 0 || random.chance(share))) : whole
      const proof = {
        index: index_,
        ...(random.chance(0.8) ? { op: random.chance(0.8) ? run.op : random.pick(runs).op } : {}),
      }
      const verdict = await judge(random.pick([accusation, accusation, ofBlock, bare]), proof)
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      if (verdict === 'proved')
        expect.fail(`VITRA_SEED=${random.seed}: proved of an honest executor: ${JSON.stringify(accusation)}`)
    }
    expect(Object.keys(verdicts).sort()).toEqual(['inconclusive', 'not-proved'])
  }, 120_000)

  it('of what it executed: each op gives what it published', async () => {
    for (const run of runs) {
      for (let nth = 0; nth < run.count; nth++) {
        const accusation = accusing(run, { seq: run.firstSeq + nth })
        expect(await judge(accusation, { op: run.op })).toBe('not-proved')
      }
    }
  })

  it('where the block of a batch record is called the end of the batch before another', async () => {
    const run = runs.at(-1)!
    const { start } = accusing(run)
    const earlier = ends[ends.indexOf(start) - 1]!
    for (const code of ['record-invalid', 'wrong-changes', 'op-skipped', 'limit-exceeded'] as const) {
      // The state of an earlier version, with its older contract and participants.
      expect(await judge(accusing(run, { code, start: earlier }), { op: run.op })).toBe('not-proved')
      const { seq: _, ...ofRecord } = accusing(run, { code, start: earlier, block: accusing(run).end - 1 })
      expect(await judge(ofRecord)).toBe('not-proved')
      // No batch ends there at all.
      expect(await judge(accusing(run, { code, start: start - 1 }), { op: run.op })).toBe('not-proved')
    }
  })

  it('where what a state would be read from is left out', async () => {
    const { accusation, proof } = await honestReads()
    for (const left of proof.index.blocks) {
      const blocks = proof.index.blocks.filter((block) => block !== left).map(({ seq }) => seq)
      const verdict = await judge(accusation, { index: await evidence(blocks), op: proof.op! })
      expect(['inconclusive', 'not-proved']).toContain(verdict)
    }
  })
})

/** A run of the last batch, with all blocks that a check of it reads. */
async function honestReads(): Promise<{
  accusation: Accusation
  proof: Required<Pick<FraudProof, 'index' | 'op'>>
}> {
  const run = runs.at(-1)!
  return { accusation: accusing(run), proof: { index: await evidence(), op: run.op } }
}

describe('a participant does not make its executor guilty by', () => {
  /** The participant's log, written anew: another first block, or ops behind its end, all of it signed. */
  async function rewritten(
    change: (blocks: Uint8Array[]) => void,
    length: number,
    seq: number,
  ): Promise<BlocksProof> {
    const { input, keyPair, blocks } = history.oplogs.find((oplog) => oplog.blocks.length > 0)!
    const other = [...blocks]
    change(other)
    await using own = Storage.temporary()
    await own.create()
    const copy = await Log.open(own, oplogIdentity(input.signer, log.key))
    const writer = await LogWriter.open(copy, own, keyPair)
    const head = await writer.append(other.slice(0, length))
    await writer.close()
    return await proveBlocks(proofSource(copy), [seq], { head })
  }

  it('signing another history of its log, of the very length that was executed', async () => {
    for (const run of runs.slice(0, 4)) {
      const { length } = run.op.head
      const other = await rewritten(
        (blocks) => blocks.splice(run.firstSeq, 1, encodeOp({ op: 'PUT', key: 'framed', value: 1 })),
        length,
        run.firstSeq,
      )
      expect(other.head.treeHash).not.toEqual(run.op.head.treeHash)
      for (const code of ['wrong-changes', 'wrong-outcome'] as const)
        expect(await judge(accusing(run, { code }), { op: other })).toBe('inconclusive')
    }
  })

  it('two histories of its log: the proof of that names the participant', async () => {
    const run = runs[0]!
    const change = (blocks: Uint8Array[]) => blocks.splice(run.firstSeq, 1, encodeOp({ op: 'NOTHING' }))
    const other = await rewritten(change, run.op.head.length, run.firstSeq)
    const source = proofSource(await Log.open(storage, other.identity))
    const proof = await proveEquivocation(source, run.op.head, other.head)
    const participant = toHex(other.identity.signer)
    expect(await check(proof, { pubkey: log.key, sandbox })).toMatchObject({
      ok: true,
      proves: { kind: 'equivocation', log: { participant } },
    })
    const file = folder.at('equivocation.proof')
    await writeFile(file, encodeProof(proof))
    const [verdict] = await askStranger(folder.at('honest'), toHex(log.key), [file])
    expect(verdict).toEqual({ ok: true, code: 'proved', kind: 'equivocation', participant })
  })

  it('giving its op under another of its heads', async () => {
    const [first, second] = runs.filter(({ op }) => op.identity.signer[0] === runs[0]!.op.identity.signer[0])
    expect(await judge(accusing(first!), { op: second!.op })).toBe('inconclusive')
  })

  it('giving the op of another participant', async () => {
    const other = { ...runs[0]!.op, identity: oplogIdentity(history.owner.publicKey, log.key) }
    expect(await judge(accusing(runs[0]!), { op: other })).toBe('inconclusive')
  })
})

describe('evidence of another database', () => {
  it('is refused, whichever of the two keys it is checked under', async () => {
    await using db = await Database.create(folder.at('other'), { contract: { source: COUNTER_CONTRACT } })
    const { key } = await accuse(await readHistory(folder.at('honest')), null, sandbox)
    const proof: FraudProof = {
      kind: 'fraud',
      accusation: accusing(runs[0]!),
      index: await evidence(),
      op: runs[0]!.op,
    }
    expect(key).toEqual(log.key)
    expect((await check(proof, { pubkey: db.pubkey, sandbox })).code).toBe('other-database')
    // The signer's key with the user data of the other database is the identity of neither log.
    const index_ = {
      ...proof.index,
      identity: { ...proof.index.identity, userData: new Uint8Array(db.pubkey) },
    }
    expect((await check({ ...proof, index: index_ }, { pubkey: log.key, sandbox })).code).toBe(
      'other-database',
    )
  })
})
