/** spec/7-proofs §9: receipts show what became of the ops of a call, and nothing else passes for one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkReceipt,
  decodeProof,
  type Executed,
  encodeOp,
  encodeProof,
  findBatchHead,
  headSignable,
  openReceipt,
  proofFromJson,
  proofSource,
  proofToJson,
  proveBlocks,
  proveReceipt,
  type Receipt,
  sign,
  smallReceipt,
  sodiumCrypto,
} from '../src/index.js'
import { connect, createLog, createReplica, fixedKeyPair, flipBit, until } from './helpers.js'
import { executed, FOUNDERS } from './index-helpers.js'
import { createDatabase, type TestDatabase } from './receipt-helpers.js'

const FAILED: Executed = {
  outcome: { kind: 'failed', code: 'contract', message: 'no', ts: 7, numChanges: 0, fuel: 3 },
  changes: [],
}

/** Ops 0 to 5 of one oplog: a run of three in one batch, then one run in each of two batches, another oplog's beside. */
async function published(): Promise<TestDatabase & { readonly runs: readonly number[] }> {
  const database = await createDatabase()
  const { emit, publish, runFrom, index, oplogs } = database
  const runs: number[] = []
  await emit(3)
  await publish([
    await runFrom(0, executed(1, { '/a': 1, '/b': 2 }, 9), FAILED, executed(3, { '/a': undefined })),
  ])
  await emit(2)
  const other = { ...(await runFrom(0, executed(4, { '/o': 1 }))), oplog: oplogs[1] }
  await publish([other, await runFrom(3, executed(4))])
  await emit(1)
  await publish([await runFrom(4, executed(5, { '/c': [1] }), executed(6, { '/d': 'x' }))])
  for (const seq of [0, 3, 4]) runs.push((await index.runOf(database.oplog.log.key, seq))!.seq)
  return { ...database, runs }
}

/** Every call that these ops may have been, with the runs it takes. */
const CALLS = [
  [0, 1, [0]],
  [1, 1, [0]],
  [2, 1, [0]],
  [0, 3, [0]],
  [1, 2, [0]],
  [3, 1, [1]],
  [2, 2, [0, 1]],
  [0, 6, [0, 1, 2]],
  [4, 2, [2]],
  [5, 1, [2]],
] as const

