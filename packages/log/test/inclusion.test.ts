/** spec/7-proofs §4: inclusion proofs hold for their block and for nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkInclusion,
  type InclusionProof,
  leafNode,
  logKey,
  oplogIdentity,
  parentNode,
  proveInclusion,
  rootIndexes,
  sodiumCrypto,
  type TreeNode,
  treeHash,
} from '../src/index.js'
import { createLog, filled, fixedKeyPair, flipBit, text } from './helpers.js'

const PAIR = fixedKeyPair(1)
const KEY = logKey(sodiumCrypto, oplogIdentity(PAIR.publicKey, filled(2)))

describe('inclusion proofs', () => {
  const LENGTH_MAX = 70
  let made: Promise<InclusionProof[][]> | undefined

  /** All proofs of all lengths, as a replica makes them: made once, by the test that asks first. */
  function allProofs(): Promise<InclusionProof[][]> {
    made ??= makeProofs(LENGTH_MAX)
    return made
  }

  it(`hold for every block of every log of 1 to ${LENGTH_MAX} blocks`, async () => {
    const proofs = await allProofs()
    for (const [n, ofLength] of proofs.entries()) {
      expect(ofLength.length).toBe(n + 1)
      for (const [seq, proof] of ofLength.entries()) {
        expect(proof.head.length).toBe(n + 1)
        expect(proof.block).toEqual(text(`block ${seq}`))
        expect(checkInclusion(sodiumCrypto, KEY, proof)).toBe(true)
      }
    }
  })

  it('hold for no other block, place or length', async () => {
    const proofs = await allProofs()
    for (const ofLength of proofs.filter((_, n) => n < 20 || n > 61)) {
      for (const proof of ofLength) {
        const { seq, head, path, roots } = proof
        const other = ofLength[(seq + 1) % ofLength.length]!
        const wrong: InclusionProof[] = [
          { ...proof, block: text('forged') },
          { ...proof, seq: seq + 1 },
          { ...proof, seq: -1 },
          { ...proof, seq: seq + 0.5 },
          { ...proof, seq: seq + 2 ** 33 },
          { ...proof, head: { ...head, length: head.length + 1 } },
          { ...proof, path: [...path, leafNode(sodiumCrypto, seq, proof.block)] },
          { ...proof, roots: [...roots, leafNode(sodiumCrypto, seq, proof.block)] },
          ...(path.length > 0
            ? [
                { ...proof, path: path.slice(1) },
                { ...proof, path: path.slice(0, -1) },
              ]
            : []),
          ...(roots.length > 0 ? [{ ...proof, roots: roots.slice(1) }] : []),
          ...(roots.length > 1 ? [{ ...proof, roots: [...roots].reverse() }] : []),
          ...(other === proof
            ? []
            : [
                { ...proof, block: other.block },
                { ...proof, path: other.path, roots: other.roots, block: other.block },
              ]),
        ]
        for (const forged of wrong) expect(checkInclusion(sodiumCrypto, KEY, forged)).toBe(false)
      }
    }
  })

  it('break with every single bit of every field', async () => {
    const proofs = await allProofs()
    for (const [length, seq] of [
      [1, 0],
      [2, 1],
      [7, 2],
      [13, 4],
      [70, 69],
    ] as const) {
      const proof = proofs[length - 1]![seq]!
      let flips = 0
      for (const forged of bitFlips(proof)) {
        flips++
        expect(checkInclusion(sodiumCrypto, KEY, forged)).toBe(false)
      }
      expect(flips).toBeGreaterThan(1000)
    }
  })

  it('do not hold for a block whose subtree does not join the signed roots', async () => {
    const proofs = await allProofs()
    // The nodes are a true tree of their own and the roots are the signed ones: only the joint is missing.
    for (const [length, seq] of [
      [4, 1],
      [7, 5],
      [64, 20],
    ] as const) {
      const proof = proofs[length - 1]![seq]!
      const root = ownRoot(proof)
      const forgedBlock = text('a block that nobody wrote')
      const roots = insertRoot(proof, root)
      expect(treeHash(sodiumCrypto, roots)).toEqual(proof.head.treeHash)
      const forged = { ...proof, block: forgedBlock }
      expect(checkInclusion(sodiumCrypto, KEY, forged)).toBe(false)
      expect(checkInclusion(sodiumCrypto, KEY, { ...forged, roots })).toBe(false)
      expect(checkInclusion(sodiumCrypto, KEY, { ...forged, path: [], roots })).toBe(false)
    }
  })

  it('hold for the key of their log only', async () => {
    const proofs = await allProofs()
    const proof = proofs[9]![3]!
    expect(checkInclusion(sodiumCrypto, filled(1), proof)).toBe(false)
    expect(checkInclusion(sodiumCrypto, PAIR.publicKey, proof)).toBe(false)
    const identity = oplogIdentity(PAIR.publicKey, filled(3))
    expect(checkInclusion(sodiumCrypto, logKey(sodiumCrypto, identity), { ...proof, identity })).toBe(false)
  })

  it('are refused, not thrown at, in whatever shape they come', async () => {
    const proofs = await allProofs()
    const proof = proofs[12]![4]!
    const junk = fc.oneof(
      fc.anything(),
      fc.constantFrom(null, undefined, -1, 2 ** 60, '', [], {}, new Uint8Array(3)),
    )
    const fields = ['identity', 'head', 'seq', 'block', 'path', 'roots'] as const
    fc.assert(
      fc.property(fc.constantFrom(...fields), junk, (field, value) => {
        const forged = { ...proof, [field]: value } as InclusionProof
        expect(checkInclusion(sodiumCrypto, KEY, forged)).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checkInclusion(sodiumCrypto, KEY, value as InclusionProof)).toBe(false)
      }),
    )
  })
})

