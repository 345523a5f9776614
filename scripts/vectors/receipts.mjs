// spec/7-proofs §9: receipts of one op, of several in several runs and batches, of one that failed; and forged ones.
import { filled, flipped } from './json.mjs'
import { keyPair } from './keys.mjs'
import { proofFile } from './proof-file.mjs'
import { memoryLog } from './tree.mjs'

const TS = 1_700_000_000_000
const ENGINE = 'v8-11.3'

export default async function receipts(api) {
  const database = await makeDatabase(api)
  const { key, receipt } = database
  const one = await receipt(0, 1, [0])
  const all = await receipt(0, 6, [0, 1, 2])
  const failed = await receipt(1, 1, [0])
  return {
    'proof-receipt': proofFile(api, 'spec/7-proofs §9', {
      valid: [
        ['an op with two changes and a return value', key, one],
        ['an op that failed', key, failed],
        ['an op that deletes', key, await receipt(2, 1, [0])],
        ['an op without changes', key, await receipt(3, 1, [1])],
        ['all ops of one run', key, await receipt(0, 3, [0])],
        ['ops of two runs in two batches', key, await receipt(2, 2, [0, 1])],
        ['ops of three runs in three batches', key, all],
        ['an op under the newest head', key, await receipt(0, 1, [0], database.length)],
        [
          'an op under a head that ends with its last change',
          key,
          await receipt(5, 1, [2], database.length - 1),
        ],
      ],
      invalid: [...tampered(key, one, all, failed), ...(await forged(api, database, one))],
      sample: one,
    }),
  }
}

/** An index of genesis and three batches, and the oplog of its founder, both in memory. */
async function makeDatabase(api) {
  const { sodiumCrypto: crypto } = api
  const [owner, founder] = [keyPair(1), keyPair(2)]
  const content = {
    source: 'export const apply = { PUT (tx, op) { tx.put(op.key, op.value) } }\n',
    founders: [founder.publicKey],
    rules: api.encodeRules(api.CURRENT_RULES),
    nonce: filled(4),
  }
  const identity = api.indexIdentity(crypto, owner.publicKey, content)
  const key = api.logKey(crypto, identity)
  const ops = Array.from({ length: 6 }, (_, n) => api.encodeOp({ op: 'PUT', key: `/k${n}`, value: n }))
  const oplog = memoryLog(api, ops, { pair: founder, identity: api.oplogIdentity(founder.publicKey, key) })
  const writer = await api.IndexWriter.open(null)
  const blocks = []
  const runs = []
  let index
  let runBlocks = new Map()
  const publish = async (entries) => {
    blocks.push(...(await writer.layOut(entries)).blocks)
    index = memoryLog(api, blocks, { pair: owner, identity })
  }
  const publishRun = async (number, firstSeq, headLength, executed) => {
    const run = { oplog: oplog.key, firstSeq, head: oplog.head(headLength), executed }
    const prevHead = index.head(blocks.length)
    const laidOut = api.layOutBatch(
      { number, prevHead, lastTs: TS + number, engine: ENGINE, runs: [run] },
      runBlocks,
    )
    runBlocks = laidOut.runBlocks
    runs.push(runBlocks.get(api.toHex(oplog.key)))
    await publish(laidOut.changes)
  }
  await publish(
    api.layOutGenesis(crypto, { ...content, indexKey: key, initialState: [], ts: TS, engine: ENGINE }),
  )
  const ok = (changes, value) => ({
    outcome: {
      kind: 'ok',
      ts: TS,
      numChanges: changes.length,
      fuel: 11,
      ...(value === undefined ? {} : { value: api.encodeValue(value) }),
    },
    changes,
  })
  const put = (path, value) => ({ path, value: api.encodeValue(value) })
  const failed = {
    outcome: { kind: 'failed', code: 'contract', message: 'not today', ts: TS, numChanges: 0, fuel: 3 },
    changes: [],
  }
  await publishRun(1, 0, 3, [
    ok([put('/k0', 0), put('/a', { n: 1 })], 7),
    failed,
    ok([{ path: '/k0', value: null }]),
  ])
  const firstEnd = blocks.length
  await publishRun(2, 3, 6, [ok([])])
  await publishRun(3, 4, 6, [ok([put('/k4', 4)]), ok([put('/k5', 5)])])
  const ends = [firstEnd, firstEnd + 2, blocks.length]
  const sources = () => ({ index: index.source, oplog: oplog.source })
  const small = (seq, count, nth, length = ends[nth.at(-1)]) => ({
    oplog: oplog.key,
    seq,
    count,
    runs: nth.map((n) => runs[n]),
    head: index.head(length),
  })
  return {
    key,
    index,
    oplog,
    length: blocks.length,
    sources,
    small,
    receipt: (...what) => api.proveReceipt(sources(), small(...what)),
  }
}

function tampered(key, one, all, failed) {
  const [group] = one.ops
  const [{ seq, block }] = group.blocks
  const { index } = one
  const withOp = (item) => ({ ...one, ops: [{ ...group, blocks: [item] }] })
  const withIndex = (more) => ({ ...one, index: { ...index, ...more } })
  return [
    ['another key', filled(1), one],
    ['another signer', key, { ...one, signer: keyPair(3).publicKey }],
    ['a bit of the op', key, withOp({ seq, block: flipped(block) })],
    ['the next op in its place', key, { ...one, ops: failed.ops }],
    ['another sequence number', key, withOp({ seq: seq + 1, block })],
    ['a bit of a node of the oplog', key, { ...one, ops: [{ ...group, nodes: bent(group.nodes) }] }],
    [
      'a node of the oplog more',
      key,
      { ...one, ops: [{ ...group, nodes: [...group.nodes, ...group.nodes] }] },
    ],
    ['no op', key, { ...one, ops: [] }],
    ['a group without an op', key, { ...one, ops: [group, { blocks: [], nodes: [] }] }],
    ['the op twice', key, { ...one, ops: [group, group] }],
    ['a run left out', key, { ...all, ops: all.ops.slice(0, 2) }],
    ['the first run left out', key, { ...all, ops: all.ops.slice(1) }],
    ['a bit of a change', key, withIndex({ blocks: index.blocks.with(1, bentBlock(index.blocks[1])) })],
    ['a bit of the run', key, withIndex({ blocks: index.blocks.with(0, bentBlock(index.blocks[0])) })],
    ['a bit of a node of the index', key, withIndex({ nodes: bent(index.nodes) })],
    [
      'a bit of the signature',
      key,
      withIndex({ head: { ...index.head, signature: flipped(index.head.signature) } }),
    ],
  ]
}

/** The index proof is true in each of these: it just does not show what a receipt has to. */
async function forged(api, database, one) {
  const { key, sources } = database
  const seqs = one.index.blocks.map(({ seq }) => seq)
  const { head } = one.index
  const prove = async (wanted, under = head) => ({
    ...one,
    index: await api.proveBlocks(sources().index, wanted, { head: under }),
  })
  return [
    ['the last change left out', key, await prove(seqs.filter((_, n) => n !== 2))],
    ['the change of another op beside its own', key, await prove([...seqs, seqs[2] + 1])],
    ['the run left out', key, await prove(seqs.slice(1))],
    ['the batch record beside it', key, await prove([...seqs, head.length - 1])],
    ['no run and no change', key, await prove([head.length - 1])],
  ]
}

function bent(nodes) {
  return nodes.with(0, { ...nodes[0], hash: flipped(nodes[0].hash) })
}

function bentBlock({ seq, block }) {
  return { seq, block: flipped(block) }
}
