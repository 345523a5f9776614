/** spec/7-proofs §4: proofs of blocks hold for their blocks and for nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BlocksProof,
  checkBlocks,
  decodeProof,
  encodeProof,
  leafNode,
  logKey,
  openBlocks,
  oplogIdentity,
  type ProofNode,
  type ProofSource,
  parentNode,
  proofFromJson,
  proofSource,
  proofToJson,
  proveBlocks,
  proveInclusion,
  proveRange,
  type SignedHead,
  sodiumCrypto,
  treeHash,
  treeHashAt,
} from '../src/index.js'
import { nobleCrypto } from '../src/proofs/noble.js'
import {
  connect,
  createLog,
  createReplica,
  filled,
  fixedKeyPair,
  flipBit,
  refusal,
  text,
  until,
} from './helpers.js'

const PAIR = fixedKeyPair(1)
const KEY = logKey(sodiumCrypto, oplogIdentity(PAIR.publicKey, filled(2)))
const LENGTH_MAX = 70

interface Grown {
  readonly source: ProofSource
  /** The head of each length, by length; 0 has none. */
  readonly heads: readonly SignedHead[]
}

/** A log of `LENGTH_MAX` blocks, appended one by one. */
async function grow(): Promise<Grown> {
  const { log, writer } = await createLog({ keyPair: PAIR, indexKey: filled(2) })
  const heads: SignedHead[] = [{ length: 0, treeHash: filled(0), signature: filled(0) }]
  for (let n = 0; n < LENGTH_MAX; n++) heads.push(await writer.append([text(`block ${n}`)]))
  return { source: proofSource(log), heads }
}

