// spec/7-proofs §3, §4: tree hashes, and inclusion proofs true and forged.
import { filled, flipped, text } from './json.mjs'
import { keyPair, signedHead } from './keys.mjs'

export default function proofs(api) {
  const log = makeLog(api, 7)
  const { key } = log
  const fifth = prove(api, log, 4)
  const second = prove(api, log, 1)
  const single = prove(api, makeLog(api, 1), 0)
  return {
    trees: {
      spec: 'spec/7-proofs §3',
      hashes: [0, 1, 2, 3, 4, 7, 8, 33].map((length) => {
        const blocks = Array.from({ length }, (_, n) => text(`block ${n}`))
        const roots = new api.Roots(api.sodiumCrypto)
        for (const block of blocks) roots.append(block)
        return { comment: `${length} blocks`, blocks, treeHash: roots.treeHash() }
      }),
    },
    inclusion: {
      spec: 'spec/7-proofs §4',
      valid: [
        { comment: 'the only block of a log', key: makeLog(api, 1).key, proof: single },
        { comment: 'a block below the first root', key, proof: second },
        { comment: 'a block below the second root', key, proof: fifth },
        { comment: 'the last block, a root itself', key, proof: prove(api, log, 6) },
      ],
      invalid: [...tampered(api, key, second), ...forged(api, key, second)],
    },
  }
}

function makeLog(api, length) {
  const pair = keyPair(2)
  const identity = api.oplogIdentity(pair.publicKey, filled(8))
  const key = api.logKey(api.sodiumCrypto, identity)
  const blocks = Array.from({ length }, (_, n) => text(`block ${n}`))
  const roots = new api.Roots(api.sodiumCrypto)
  for (const block of blocks) roots.append(block)
  return { pair, identity, key, blocks, head: signedHead(api, pair, key, length, roots.treeHash()) }
}

/** Every node of the tree, by flat-tree index. */
function allNodes(api, blocks) {
  let level = blocks.map((block, seq) => api.leafNode(api.sodiumCrypto, seq, block))
  const nodes = new Map(level.map((node) => [node.index, node]))
  while (level.length > 1) {
    const above = []
    for (let n = 0; n + 1 < level.length; n += 2) {
      above.push(api.parentNode(api.sodiumCrypto, level[n], level[n + 1]))
    }
    for (const node of above) nodes.set(node.index, node)
    level = above
  }
  return nodes
}

/** The proof of one block, made from the blocks alone. */
function prove(api, log, seq) {
  const nodes = allNodes(api, log.blocks)
  const rootIndexes = api.rootIndexes(log.blocks.length)
  const path = []
  let index = 2 * seq
  for (let step = 1; !rootIndexes.includes(index); step *= 2) {
    // Siblings of one level stand 4 · step apart from their like; the parent is halfway.
    const isLeft = ((index + 1) / step) % 4 === 1
    path.push(nodes.get(isLeft ? index + 2 * step : index - 2 * step))
    index = isLeft ? index + step : index - step
  }
  const roots = rootIndexes.filter((root) => root !== index).map((root) => nodes.get(root))
  return {
    kind: 'inclusion',
    identity: log.identity,
    head: log.head,
    seq,
    block: log.blocks[seq],
    path,
    roots,
  }
}

function tampered(_api, key, proof) {
  const { identity, head, path, roots, block } = proof
  return [
    ['another key', filled(1), proof],
    ['another block', key, { ...proof, block: text('block 2') }],
    ['a bit of the block', key, { ...proof, block: flipped(block) }],
    ['a byte more in the block', key, { ...proof, block: Uint8Array.of(...block, 0) }],
    ['another sequence number', key, { ...proof, seq: 2 }],
    ['a sequence number beyond the head', key, { ...proof, seq: 7 }],
    ['a negative sequence number', key, { ...proof, seq: -1 }],
    ['another length', key, { ...proof, head: { ...head, length: 8 } }],
    ['a bit of the tree hash', key, { ...proof, head: { ...head, treeHash: flipped(head.treeHash) } }],
    ['a bit of the signature', key, { ...proof, head: { ...head, signature: flipped(head.signature) } }],
    ['another signer', key, { ...proof, identity: { ...identity, signer: keyPair(3).publicKey } }],
    ['other user data', key, { ...proof, identity: { ...identity, userData: flipped(identity.userData) } }],
    [
      'a bit of a node',
      key,
      { ...proof, path: [{ ...path[0], hash: flipped(path[0].hash) }, ...path.slice(1)] },
    ],
    [
      'another size of a node',
      key,
      { ...proof, path: [{ ...path[0], size: path[0].size + 1 }, ...path.slice(1)] },
    ],
    ['another index of a node', key, { ...proof, path: [{ ...path[0], index: 4 }, ...path.slice(1)] }],
    ['a node missing', key, { ...proof, path: path.slice(0, -1) }],
    ['a node more', key, { ...proof, path: [...path, path[0]] }],
    ['a root missing', key, { ...proof, roots: roots.slice(1) }],
    ['a root more', key, { ...proof, roots: [...roots, roots[0]] }],
    ['roots in another order', key, { ...proof, roots: [...roots].reverse() }],
    [
      'another size of a root',
      key,
      { ...proof, roots: roots.with(0, { ...roots[0], size: roots[0].size + 1 }) },
    ],
  ].map(vector)
}

/** The signed roots are all there; the block's own subtree just does not lead to one of them. */
function forged(api, key, proof) {
  const block = text('a block that nobody wrote')
  const own = proof.path.reduce(
    (node, sibling) =>
      sibling.index < node.index
        ? api.parentNode(api.sodiumCrypto, sibling, node)
        : api.parentNode(api.sodiumCrypto, node, sibling),
    api.leafNode(api.sodiumCrypto, proof.seq, proof.block),
  )
  const signedRoots = [own, ...proof.roots]
  return [
    ['a forged block beside true nodes', key, { ...proof, block }],
    ['a forged block beside all signed roots', key, { ...proof, block, roots: signedRoots }],
    [
      'a forged block with no nodes beside all signed roots',
      key,
      { ...proof, block, path: [], roots: signedRoots },
    ],
    [
      'a forged block with forged nodes beside all signed roots',
      key,
      {
        ...proof,
        block,
        path: proof.path.map((node) => ({ ...node, hash: filled(node.index) })),
        roots: signedRoots,
      },
    ],
  ].map(vector)
}

function vector([comment, key, proof]) {
  return { comment, key, proof }
}
