// Accusations that show nothing: `[comment, key, proof, {takes}]`.
import { filled, flipped } from '../json.mjs'
import { accuse } from './accusation.mjs'
import { ALICE, BOB, UNKNOWN_ENGINE } from './database.mjs'

/** The proofs that are changed, by what they show. */
const COMMENTS = {
  skipped: 'an op that is passed over',
  record: 'another number of a batch',
  form: 'changes of an op that failed',
  bytes: 'an op that is called undecodable',
  value: 'another return value',
  changes: 'another value',
  genesis: 'another contract than the key commits to',
  head: 'a head inside a batch',
}

/** Proofs that do not hold. */
export async function invalid(api, { key, database, honest, golden, gather, reprove }) {
  const of = pick(golden)
  return [
    ...tampered(key, of.skipped.proof),
    ...(await withMore(api, { key, database, of, reprove })),
    ...(await otherAccusations(key, of, gather)),
    ...(await ofTheHonest({ key, database, honest, gather })),
  ]
}

function pick(golden) {
  return Object.fromEntries(
    Object.entries(COMMENTS).map(([name, comment]) => {
      const found = golden.find((item) => item.comment === comment)
      if (found === undefined) throw new Error(`there is no golden proof of ${comment}`)
      return [name, found]
    }),
  )
}

function tampered(key, proof) {
  const { index } = proof
  const { identity, head, blocks, nodes } = index
  const withIndex = (more) => ({ ...proof, index: { ...index, ...more } })
  return [
    ['another key', filled(1), proof],
    ['other user data', key, withIndex({ identity: { ...identity, userData: flipped(identity.userData) } })],
    ['a bit of the signature', key, withIndex({ head: { ...head, signature: flipped(head.signature) } })],
    ['a bit of the tree hash', key, withIndex({ head: { ...head, treeHash: flipped(head.treeHash) } })],
    [
      'a bit of a block',
      key,
      withIndex({ blocks: blocks.with(0, { ...blocks[0], block: flipped(blocks[0].block) }) }),
    ],
    [
      'a bit of a node',
      key,
      withIndex({ nodes: nodes.with(0, { ...nodes[0], hash: flipped(nodes[0].hash) }) }),
    ],
    ['a node more', key, withIndex({ nodes: [...nodes, nodes[0]] })],
    ['a block left out, its nodes not given', key, withIndex({ blocks: blocks.slice(1) })],
  ]
}

/** True proofs with something beside: a proof has one form. */
async function withMore(api, { key, database, of, reprove }) {
  const { skipped, form, value } = of
  const more = async ({ proof, published }, seq) => {
    const seqs = [...proof.index.blocks.map((block) => block.seq), seq]
    return { ...proof, index: await reprove(published, [...new Set(seqs)]) }
  }
  const alice = database.oplog(ALICE)
  const { head } = value.proof.op
  const twoOps = await api.proveBlocks(alice.source, [1, 2], { head })
  return [
    ['a block that is not needed, before the batch', key, await more(skipped, 0)],
    ['a block that is not needed, of the batch', key, await more(skipped, skipped.published.ends[2] - 2)],
    ['a block that is not needed, after the batch', key, await more(skipped, skipped.published.ends[3] - 1)],
    ['an op where no contract is run', key, { ...form.proof, op: value.proof.op }],
    ['an op where no contract is run, of another accusation', key, { ...skipped.proof, op: value.proof.op }],
    [
      'a run of the contract, with a block of the batch that is not needed',
      key,
      await more(value, value.published.ends[2] - 2),
      { takes: 'sandbox' },
    ],
    ['a run of the contract, with another op', key, { ...value.proof, op: twoOps }, { takes: 'sandbox' }],
  ]
}

/** A true proof, accusing of something else: with the blocks that are then asked for. */
async function otherAccusations(key, of, gather) {
  const { published } = of.skipped
  const { ends, runs } = published
  const { accusation } = of.skipped.proof
  const other = async (comment, more, from = of.skipped) => [
    comment,
    key,
    await gather(from.published, { ...from.proof.accusation, ...more }),
  ]
  const codes = ['op-repeated', 'op-invented', 'not-a-participant', 'time-backwards', 'limit-exceeded']
  const more = ['run-invalid', 'batch-not-cut', 'unprompted-change']
  const { seq, block, ...whole } = accusation
  return [
    ...(await Promise.all(
      [...codes, ...more].map((code) => other(`an op that is passed over, as ${code}`, { code })),
    )),
    [
      ...(await other('an op that is passed over, as wrong-changes', { code: 'wrong-changes' })),
      { takes: 'sandbox' },
    ],
    await other('an op that is passed over, as record-invalid', { code: 'record-invalid', end: 0 }),
    ['two histories, which no blocks show', key, withAccusation(of.skipped.proof, { code: 'log-forked' })],
    await other('a record of another batch', { end: ends[3] }),
    await other('no record', { end: ends[2] - 1 }),
    await other('an end before the start', { end: ends[0] }),
    await other('an end beyond the head', { end: ends[4] + 1 }),
    await other('the batch after it', { start: ends[2], end: ends[3] }),
    await other('the batch before it', { start: ends[0], end: ends[1] }),
    await other('both batches as one', { start: ends[0], end: ends[2] }),
    await other('a start at which no batch ends', { start: ends[1] + 1 }),
    await other('a start after everything', { start: ends[4], end: ends[4] + 1 }),
    await other('another block', { block: runs[2][1] }),
    await other('another op', { seq: seq + 1 }),
    ['no op', key, await gather(published, { ...whole, block })],
    ['neither op nor block', key, await gather(published, whole)],
    await other('a broken record with an end', { end: of.record.published.ends[2] }, of.record),
    await other('a broken record, in another block', { block: 5 }, of.record),
    await other('genesis for another thing', { code: 'record-invalid', block: ends[0] - 1 }, of.genesis),
    await other('genesis, of a later batch', { start: ends[1] }, of.genesis),
    await other(
      'a later op with an impossible change before it',
      { seq: 1, block: of.form.published.runs[2][1] },
      of.form,
    ),
    await other('impossible changes as an outcome', { code: 'wrong-outcome' }, of.form),
    [
      'a wrong outcome, as changes',
      key,
      await gather(of.bytes.published, { ...of.bytes.proof.accusation, code: 'wrong-changes' }),
      { takes: 'sandbox' },
    ],
    [
      'wrong changes, as an outcome',
      key,
      await gather(of.changes.published, { ...of.changes.proof.accusation, code: 'wrong-outcome' }),
      { takes: 'sandbox' },
    ],
  ]
}

