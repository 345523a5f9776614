/** spec/7-proofs §10: a log was only appended to, or its owner signed two histories. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ConsistencyProof,
  checkConsistency,
  checkEquivocation,
  checkHeadProof,
  decodeProof,
  type EquivocationProof,
  encodeProof,
  headSignable,
  logKey,
  oplogIdentity,
  type Proof,
  type ProofSource,
  proofFromJson,
  proofSource,
  proofToJson,
  proveConsistency,
  proveEquivocation,
  proveFork,
  proveHead,
  type SignedHead,
  sign,
  sodiumCrypto,
} from '../src/index.js'
import { createLog, filled, fixedKeyPair, flipBit, refusal, text } from './helpers.js'

const PAIR = fixedKeyPair(1)
const IDENTITY = oplogIdentity(PAIR.publicKey, filled(2))
const KEY = logKey(sodiumCrypto, IDENTITY)
const LENGTH_MAX = 40

interface Told {
  readonly source: ProofSource
  /** By length. */
  readonly heads: readonly SignedHead[]
}

/** A log whose blocks differ from `forkAt` on from those of the others. */
async function tell(forkAt = LENGTH_MAX): Promise<Told> {
  const { log, writer } = await createLog({ keyPair: PAIR, indexKey: filled(2) })
  const heads: SignedHead[] = [{ length: 0, treeHash: filled(0), signature: filled(0) }]
  for (let n = 0; n < LENGTH_MAX; n++)
    heads.push(await writer.append([text(n < forkAt ? `block ${n}` : `other ${n}`)]))
  return { source: proofSource(log), heads }
}

/** The proof with a byte moved from one node to another one: a parent's hash holds the sum of the sizes below it. */
function* bytesMoved(proof: EquivocationProof): Generator<EquivocationProof> {
  for (const [n, from] of proof.nodes.entries()) {
    for (const [m, to] of proof.nodes.entries()) {
      if (n === m) continue
      const nodes = proof.nodes.with(n, { ...from, size: from.size - 1 })
      yield { ...proof, nodes: nodes.with(m, { ...to, size: to.size + 1 }) }
    }
  }
}

function expectSameBytes(proof: Proof): void {
  const bytes = encodeProof(proof)
  expect(decodeProof(bytes)).toEqual(proof)
  expect(proofFromJson(JSON.parse(JSON.stringify(proofToJson(proof))))).toEqual(proof)
}

describe('consistency proofs', () => {
  it('hold between every two heads of one history, and in no other order', async () => {
    const { source, heads } = await tell()
    for (const from of heads.slice(1)) {
      for (const to of heads.slice(from.length)) {
        const proof = await proveConsistency(source, from, { head: to })
        expect(checkConsistency(sodiumCrypto, KEY, proof)).toBe(true)
        expectSameBytes(proof)
        if (from.length === to.length) continue
        expect(checkConsistency(sodiumCrypto, KEY, { ...proof, from: to, to: from })).toBe(false)
        await expect(proveConsistency(source, to, { head: from })).rejects.toMatchObject({
          code: 'BLOCK_MISSING',
        })
      }
    }
  })

  it('do not hold between histories that part before the shorter head', async () => {
    const honest = await tell()
    for (const forkAt of [0, 7, 20, 31]) {
      const evil = await tell(forkAt)
      for (const length of [1, 7, 8, 20, 21, 31, 32, 39]) {
        const proof = await proveConsistency(evil.source, honest.heads[length]!)
        expect(checkConsistency(sodiumCrypto, KEY, proof)).toBe(length <= forkAt)
        for (const nodes of [(await proveConsistency(honest.source, honest.heads[length]!)).nodes, []])
          expect(checkConsistency(sodiumCrypto, KEY, { ...proof, nodes })).toBe(false)
      }
    }
  })

  it('break with every node that is changed, missing or too many, and under other keys', async () => {
    const { source, heads } = await tell()
    const proof = await proveConsistency(source, heads[21]!)
    const { nodes } = proof
    const wrong: ConsistencyProof[] = [
      ...nodes.map((node, n) => ({
        ...proof,
        nodes: nodes.with(n, { ...node, hash: flipBit(node.hash, n) }),
      })),
      ...nodes.map((node, n) => ({ ...proof, nodes: nodes.with(n, { ...node, size: node.size + 1 }) })),
      ...nodes.map((_, n) => ({ ...proof, nodes: nodes.toSpliced(n, 1) })),
      ...nodes.map((node, n) => ({ ...proof, nodes: nodes.toSpliced(n, 0, node) })),
      { ...proof, nodes: [...nodes].reverse() },
      { ...proof, from: heads[20]! },
      { ...proof, to: heads[39]! },
      { ...proof, identity: oplogIdentity(PAIR.publicKey, filled(3)) },
      { ...proof, from: { ...proof.from, length: 0 } },
      { ...proof, from: { ...proof.from, treeHash: proof.to.treeHash } },
    ]
    for (const forged of wrong) expect(checkConsistency(sodiumCrypto, KEY, forged)).toBe(false)
    expect(checkConsistency(sodiumCrypto, filled(1), proof)).toBe(false)
    expect(checkConsistency(sodiumCrypto, KEY, proof)).toBe(true)
  })
})