describe('receipts', () => {
  it('show the ops, outcomes and changes of a call, in however many runs and batches', async () => {
    const { receipt, runs, index, oplog } = await published()
    for (const [seq, count, nth] of CALLS) {
      const made = await receipt(
        seq,
        count,
        nth.map((n) => runs[n]!),
      )
      const opened = openReceipt(sodiumCrypto, index.key, made)!
      expect(opened).toMatchObject({ oplog: oplog.log.key, signer: FOUNDERS[0].publicKey })
      expect(opened.ops.map((op) => op.seq)).toEqual(Array.from({ length: count }, (_, n) => seq + n))
      for (const op of opened.ops) {
        const found = (await index.runOf(oplog.log.key, op.seq))!
        expect(op.block).toEqual(encodeOp({ op: 'PUT', n: op.seq }))
        expect(op.run).toBe(found.seq)
        expect(op.outcome).toEqual(found.run.outcomes[op.seq - found.place.firstSeq])
        const changes = await index.changesOf(found, op.seq)
        expect(op.changes).toEqual(changes.map(({ path, value }) => ({ path, value })))
      }
      expect(opened.version).toBe((await findBatchHead(index, opened.ops.at(-1)!.run)).length)
      await index.batchEnd(opened.version)
      const changes = opened.ops.reduce((sum, { outcome }) => sum + outcome.numChanges, 0)
      expect(made.index.blocks.length).toBe(nth.length + changes)
    }
  })

  it('are the same as bytes and as JSON', async () => {
    const { receipt, runs } = await published()
    for (const made of [await receipt(1, 1, [runs[0]!]), await receipt(0, 6, runs)]) {
      expect(decodeProof(encodeProof(made))).toEqual(made)
      expect(proofFromJson(JSON.parse(JSON.stringify(proofToJson(made))))).toEqual(made)
    }
  })

  it('hold after the logs have grown, and are made again to the same bytes from the small form', async () => {
    const { receipt, runs, index, sources, emit, publish, runFrom } = await published()
    const calls = await Promise.all(
      CALLS.map(async ([seq, count, nth]) => {
        const made = await receipt(
          seq,
          count,
          nth.map((n) => runs[n]!),
        )
        return { made, small: smallReceipt(made, openReceipt(sodiumCrypto, index.key, made)!) }
      }),
    )
    for (let n = 6; n < 40; n++) {
      await emit(1)
      await publish([await runFrom(n, executed(n, { [`/grown/${n}`]: n }))])
    }
    for (const { made, small } of calls) {
      expect(checkReceipt(sodiumCrypto, index.key, made)).toBe(true)
      expect(encodeProof(await proveReceipt(sources, small))).toEqual(encodeProof(made))
    }
    // Without the small form: the heads of old batches are in the records of the next ones.
    for (const [n, [seq, count, nth]] of CALLS.entries()) {
      const again = await receipt(
        seq,
        count,
        nth.map((at) => runs[at]!),
      )
      expect(encodeProof(again)).toEqual(encodeProof(calls[n]!.made))
    }
  })

  it('are made by a sparse copy that has their blocks, and by none that has not', async () => {
    const { receipt, small, runs, index, storage, oplog } = await published()
    const made = await receipt(4, 2, [runs[2]!])
    const form = await small(4, 2, [runs[2]!])
    const copies = await Promise.all([createReplica(index.key), createReplica(oplog.log.key)])
    const [indexCopy, oplogCopy] = copies
    connect(storage.store, indexCopy.storage.store)
    await until(() => indexCopy.log.length === index.length)
    const missing = { index: proofSource(indexCopy.log), oplog: proofSource(oplog.log) }
    await expect(proveReceipt(missing, form)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    for (const { seq } of made.index.blocks) await indexCopy.log.get(seq)
    expect(indexCopy.log.isComplete).toBe(false)
    expect(encodeProof(await proveReceipt(missing, form))).toEqual(encodeProof(made))
    expect(oplogCopy.log.length).toBe(0)
  })

  it('hold though the participant rewrites its oplog afterwards', async () => {
    const { receipt, runs, index, oplog, sources, small } = await published()
    const made = await receipt(4, 2, [runs[2]!])
    // The same key, another history of the same length: what the executor has seen is signed all the same.
    const { log, writer } = await createLog({ keyPair: FOUNDERS[0], indexKey: index.key })
    await writer.append(Array.from({ length: 6 }, (_, n) => encodeOp({ op: 'PUT', n: -n })))
    expect(log.key).toEqual(oplog.log.key)
    expect(checkReceipt(sodiumCrypto, index.key, made)).toBe(true)
    // Nobody makes a receipt of ops that were not executed from the other history.
    const forged = await proveReceipt(
      { index: sources.index, oplog: proofSource(log) },
      await small(4, 2, [runs[2]!]),
    )
    expect(checkReceipt(sodiumCrypto, index.key, forged)).toBe(false)
  })

  it('hold for the key of their database alone', async () => {
    const [one, two] = [await published(), await createDatabase(fixedKeyPair(9))]
    await two.emit(4)
    await two.publish([
      await two.runFrom(0, executed(1, { '/a': 1, '/b': 2 }, 9), FAILED, executed(3), FAILED),
    ])
    const theirs = (await two.index.runOf(two.oplog.log.key, 0))!.seq
    const [a, b] = [await one.receipt(0, 1, [one.runs[0]!]), await two.receipt(0, 1, [theirs])]
    expect(checkReceipt(sodiumCrypto, two.index.key, b)).toBe(true)
    expect(checkReceipt(sodiumCrypto, two.index.key, a)).toBe(false)
    expect(checkReceipt(sodiumCrypto, one.index.key, b)).toBe(false)
    for (const mixed of [
      { ...a, index: b.index },
      { ...a, ops: b.ops },
      { ...b, signer: FOUNDERS[1].publicKey },
    ]) {
      expect(checkReceipt(sodiumCrypto, one.index.key, mixed)).toBe(false)
      expect(checkReceipt(sodiumCrypto, two.index.key, mixed)).toBe(false)
    }
  })
})

describe('no receipt is', () => {
  it('one that leaves out a change, an op or a run, or adds one', async () => {
    const { receipt, runs, index, sources, small } = await published()
    const whole = await receipt(0, 6, runs)
    const one = await receipt(0, 1, [runs[0]!])
    const two = await receipt(1, 1, [runs[0]!])
    const head = whole.index.head
    const seqs = whole.index.blocks.map(({ seq }) => seq)
    const forged: Receipt[] = [
      { ...whole, ops: whole.ops.slice(1) },
      { ...whole, ops: whole.ops.slice(0, -1) },
      { ...whole, ops: [...whole.ops].reverse() },
      { ...whole, ops: [] },
      { ...one, ops: [...one.ops, ...two.ops] },
      { ...one, ops: two.ops },
      { ...two, ops: one.ops },
    ]
    for (const seq of seqs)
      forged.push({ ...whole, index: await proveBlocks(sources.index, without(seqs, seq), { head }) })
    for (let seq = 0; seq < head.length; seq++) {
      if (seqs.includes(seq)) continue
      forged.push({ ...whole, index: await proveBlocks(sources.index, [...seqs, seq], { head }) })
    }
    for (const receipt of forged) expect(checkReceipt(sodiumCrypto, index.key, receipt)).toBe(false)
    expect(forged.length).toBeGreaterThan(20)
    // One more op than the run has.
    const beyond = await small(0, 4, [runs[0]!])
    const short = await proveReceipt(sources, beyond)
    expect(openReceipt(sodiumCrypto, index.key, short)?.ops.length).toBe(3)
  })

  it('one under a head that does not reach its last change', async () => {
    const { runs, index, log, sources, small } = await published()
    const whole = await small(4, 2, [runs[2]!])
    // The executor's own key signs heads inside the batch: without the record, and without the last change too.
    const signHead = async (length: number) => {
      const treeHash = await log.treeHashAt(length)
      const signable = headSignable(sodiumCrypto, log.key, length, treeHash)
      return { length, treeHash, signature: sign(signable, fixedKeyPair(1).secretKey) }
    }
    const [inside, short] = await Promise.all([signHead(index.length - 1), signHead(index.length - 2)])
    // What a receipt says needs no batch end; the head itself is fraud, for an audit to find.
    const early = await proveReceipt(sources, { ...whole, head: inside })
    expect(openReceipt(sodiumCrypto, index.key, early)).toMatchObject({ version: index.length - 1 })
    await expect(proveReceipt(sources, { ...whole, head: short })).rejects.toMatchObject({
      code: 'BLOCK_MISSING',
    })
    const one = await proveReceipt(sources, { ...whole, count: 1, head: short })
    expect(openReceipt(sodiumCrypto, index.key, one)?.ops.length).toBe(1)
    const forged = { ...early, index: { ...early.index, head: short } }
    expect(checkReceipt(sodiumCrypto, index.key, forged)).toBe(false)
  })

  it('one with any bit changed', async () => {
    const { receipt, runs, index } = await published()
    const bytes = encodeProof(await receipt(0, 1, [runs[0]!]))
    let flips = 0
    for (let bit = 0; bit < 8 * bytes.length; bit++, flips++)
      expect(holds(flipBit(bytes, bit), index.key)).toBe(false)
    expect(flips).toBeGreaterThan(5000)
  })

  it('any of 10,000 mutations of some', async () => {
    const { receipt, runs, index } = await published()
    const all: Uint8Array[] = []
    for (const [seq, count, nth] of CALLS)
      all.push(
        encodeProof(
          await receipt(
            seq,
            count,
            nth.map((n) => runs[n]!),
          ),
        ),
      )
    const known = new Set(all.map((bytes) => Buffer.from(bytes).toString('hex')))
    let tried = 0
    fc.assert(
      fc.property(mutation(all), (bytes) => {
        if (known.has(Buffer.from(bytes).toString('hex'))) return
        tried++
        expect(holds(bytes, index.key)).toBe(false)
      }),
      { numRuns: 14_000 },
    )
    expect(tried).toBeGreaterThan(10_000)
  })

  it('anything of another shape, and none is thrown at', async () => {
    const { receipt, runs, index } = await published()
    const made = await receipt(0, 1, [runs[0]!])
    fc.assert(
      fc.property(fc.constantFrom('kind', 'index', 'signer', 'ops'), fc.anything(), (field, value) => {
        expect(checkReceipt(sodiumCrypto, index.key, { ...made, [field]: value } as Receipt)).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checkReceipt(sodiumCrypto, index.key, value as Receipt)).toBe(false)
      }),
    )
  })
})

