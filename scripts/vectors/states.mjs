// spec/7-proofs §11: what an index holds at a batch end, and what it does not.
import { filled, flipped, text } from './json.mjs'
import { keyPair } from './keys.mjs'
import { proofFile, tamperedHead } from './proof-file.mjs'
import { memoryLog } from './tree.mjs'

const ENGINE = 'v8-11.3'

export default async function states(api) {
  const log = await makeIndex(api)
  const { key, ends } = log
  const prove = (queries, head) => api.proveState(log.source, queries, head === undefined ? {} : { head })
  const shown = async (comment, queries, head) => {
    const proof = await prove(queries, head)
    const { answers, version } = await api.openState(api.sodiumCrypto, key, proof)
    return [comment, key, proof, { version, answers }]
  }
  const proof = await prove([{ path: '/k/017' }])
  return {
    'proof-state': proofFile(api, 'spec/7-proofs §11', {
      valid: [
        await shown('a path with a value', [{ path: '/k/017' }]),
        await shown('a path that was written twice', [{ path: '/k/018' }]),
        await shown('a path that was removed', [{ path: '/k/020' }]),
        await shown('a path that was never written', [{ path: '/k/0170' }]),
        await shown('a path before all others', [{ path: '/!' }]),
        await shown('a path after all others', [{ path: '/zz' }]),
        await shown('a path that another one lies below', [{ path: '/k' }]),
        await shown('the contract', [{ path: '/.sys/contract/source' }]),
        await shown('an older batch end', [{ path: '/k/020' }], log.head(ends[1])),
        await shown('genesis', [{ path: '/k/017' }, { prefix: '/' }], log.head(ends[0])),
        await shown('the root', [{ prefix: '/' }]),
        await shown('a whole listing', [{ prefix: '/k' }]),
        await shown('a listing of nothing', [{ prefix: '/nowhere' }]),
        await shown('a listing below an entry', [{ prefix: '/k/030' }]),
        await shown('the first page', [{ prefix: '/k', options: { limit: 5 } }]),
        await shown('the next page', [{ prefix: '/k', options: { limit: 5, cursor: '004' } }]),
        await shown('a page backwards from a name that is not there', [
          { prefix: '/k', options: { limit: 3, cursor: '020', reverse: true } },
        ]),
        await shown('a page after others', [{ prefix: '/k', options: { offset: 55, limit: 9 } }]),
        await shown('the last children of the root', [{ prefix: '/', options: { reverse: true, limit: 2 } }]),
        await shown('no child at all', [{ prefix: '/k', options: { limit: 0 } }]),
        await shown('several queries', [
          { path: '/k/017' },
          { path: '/nowhere' },
          { prefix: '/k/030' },
          { path: '/k/017' },
        ]),
      ],
      invalid: [
        ...tamperedHead(api, key, proof.index, proof.index).map(([comment, of, { identity, head }]) => [
          comment,
          of,
          { ...proof, index: { ...proof.index, identity, head } },
        ]),
        ...(await tampered(api, log, proof, prove)),
      ],
      sample: proof,
    }),
  }
}

async function tampered(api, log, proof, prove) {
  const { key, ends } = log
  const { index } = proof
  const seqs = index.blocks.map(({ seq }) => seq)
  const over = async (wanted, head = log.head(ends.at(-1))) => ({
    ...proof,
    index: await api.proveBlocks(log.source, wanted, { head }),
  })
  const unused = seqs.find((seq, n) => seqs[n + 1] !== seq + 1) + 1
  const page = await prove([{ prefix: '/k', options: { limit: 5 } }])
  const inside = ends.at(-1) - 2
  const upToInside = Array.from({ length: inside }, (_, seq) => seq)
  return [
    ['no queries', key, { ...proof, queries: [] }],
    ['257 queries', key, { ...proof, queries: Array(257).fill(proof.queries[0]) }],
    ['another path, whose blocks are not there', key, { ...proof, queries: [{ path: '/k/050' }] }],
    [
      'one query more, whose blocks are not there',
      key,
      { ...proof, queries: [...proof.queries, { prefix: '/k' }] },
    ],
    ['a page as the whole', key, { ...page, queries: [{ prefix: '/k' }] }],
    ['a page as a shorter one', key, { ...page, queries: [{ prefix: '/k', options: { limit: 2 } }] }],
    [
      'a page as one backwards',
      key,
      { ...page, queries: [{ prefix: '/k', options: { limit: 5, reverse: true } }] },
    ],
    ['a block missing', key, await over(seqs.slice(1))],
    ['the batch record missing', key, await over(seqs.slice(0, -1))],
    ['a block that nothing reads', key, await over([...seqs, unused])],
    ['a head inside a batch', key, await over(upToInside, log.head(inside))],
    ['a head inside a batch, with the blocks that answer', key, await over([inside - 1], log.head(inside))],
    [
      'a forged block',
      key,
      {
        ...proof,
        index: {
          ...index,
          blocks: index.blocks.with(0, { ...index.blocks[0], block: flipped(index.blocks[0].block) }),
        },
      },
    ],
    ['the log of somebody that is no index', ...(await noIndex(api))],
  ]
}

/** Blocks that their owner signed and that hold no tree. */
async function noIndex(api) {
  const blocks = [text('one'), text('two')]
  const log = memoryLog(api, blocks)
  const index = await api.proveBlocks(log.source, [1])
  return [log.key, { kind: 'state', index, queries: [{ path: '/a' }] }]
}

/** Genesis, then batches that put, overwrite and remove; every one closed by its record. */
async function makeIndex(api) {
  const owner = keyPair(1)
  const content = {
    source: 'export const apply = { PUT (tx, op) { tx.put(op.key, op.value) } }\n',
    founders: [keyPair(2).publicKey],
    rules: api.encodeRules(api.CURRENT_RULES),
    nonce: filled(4),
  }
  const identity = api.indexIdentity(api.sodiumCrypto, owner.publicKey, content)
  const key = api.logKey(api.sodiumCrypto, identity)
  const writer = await api.IndexWriter.open(null)
  const genesis = { ...content, indexKey: key, initialState: [], ts: 1000, engine: ENGINE }
  const { blocks: first } = await writer.layOut(api.layOutGenesis(api.sodiumCrypto, genesis))
  const blocks = [...first]
  const ends = [blocks.length]
  for (const [n, changes] of batches(api).entries()) {
    const before = memoryLog(api, blocks, { pair: owner, identity }).head(blocks.length)
    const record = api.encodeBatch({
      number: n + 1,
      prevEnd: before.length,
      prevTreeHash: before.treeHash,
      prevSignature: before.signature,
      lastTs: 2000 + n,
      engine: ENGINE,
      runs: 1,
      blocks: changes.length + 1,
    })
    const laidOut = await writer.layOut([...changes, { path: api.BATCH_PATH, value: record }])
    blocks.push(...laidOut.blocks)
    ends.push(blocks.length)
  }
  return { ...memoryLog(api, blocks, { pair: owner, identity }), ends }
}

function batches(api) {
  const name = (n) => `/k/${String(n).padStart(3, '0')}`
  const put = (path, value) => ({ path, value: api.encodeValue(value) })
  const numbers = Array.from({ length: 60 }, (_, n) => n)
  return [
    numbers.map((n) => put(name((n * 17) % 60), n)),
    [put(name(18), 'again'), put(`${name(30)}/below/a`, 1), put(`${name(30)}/b`, 2), put('/z', null)],
    numbers.filter((n) => n % 5 === 0).map((n) => ({ path: name(n), value: null })),
    [put(name(30), 'back'), put(name(18), { twice: true })],
  ]
}
