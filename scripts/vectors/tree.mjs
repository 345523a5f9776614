// A log in memory, every node of its tree made from the blocks, as a source of proofs.
import { filled, text } from './json.mjs'
import { keyPair, signedHead } from './keys.mjs'

/** `{key, identity, pair, blocks, head(length), source}`. */
export function memoryLog(api, blocks, { pair = keyPair(2), identity = null } = {}) {
  const of = identity ?? api.oplogIdentity(pair.publicKey, filled(8))
  const key = api.logKey(api.sodiumCrypto, of)
  const nodes = allNodes(api, blocks)
  const head = (length) => {
    const roots = api.rootIndexes(length).map((index) => nodes.get(index))
    return signedHead(api, pair, key, length, api.treeHash(api.sodiumCrypto, roots))
  }
  const source = {
    identity: of,
    head: async () => head(blocks.length),
    block: async (seq) => blocks[seq],
    nodes: async (indexes) => indexes.map((index) => nodes.get(index)),
  }
  return { key, identity: of, pair, blocks, head, source }
}

/** Blocks that say which they are. */
export function numbered(length) {
  return Array.from({ length }, (_, n) => text(`block ${n}`))
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