async function makeProofs(lengthMax: number): Promise<InclusionProof[][]> {
  const { log, writer } = await createLog({ keyPair: PAIR, indexKey: filled(2) })
  const proofs: InclusionProof[][] = []
  for (let length = 1; length <= lengthMax; length++) {
    await writer.append([text(`block ${length - 1}`)])
    const ofLength: InclusionProof[] = []
    for (let seq = 0; seq < length; seq++) ofLength.push(await proveInclusion(log, seq))
    proofs.push(ofLength)
  }
  return proofs
}

/** Every proof that differs from this one in one bit of a byte field or in a number by one. */
function* bitFlips(proof: InclusionProof): Generator<InclusionProof> {
  const { identity, head, block, path, roots } = proof
  for (const signer of flips(identity.signer)) yield { ...proof, identity: { ...identity, signer } }
  for (const userData of flips(identity.userData)) yield { ...proof, identity: { ...identity, userData } }
  for (const hash of flips(head.treeHash)) yield { ...proof, head: { ...head, treeHash: hash } }
  for (const signature of flips(head.signature)) yield { ...proof, head: { ...head, signature } }
  for (const forged of flips(block)) yield { ...proof, block: forged }
  for (const nodes of nodeFlips(path)) yield { ...proof, path: nodes }
  for (const nodes of nodeFlips(roots)) yield { ...proof, roots: nodes }
  for (const by of [-1, 1, 2]) {
    yield { ...proof, seq: proof.seq + by }
    yield { ...proof, head: { ...head, length: head.length + by } }
  }
}

function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit++) yield flipBit(bytes, bit)
}

function* nodeFlips(nodes: readonly TreeNode[]): Generator<TreeNode[]> {
  for (const [n, node] of nodes.entries()) {
    for (const hash of flips(node.hash)) yield nodes.with(n, { ...node, hash })
    for (const by of [-2, -1, 1, 2]) {
      yield nodes.with(n, { ...node, size: node.size + by })
      yield nodes.with(n, { ...node, index: node.index + by })
    }
  }
}

/** The root above a proof's block, recomputed. */
function ownRoot(proof: InclusionProof): TreeNode {
  let node = leafNode(sodiumCrypto, proof.seq, proof.block)
  for (const sibling of proof.path) {
    node =
      sibling.index < node.index
        ? parentNode(sodiumCrypto, sibling, node)
        : parentNode(sodiumCrypto, node, sibling)
  }
  return node
}

/** All signed roots: the proof's others with its own among them. */
function insertRoot(proof: InclusionProof, root: TreeNode): TreeNode[] {
  const others = [...proof.roots]
  return rootIndexes(proof.head.length).map((index) => (index === root.index ? root : others.shift()!))
}
