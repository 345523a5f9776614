// spec/7-proofs §10: consistency and equivocation proofs, true and forged.
import { filled, flipped, text } from './json.mjs'
import { keyPair } from './keys.mjs'
import { proofFile } from './proof-file.mjs'
import { memoryLog, numbered } from './tree.mjs'

export default async function histories(api) {
  return {
    'proof-consistency': await consistencyVectors(api),
    'proof-equivocation': await equivocationVectors(api),
  }
}

/** The same owner's log, with other blocks from the ninth on. */
function otherHistory(api) {
  return memoryLog(
    api,
    numbered(21).map((block, n) => (n < 8 ? block : text(`other ${n}`))),
  )
}

async function consistencyVectors(api) {
  const log = memoryLog(api, numbered(21))
  const other = otherHistory(api)
  const { key } = log
  const prove = (from, to) => api.proveConsistency(log.source, log.head(from), { head: log.head(to) })
  const proof = await prove(13, 21)
  const { nodes, from, to, identity } = proof
  return proofFile(api, 'spec/7-proofs §10', {
    valid: [
      ['thirteen blocks, then 21', key, proof],
      ['one block, then two', key, await prove(1, 2)],
      ['a length that is one subtree', key, await prove(16, 21)],
      ['a head and itself', key, await prove(13, 13)],
      ['to a length that is one subtree', key, await prove(5, 16)],
      ['another history up to where they part', key, await api.proveConsistency(other.source, log.head(8))],
    ],
    invalid: [
      ['another key', filled(1), proof],
      ['the heads the other way round', key, { ...proof, from: to, to: from }],
      ['a shorter head that is not the one of the nodes', key, { ...proof, from: log.head(12) }],
      ['a longer head that is not the one of the nodes', key, { ...proof, to: log.head(20) }],
      [
        'a bit of the signature of the shorter head',
        key,
        { ...proof, from: { ...from, signature: flipped(from.signature) } },
      ],
      [
        'a bit of the signature of the longer head',
        key,
        { ...proof, to: { ...to, signature: flipped(to.signature) } },
      ],
      ['other user data', key, { ...proof, identity: { ...identity, userData: flipped(identity.userData) } }],
      ['a shorter head of another history', key, await api.proveConsistency(log.source, other.head(13))],
      ['a longer head of another history', key, await api.proveConsistency(other.source, log.head(13))],
      ['nodes of the one history, a head of the other', key, { ...proof, to: other.head(21) }],
      [
        'a bit of a node',
        key,
        { ...proof, nodes: nodes.with(0, { ...nodes[0], hash: flipped(nodes[0].hash) }) },
      ],
      [
        'a bit of the last node',
        key,
        { ...proof, nodes: nodes.with(-1, { ...nodes.at(-1), hash: flipped(nodes.at(-1).hash) }) },
      ],
      [
        'another size of a node',
        key,
        { ...proof, nodes: nodes.with(1, { ...nodes[1], size: nodes[1].size + 1 }) },
      ],
      ['a node missing', key, { ...proof, nodes: nodes.slice(1) }],
      ['a node more', key, { ...proof, nodes: [...nodes, nodes[0]] }],
      ['no nodes', key, { ...proof, nodes: [] }],
      ['sizes beyond 2^53 − 1', key, { ...proof, nodes: nodes.map((node) => ({ ...node, size: 2 ** 52 })) }],
    ],
    sample: proof,
  })
}

async function equivocationVectors(api) {
  const log = memoryLog(api, numbered(21))
  const other = otherHistory(api)
  const { key, identity } = log
  const same = await api.proveEquivocation(log.source, log.head(13), other.head(13))
  const parted = await api.proveEquivocation(other.source, log.head(13), other.head(21))
  const honest = await api.proveEquivocation(log.source, log.head(13), log.head(21))
  const { nodes: cutNodes } = await api.proveConsistency(log.source, log.head(13))
  const cut = { ...honest, block: undefined, nodes: cutNodes }
  const fork = api.proveFork(identity, forkHead(api, log, 5, 2), 2)
  const { nodes } = parted
  return proofFile(api, 'spec/7-proofs §10', {
    valid: [
      ['two heads of one length', key, same],
      ['a longer head that does not extend the shorter', key, parted],
      [
        'the same, the other history the shorter one',
        key,
        await api.proveEquivocation(log.source, log.head(21), other.head(9)),
      ],
      ['a fork', key, fork],
      ['a fork of no blocks', key, api.proveFork(identity, forkHead(api, log, 0, 1), 1)],
    ],
    invalid: [
      ['another key', filled(1), same],
      [
        'two heads of one length in the other order',
        key,
        { ...same, first: same.second, second: same.first },
      ],
      ['a head twice', key, { ...same, second: same.first }],
      ['two heads of one length and a node', key, { ...same, nodes: nodes.slice(0, 1) }],
      ['two heads of one length and a block', key, { ...same, block: parted.block }],
      ['heads of one history', key, honest],
      ['heads of one history, nodes of another', key, { ...honest, nodes }],
      ['heads of one history and no nodes', key, { ...honest, nodes: [] }],
      ['heads of one history, the nodes of a cut and no block', key, cut],
      ['heads of one history, bytes moved across the cut', key, { ...cut, nodes: movedByte(cut.nodes) }],
      [
        'heads of one history, bytes moved from node to node',
        key,
        { ...honest, nodes: movedByte(honest.nodes) },
      ],
      ['heads of one history, a block of another', key, { ...honest, block: parted.block }],
      [
        'heads of one history in the other order',
        key,
        { ...honest, first: honest.second, second: honest.first },
      ],
      [
        'histories up to where they part',
        key,
        await api.proveEquivocation(other.source, log.head(8), other.head(21)),
      ],
      [
        'a bit of a node',
        key,
        { ...parted, nodes: nodes.with(0, { ...nodes[0], hash: flipped(nodes[0].hash) }) },
      ],
      ['a node missing', key, { ...parted, nodes: nodes.slice(1) }],
      ['the block missing', key, { ...parted, block: undefined }],
      ['another block', key, { ...parted, block: flipped(parted.block) }],
      [
        'a bit of a signature',
        key,
        { ...same, second: { ...same.second, signature: flipped(same.second.signature) } },
      ],
      ["a head that is nobody's", key, { ...same, first: { ...same.first, treeHash: filled(0) } }],
      ['a head of another signer', key, { ...same, identity: { ...identity, signer: keyPair(3).publicKey } }],
      ['an honest head as a fork', key, { ...fork, first: log.head(5) }],
      ['a fork of another number', key, { ...fork, fork: 3 }],
      ['fork 0', key, { ...fork, first: log.head(5), fork: 0 }],
      ['a fork and a node', key, { ...fork, nodes: nodes.slice(0, 1) }],
      ['a fork and a block', key, { ...fork, block: parted.block }],
    ],
    sample: parted,
  })
}

/** A byte of the third node counted with the fourth: a parent's hash holds the sum of both. */
function movedByte(nodes) {
  const moved = { ...nodes[2], size: nodes[2].size - 1 }
  return nodes.with(2, moved).with(3, { ...nodes[3], size: nodes[3].size + 1 })
}

function forkHead(api, log, length, fork) {
  const treeHash = length === 0 ? api.treeHash(api.sodiumCrypto, []) : log.head(length).treeHash
  const message = api.headSignable(api.sodiumCrypto, log.key, length, treeHash, fork)
  return { length, treeHash, signature: api.sign(message, log.pair.secretKey) }
}