describe('proofs of blocks', () => {
  it(`hold for every block under every head of 1 to ${LENGTH_MAX} blocks`, async () => {
    const { source, heads } = await grow()
    for (const head of heads.slice(1)) {
      for (let seq = 0; seq < head.length; seq++) {
        const proof = await proveInclusion(source, seq, { head })
        expect(openBlocks(sodiumCrypto, KEY, proof)).toEqual(new Map([[seq, text(`block ${seq}`)]]))
        // A leaf and its path to one root, and the other roots: nothing that could be left out.
        expect(proof.nodes.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(LENGTH_MAX + 1)))
      }
    }
  })

  it('hold for any set of blocks, and give the tree hash where their last one stands', async () => {
    const { source, heads } = await grow()
    const sets = fc
      .integer({ min: 1, max: LENGTH_MAX })
      .chain((length) =>
        fc.tuple(fc.constant(length), fc.array(fc.nat(length - 1), { minLength: 1, maxLength: 20 })),
      )
    await fc.assert(
      fc.asyncProperty(sets, async ([length, seqs]) => {
        const proof = await proveBlocks(source, seqs, { head: heads[length]! })
        const blocks = openBlocks(sodiumCrypto, KEY, proof)!
        expect([...blocks.keys()]).toEqual([...new Set(seqs)].sort((a, b) => a - b))
        for (const [seq, block] of blocks) {
          expect(block).toEqual(text(`block ${seq}`))
          expect(treeHashAt(sodiumCrypto, proof, seq + 1)).toEqual(heads[seq + 1]!.treeHash)
        }
        expect(treeHashAt(sodiumCrypto, proof, length)).toEqual(heads[length]!.treeHash)
        for (const none of [-1, 0.5, length + 1]) expect(treeHashAt(sodiumCrypto, proof, none)).toBe(null)
        expect(decodeProof(encodeProof(proof))).toEqual(proof)
        expect(proofFromJson(JSON.parse(JSON.stringify(proofToJson(proof))))).toEqual(proof)
      }),
    )
  })

  it('hold for ranges, which carry no node between their blocks', async () => {
    const { source, heads } = await grow()
    const whole = await proveRange(source, 0, LENGTH_MAX)
    expect(openBlocks(sodiumCrypto, KEY, whole)?.size).toBe(LENGTH_MAX)
    expect(whole.nodes).toEqual([])
    const part = await proveRange(source, 8, 16, { head: heads[16]! })
    expect([...openBlocks(sodiumCrypto, KEY, part)!.keys()]).toEqual([8, 9, 10, 11, 12, 13, 14, 15])
    expect(part.nodes.length).toBe(1)
  })

  it('do not give a tree hash that their nodes do not reach', async () => {
    const { source } = await grow()
    const proof = await proveInclusion(source, 0)
    expect(treeHashAt(sodiumCrypto, proof, 1)).not.toBe(null)
    expect(treeHashAt(sodiumCrypto, proof, 7)).toBe(null)
  })

  it('hold for no other block, place, length or node', async () => {
    const { source, heads } = await grow()
    for (const [length, seqs] of CASES) {
      const proof = await proveBlocks(source, seqs, { head: heads[length]! })
      expect(checkBlocks(sodiumCrypto, KEY, proof)).toBe(true)
      const { head, blocks, nodes } = proof
      const first = blocks[0]!
      const leaf = leafNode(sodiumCrypto, first.seq, first.block)
      const other = await proveBlocks(source, [(first.seq + 1) % length], { head })
      const wrong: BlocksProof[] = [
        { ...proof, blocks: blocks.with(0, { ...first, block: text('forged') }) },
        { ...proof, blocks: blocks.with(0, { ...first, seq: first.seq + 1 }) },
        { ...proof, blocks: blocks.with(0, { ...first, seq: first.seq - 1 }) },
        { ...proof, blocks: blocks.with(0, { ...first, seq: first.seq + 0.5 }) },
        { ...proof, blocks: blocks.with(0, { ...first, seq: first.seq + 2 ** 33 }) },
        { ...proof, blocks: [...blocks, blocks.at(-1)!] },
        { ...proof, blocks: [] },
        { ...proof, blocks: blocks.slice(1) },
        { ...proof, head: heads[length + 1] ?? { ...head, length: length + 1 } },
        { ...proof, head: { ...head, length: 2 ** 52 + 2 } },
        { ...proof, nodes: [...nodes, leaf] },
        ...(nodes.length > 0 ? [{ ...proof, nodes: nodes.slice(1) }] : []),
        ...(nodes.length > 1 ? [{ ...proof, nodes: [...nodes].reverse() }] : []),
        ...(length === 1 ? [] : [{ ...proof, nodes: other.nodes }]),
        ...(blocks.length > 1 ? [{ ...proof, blocks: [...blocks].reverse() }] : []),
      ]
      for (const forged of wrong.filter((item) => !isSame(item, proof)))
        expect(checkBlocks(sodiumCrypto, KEY, forged)).toBe(false)
    }
  })

  it('hold for bytes alone: what only reads like them is refused', async () => {
    const { source } = await grow()
    const proof = await proveBlocks(source, [3])
    const [first] = proof.blocks
    const [node, ...nodes] = proof.nodes
    const likes = (bytes: Uint8Array) =>
      [[...bytes], { ...bytes, length: bytes.length }, Uint16Array.from(bytes)] as unknown as Uint8Array[]
    for (const crypto of [sodiumCrypto, nobleCrypto]) {
      for (const hash of likes(node!.hash))
        expect(checkBlocks(crypto, KEY, { ...proof, nodes: [{ ...node!, hash }, ...nodes] })).toBe(false)
      for (const block of likes(first!.block))
        expect(checkBlocks(crypto, KEY, { ...proof, blocks: [{ seq: 3, block }] })).toBe(false)
    }
  })

  it('break with every single bit of every field', async () => {
    const { source, heads } = await grow()
    for (const [length, seqs] of CASES) {
      const proof = await proveBlocks(source, seqs, { head: heads[length]! })
      let flips = 0
      for (const forged of bitFlips(proof)) {
        flips++
        expect(checkBlocks(sodiumCrypto, KEY, forged)).toBe(false)
      }
      expect(flips).toBeGreaterThan(1000)
    }
  })

  it('do not hold for a block whose subtree does not join the signed roots', async () => {
    const { source, heads } = await grow()
    const [a, b, c, d] = ['block 0', 'block 1', 'block 2', 'block 3'].map((block, seq) =>
      leafNode(sodiumCrypto, seq, text(block)),
    )
    const root = parentNode(sodiumCrypto, parentNode(sodiumCrypto, a!, b!), parentNode(sodiumCrypto, c!, d!))
    expect(treeHash(sodiumCrypto, [root])).toEqual(heads[4]!.treeHash)
    const proof = await proveInclusion(source, 1, { head: heads[4]! })
    const blocks = [{ seq: 1, block: text('a block that nobody wrote') }]
    // The nodes are a true tree of their own and the signed roots are there: only the joint is missing.
    for (const nodes of [proof.nodes, [...proof.nodes, root], [root], [root, ...proof.nodes], []])
      expect(checkBlocks(sodiumCrypto, KEY, { ...proof, blocks, nodes })).toBe(false)
  })

  it('hold for the key of their log only', async () => {
    const { source } = await grow()
    const proof = await proveInclusion(source, 3)
    for (const key of [filled(1), PAIR.publicKey, new Uint8Array(), KEY.subarray(1)])
      expect(checkBlocks(sodiumCrypto, key, proof)).toBe(false)
    const identity = oplogIdentity(PAIR.publicKey, filled(3))
    expect(checkBlocks(sodiumCrypto, logKey(sodiumCrypto, identity), { ...proof, identity })).toBe(false)
  })

  it('are refused, not thrown at, in whatever shape they come', async () => {
    const { source } = await grow()
    const proof = await proveBlocks(source, [4, 12])
    const junk = fc.oneof(
      fc.anything(),
      fc.constantFrom(null, undefined, -1, 2 ** 60, '', [], {}, [null], new Uint8Array(3)),
    )
    const fields = ['kind', 'identity', 'head', 'blocks', 'nodes'] as const
    fc.assert(
      fc.property(fc.constantFrom(...fields), junk, (field, value) => {
        expect(checkBlocks(sodiumCrypto, KEY, { ...proof, [field]: value } as BlocksProof)).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(checkBlocks(sodiumCrypto, KEY, value as BlocksProof)).toBe(false)
      }),
    )
  })
})