/** True where the bytes are a receipt that holds; never throws but for what a decoder may. */
function holds(bytes: Uint8Array, key: Uint8Array): boolean {
  let proof: ReturnType<typeof decodeProof>
  try {
    proof = decodeProof(bytes)
  } catch (error) {
    expect(error).toMatchObject({ name: 'FormatError' })
    return false
  }
  return proof.kind === 'receipt' && checkReceipt(sodiumCrypto, key, proof)
}

/** Bytes near those of proofs: cut, grown, overwritten, or spliced from two. */
function mutation(all: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const one = fc.constantFrom(...all)
  const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const place = (bytes: Uint8Array, share: number) => Math.floor(share * bytes.length)
  const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
  return fc.oneof(
    fc.tuple(one, at, fc.integer({ min: 1, max: 255 })).map(([bytes, share, by]) => {
      const out = bytes.slice()
      out[place(bytes, share)]! ^= by
      return out
    }),
    fc.tuple(one, at, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([bytes, share, more]) => {
      const n = place(bytes, share)
      return join(bytes.subarray(0, n), more, bytes.subarray(n))
    }),
    fc.tuple(one, at, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([bytes, share, more]) => {
      const n = place(bytes, share)
      return join(bytes.subarray(0, n), more, bytes.subarray(n + more.length))
    }),
    fc.tuple(one, at, fc.integer({ min: 1, max: 40 })).map(([bytes, share, cut]) => {
      const n = place(bytes, share)
      return join(bytes.subarray(0, n), bytes.subarray(n + cut))
    }),
    fc.tuple(one, one, at).map(([a, b, share]) => {
      const n = place(a, share)
      return join(a.subarray(0, n), b.subarray(n))
    }),
  )
}

function without<T>(list: readonly T[], item: T): T[] {
  return list.filter((other) => other !== item)
}
