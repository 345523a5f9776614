// spec/7-proofs §3 to §5: tree hashes, and proofs of each kind, true and forged.
import { filled, flipped, text } from './json.mjs'
import { proofFile, tamperedHead } from './proof-file.mjs'
import { memoryLog, numbered } from './tree.mjs'

export default async function proofs(api) {
  return {
    trees: {
      spec: 'spec/7-proofs §3',
      hashes: [0, 1, 2, 3, 4, 7, 8, 33].map((length) => {
        const blocks = numbered(length)
        const roots = new api.Roots(api.sodiumCrypto)
        for (const block of blocks) roots.append(block)
        return { comment: `${length} blocks`, blocks, treeHash: roots.treeHash() }
      }),
    },
    'proof-head': await headVectors(api),
    'proof-blocks': await blocksVectors(api),
  }
}

async function headVectors(api) {
  const { key, source } = memoryLog(api, numbered(7))
  const proof = await api.proveHead(source)
  const { head, identity } = proof
  return proofFile(api, 'spec/7-proofs §1, §4', {
    valid: [['a head of seven blocks', key, proof]],
    invalid: tamperedHead(api, key, proof, { head, identity }),
    sample: proof,
  })
}

async function blocksVectors(api) {
  const log = memoryLog(api, numbered(7))
  const { key } = log
  const prove = (...seqs) => api.proveBlocks(log.source, seqs)
  const single = memoryLog(api, numbered(1))
  const large = memoryLog(api, numbered(33))
  const second = await prove(1)
  return proofFile(api, 'spec/7-proofs §4', {
    valid: [
      ['the only block of a log', single.key, await api.proveInclusion(single.source, 0)],
      ['a block below the first root', key, second],
      ['a block below the second root', key, await prove(4)],
      ['the last block, a root itself', key, await prove(6)],
      ['two blocks of one subtree', key, await prove(0, 3)],
      ['blocks of several roots', large.key, await api.proveBlocks(large.source, [1, 9, 31, 32])],
      ['a range', large.key, await api.proveRange(large.source, 5, 12)],
      ['every block, no node beside them', key, await api.proveRange(log.source, 0, 7)],
      [
        'a block under an older head',
        large.key,
        await api.proveInclusion(large.source, 2, { head: large.head(13) }),
      ],
    ],
    invalid: [
      ...tamperedHead(api, key, second, second),
      ...tamperedBlocks(key, second),
      ...forgedBlocks(api, log, second),
    ],
    sample: second,
  })
}

function tamperedBlocks(key, proof) {
  const { blocks, nodes, head } = proof
  const [{ seq, block }] = blocks
  const one = (item) => ({ ...proof, blocks: [item] })
  return [
    ['another block', key, one({ seq, block: text('block 2') })],
    ['a bit of the block', key, one({ seq, block: flipped(block) })],
    ['a byte more in the block', key, one({ seq, block: Uint8Array.of(...block, 0) })],
    ['another sequence number', key, one({ seq: 2, block })],
    ['a sequence number beyond the head', key, one({ seq: 7, block })],
    ['a length beyond 2^52', key, { ...proof, head: { ...head, length: 2 ** 52 + 2 } }],
    ['no block', key, { ...proof, blocks: [] }],
    ['a block twice', key, { ...proof, blocks: [...blocks, ...blocks] }],
    [
      'a bit of a node',
      key,
      { ...proof, nodes: nodes.with(0, { ...nodes[0], hash: flipped(nodes[0].hash) }) },
    ],
    [
      'another size of a node',
      key,
      { ...proof, nodes: nodes.with(0, { ...nodes[0], size: nodes[0].size + 1 }) },
    ],
    [
      'sizes with the right sum in the wrong places',
      key,
      {
        ...proof,
        nodes: nodes
          .with(0, { ...nodes[0], size: nodes[0].size + 1 })
          .with(1, { ...nodes[1], size: nodes[1].size - 1 }),
      },
    ],
    ['a node missing', key, { ...proof, nodes: nodes.slice(0, -1) }],
    ['a node more', key, { ...proof, nodes: [...nodes, nodes[0]] }],
    ['nodes in another order', key, { ...proof, nodes: [...nodes].reverse() }],
  ]
}

/** The signed roots are all there; the block's own subtree just does not lead to one of them. */
function forgedBlocks(api, log, proof) {
  const hash = api.sodiumCrypto
  const [a, b, c, d] = log.blocks.slice(0, 4).map((block, seq) => api.leafNode(hash, seq, block))
  const { size, hash: rootHash } = api.parentNode(
    hash,
    api.parentNode(hash, a, b),
    api.parentNode(hash, c, d),
  )
  const root = { size, hash: rootHash }
  const others = proof.nodes.slice(2)
  const forged = { ...proof, blocks: [{ seq: 1, block: text('a block that nobody wrote') }] }
  return [
    ['a forged block beside true nodes', log.key, forged],
    ['a forged block beside all signed roots', log.key, { ...forged, nodes: [root, ...others] }],
    [
      'a forged block with its path beside all signed roots',
      log.key,
      { ...forged, nodes: [...proof.nodes.slice(0, 2), root, ...others] },
    ],
    [
      'a forged block with forged nodes beside the other signed roots',
      log.key,
      {
        ...forged,
        nodes: [...proof.nodes.slice(0, 2).map((node, n) => ({ ...node, hash: filled(n) })), ...others],
      },
    ],
  ]
}