function withAccusation(proof, more) {
  return { ...proof, accusation: { ...proof.accusation, ...more } }
}

/** Every code, of an executor that did nothing wrong. */
async function ofTheHonest({ key, database, honest, gather }) {
  const published = await database.publish(honest)
  const { ends, runs } = published
  const first = { number: 2, block: runs[2][0], seq: 2 }
  const last = { number: 2, block: runs[2][1], seq: 1 }
  const record = { number: 2, block: ends[2] - 1 }
  const accused = [
    ['genesis-invalid', { number: 0 }, 'layout'],
    ['record-invalid', record],
    ['run-invalid', { number: 2, block: runs[2][0] }],
    ['run-invalid', first],
    ['head-inside-batch', { number: 4, block: ends[4] - 1 }],
    ['not-a-participant', first],
    ['op-skipped', first],
    ['op-repeated', last],
    ['op-invented', first],
    ['time-backwards', last],
    ['limit-exceeded', first],
    ['batch-not-cut', last],
    ['unprompted-change', { number: 2, block: ends[2] - 2 }],
    ['wrong-outcome', first, 'sandbox'],
    ['wrong-outcome', { ...first, seq: 3 }, 'sandbox'],
    ['wrong-changes', first, 'sandbox'],
    ['wrong-changes', last, 'sandbox'],
    ['non-canonical-index', { number: 2, block: ends[1] }, 'layout'],
  ]
  const made = []
  for (const [code, place, takes] of accused) {
    const where = 'seq' in place ? `, op ${place.seq} at block ${place.block}` : ''
    const proof = await gather(published, accuse(published, code, place))
    made.push([`an honest executor of ${code}${where}`, key, proof, takes === undefined ? {} : { takes }])
  }
  return made
}

/** True evidence that lacks something: it accuses nobody. */
export async function inconclusive(api, { key, database, honest, golden, gather, reprove }) {
  const of = pick(golden)
  const { skipped, bytes } = of
  const lacking = []
  for (const [name, { proof, published }] of Object.entries({ skipped, bytes })) {
    const seqs = proof.index.blocks.map(({ seq }) => seq)
    for (const seq of seqs) {
      const index = await reprove(
        published,
        seqs.filter((other) => other !== seq),
      )
      lacking.push([`${COMMENTS[name]}, without block ${seq}`, key, { ...proof, index }])
    }
  }
  return [
    ...lacking,
    ...(await otherOps(api, { key, database, bytes, value: of.value })),
    await ofUnknownEngine(api, { key, database, honest, gather }),
  ]
}

async function ofUnknownEngine(api, { key, database, honest, gather }) {
  const batches = structuredClone(honest)
  batches[1].engine = UNKNOWN_ENGINE
  batches[1].runs[0].executed[0].outcome.value = api.encodeValue(666)
  const published = await database.publish(batches)
  const place = { number: 2, block: published.runs[2][0], seq: 2 }
  const proof = await gather(published, accuse(published, 'wrong-outcome', place))
  return ['another return value, under an engine that nobody knows', key, proof, { takes: 'sandbox' }]
}

/** The accused op is Alice's third or fourth, under her head of four. */
async function otherOps(api, { key, database, bytes, value }) {
  const alice = database.oplog(ALICE)
  const { seq } = bytes.proof.accusation
  const op = (from, seqs, length) => api.proveBlocks(from.source, seqs, { head: from.head(length) })
  const proof = bytes.proof
  const { head } = proof.op
  return [
    ['no op', key, { kind: 'fraud', accusation: proof.accusation, index: proof.index }],
    ['the op under a later head', key, { ...proof, op: await op(alice, [seq], 6) }],
    ['another op of the participant', key, { ...proof, op: await op(alice, [seq - 1], 4) }],
    ['an op of another participant', key, { ...proof, op: await op(database.oplog(BOB), [seq - 1], 3) }],
    [
      'an op under a head that its participant did not sign',
      key,
      { ...proof, op: { ...proof.op, head: { ...head, signature: flipped(head.signature) } } },
    ],
    ['the op of another accusation', key, { ...value.proof, op: proof.op }],
  ]
}