describe('a source of proofs', () => {
  it('proves what a sparse copy holds, under new heads and old ones, without asking anybody', async () => {
    const { log, writer, storage } = await createLog({ keyPair: PAIR, indexKey: filled(2) })
    const old = await writer.append(Array.from({ length: 21 }, (_, n) => text(`block ${n}`)))
    const replica = await createReplica(log.key)
    const cut = connect(storage.store, replica.storage.store)
    await until(() => replica.log.length === 21)
    await replica.log.get(5)
    await replica.log.get(20)
    await writer.append(Array.from({ length: 16 }, (_, n) => text(`block ${21 + n}`)))
    await until(() => replica.log.length === 37)
    await cut()
    const source = proofSource(replica.log)
    for (const seqs of [[5], [20], [5, 20]]) {
      for (const options of [{}, { head: old }]) {
        const proof = await proveBlocks(source, seqs, options)
        expect([...openBlocks(sodiumCrypto, KEY, proof)!.keys()]).toEqual(seqs)
        expect(proof).toEqual(await proveBlocks(proofSource(log), seqs, options))
      }
    }
    await expect(proveInclusion(source, 6)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    await expect(proveInclusion(source, 37)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })

  it('has peers asked where it is told to', async () => {
    const { log, writer, storage } = await createLog({ keyPair: PAIR, indexKey: filled(2) })
    const heads: SignedHead[] = []
    for (let n = 0; n < 40; n++) heads.push(await writer.append([text(`block ${n}`)]))
    const replica = await createReplica(log.key)
    connect(storage.store, replica.storage.store)
    await until(() => replica.log.length === 40)
    await expect(proveInclusion(proofSource(replica.log), 2, { head: heads[22]! })).rejects.toMatchObject({
      code: 'BLOCK_MISSING',
    })
    const proof = await proveInclusion(proofSource(replica.log, {}), 2, { head: heads[22]! })
    expect(checkBlocks(sodiumCrypto, KEY, proof)).toBe(true)
    expect(replica.log.blocks).toBeLessThan(10)
  })

  it('has nothing to prove while the log is empty, and proves no blocks that are none', async () => {
    const { log, writer } = await createLog()
    await expect(proveInclusion(proofSource(log), 0)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    await writer.append([text('a')])
    for (const seqs of [[], [-1], [0.5], [Number.NaN], [0, 1]])
      await expect(proveBlocks(proofSource(log), seqs)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })
})

describe('bytes of proofs', () => {
  it('are refused with a stable code', async () => {
    const { source } = await grow()
    const bytes = encodeProof(await proveInclusion(source, 3))
    const code = (wrong: Uint8Array) => refusal(() => decodeProof(wrong)).code
    expect(code(bytes.with(1, 2))).toBe('VERSION_UNKNOWN')
    expect(code(bytes.with(3, 99))).toBe('TYPE_UNKNOWN')
    for (const wrong of [
      new Uint8Array(),
      bytes.subarray(1),
      bytes.subarray(0, -1),
      text('junk'),
      filled(0xff),
    ])
      expect(code(wrong)).toBe('FORMAT_INVALID')
  })

  it('as JSON hold what the proof holds and nothing else', async () => {
    const { source } = await grow()
    const json = proofToJson(await proveInclusion(source, 3)) as Record<string, unknown>
    const code = (wrong: unknown) => refusal(() => proofFromJson(wrong)).code
    expect(code({ ...json, version: 2 })).toBe('VERSION_UNKNOWN')
    expect(code({ ...json, kind: 'toString' })).toBe('TYPE_UNKNOWN')
    expect(code({ ...json, more: 1 })).toBe('FORMAT_INVALID')
    expect(code({ ...json, head: { ...(json.head as object), length: '70' } })).toBe('FORMAT_INVALID')
    for (const name of ['identity', 'head', 'blocks', 'nodes']) {
      expect(code({ ...json, [name]: undefined })).toBe('FORMAT_INVALID')
      // What only says that it is long is neither walked through nor given memory.
      expect(code({ ...json, [name]: { length: 2 ** 52 } })).toBe('FORMAT_INVALID')
      const other = name === 'head' ? json.identity : { ...(json.head as object), length: 2 ** 52 }
      expect(code({ ...json, [name]: other })).toBe('FORMAT_INVALID')
    }
    expect(code({ ...json, nodes: [{ size: 1, hash: { length: 2 ** 32 } }] })).toBe('FORMAT_INVALID')
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(code(value)).toMatch(/^(?:FORMAT_INVALID|VERSION_UNKNOWN|TYPE_UNKNOWN)$/)
      }),
    )
  })
})

/** Lengths, and blocks to prove. */
const CASES: readonly (readonly [number, readonly number[]])[] = [
  [1, [0]],
  [2, [1]],
  [7, [2]],
  [13, [4, 5]],
  [70, [0, 33, 69]],
]

function isSame(a: BlocksProof, b: BlocksProof): boolean {
  return Buffer.from(encodeProof(a)).equals(encodeProof(b))
}

/** Every proof that differs from this one in one bit of a byte field or in a number by one. */
function* bitFlips(proof: BlocksProof): Generator<BlocksProof> {
  const { identity, head, blocks, nodes } = proof
  for (const signer of flips(identity.signer)) yield { ...proof, identity: { ...identity, signer } }
  for (const userData of flips(identity.userData)) yield { ...proof, identity: { ...identity, userData } }
  for (const hash of flips(head.treeHash)) yield { ...proof, head: { ...head, treeHash: hash } }
  for (const signature of flips(head.signature)) yield { ...proof, head: { ...head, signature } }
  for (const by of [-1, 1, 2]) yield { ...proof, head: { ...head, length: head.length + by } }
  for (const [n, { seq, block }] of blocks.entries()) {
    for (const forged of flips(block)) yield { ...proof, blocks: blocks.with(n, { seq, block: forged }) }
    for (const by of [-1, 1, 2]) yield { ...proof, blocks: blocks.with(n, { seq: seq + by, block }) }
  }
  for (const forged of nodeFlips(nodes)) yield { ...proof, nodes: forged }
}

function* flips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit++) yield flipBit(bytes, bit)
}

function* nodeFlips(nodes: readonly ProofNode[]): Generator<ProofNode[]> {
  for (const [n, node] of nodes.entries()) {
    for (const hash of flips(node.hash)) yield nodes.with(n, { ...node, hash })
    for (const by of [-2, -1, 1, 2]) yield nodes.with(n, { ...node, size: node.size + by })
  }
}