describe('heads as proofs', () => {
  it('hold under their key only', async () => {
    const { source } = await tell()
    const proof = await proveHead(source)
    expect(checkHeadProof(sodiumCrypto, KEY, proof)).toBe(true)
    expectSameBytes(proof)
    expect(checkHeadProof(sodiumCrypto, filled(1), proof)).toBe(false)
    const longer = { ...proof, head: { ...proof.head, length: LENGTH_MAX + 1 } }
    expect(checkHeadProof(sodiumCrypto, KEY, longer)).toBe(false)
  })
})

describe('equivocation proofs', () => {
  it('show every two heads that are not of one history, and no others', async () => {
    const honest = await tell()
    const evil = await tell(17)
    for (const a of [1, 8, 17, 18, 24, 32, 40]) {
      for (const b of [1, 8, 17, 18, 24, 32, 40]) {
        const source = a > b ? honest.source : evil.source
        const proof = await proveEquivocation(source, honest.heads[a]!, evil.heads[b]!)
        expect(checkEquivocation(sodiumCrypto, KEY, proof)).toBe(Math.min(a, b) > 17)
        expectSameBytes(proof)
        expect(checkEquivocation(sodiumCrypto, filled(1), proof)).toBe(false)
      }
    }
  })

  it('never hold against the owner of one history, whatever is put together', async () => {
    const { source, heads } = await tell()
    const length = fc.integer({ min: 1, max: LENGTH_MAX })
    await fc.assert(
      fc.asyncProperty(length, length, length, length, async (a, b, c, d) => {
        const proof = await proveEquivocation(source, heads[a]!, heads[b]!)
        const other = await proveEquivocation(source, heads[c]!, heads[d]!)
        const together: EquivocationProof[] = [
          proof,
          { ...proof, nodes: other.nodes },
          { ...proof, first: proof.second!, second: proof.first },
          { ...proof, first: other.first },
          { ...proof, second: other.second! },
          { ...proof, first: other.second!, nodes: [] },
          { kind: 'equivocation', identity: IDENTITY, first: proof.first, fork: 1, nodes: [] },
          { kind: 'equivocation', identity: IDENTITY, first: proof.first, fork: 0, nodes: [] },
          { kind: 'equivocation', identity: IDENTITY, first: proof.first, nodes: [] },
        ]
        for (const item of together) expect(checkEquivocation(sodiumCrypto, KEY, item)).toBe(false)
      }),
    )
  })

  it('never hold against the owner of one history for bytes moved from one node to the next', async () => {
    const { source, heads } = await tell()
    for (const first of heads.slice(1, 12)) {
      for (const second of heads.slice(first.length + 1, 20)) {
        const proof = await proveEquivocation(source, first, second)
        const { block: _, ...bare } = proof
        const { nodes: cut } = await proveConsistency(source, first, { head: second })
        for (const forged of [...bytesMoved(proof), ...bytesMoved({ ...bare, nodes: cut })])
          expect(checkEquivocation(sodiumCrypto, KEY, forged)).toBe(false)
      }
    }
  })

  it('show a fork that the owner signed', async () => {
    const { heads } = await tell()
    const { length, treeHash } = heads[5]!
    const signature = sign(headSignable(sodiumCrypto, KEY, length, treeHash, 3), PAIR.secretKey)
    const proof = proveFork(IDENTITY, { length, treeHash, signature }, 3)
    expect(checkEquivocation(sodiumCrypto, KEY, proof)).toBe(true)
    expectSameBytes(proof)
    for (const fork of [0, 1, 4, -1, 2 ** 53])
      expect(checkEquivocation(sodiumCrypto, KEY, { ...proof, fork })).toBe(false)
    expect(checkEquivocation(sodiumCrypto, KEY, { ...proof, second: heads[6]! })).toBe(false)
    expect(checkEquivocation(sodiumCrypto, KEY, { ...proof, nodes: [{ size: 1, hash: filled(1) }] })).toBe(
      false,
    )
    const both = {
      ...(proofToJson(proof) as object),
      second: proofToJson({ kind: '', ...heads[6] }) as object,
    }
    expect(refusal(() => proofFromJson(both)).code).toBe('FORMAT_INVALID')
    const neither = { ...(proofToJson(proof) as object), fork: undefined }
    expect(refusal(() => proofFromJson(JSON.parse(JSON.stringify(neither)))).code).toBe('FORMAT_INVALID')
  })
})
