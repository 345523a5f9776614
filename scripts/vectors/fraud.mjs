// spec/7-proofs §12: fraud proofs of each code, and accusations that show nothing.
import { accuse } from './fraud/accusation.mjs'
import { openDatabase } from './fraud/database.mjs'
import { prosecutor } from './fraud/evidence.mjs'
import { inconclusive, invalid } from './fraud/false.mjs'
import { lies } from './fraud/lies.mjs'
import { excesses, openSmallDatabase } from './fraud/limits.mjs'
import { honestBatches, opsOf } from './fraud/script.mjs'
import { proofFile } from './proof-file.mjs'

export default async function fraud(api) {
  const database = openDatabase(api, { ops: opsOf(api) })
  const honest = honestBatches(api, database)
  const { prove, gather } = prosecutor(api, database, honest)
  const golden = []
  for (const [comment, code, tell, where, takes] of lies(api, database)) {
    const batches = structuredClone(honest)
    const published = await database.publish(batches, tell(batches) ?? {})
    const proof = await prove(published, accuse(published, code, where(published)))
    golden.push({ comment, key: database.key, proof, published, takes })
  }
  const inside = await headInside(database, honest, prove)
  golden.push(inside)
  const { key } = database
  const given = { key, database, honest, golden, gather, reprove: (...what) => reprove(api, ...what) }
  const all = [...golden, ...(await excessive(api)), await noContract(api), await withMore(given)]
  return {
    'proof-fraud': proofFile(api, 'spec/7-proofs §12', {
      valid: all.map((item) => [item.comment, item.key, item.proof, shown(item)]),
      invalid: await invalid(api, given),
      inconclusive: [...(await inconclusive(api, given)), await unknownRules(api)],
      sample: inside.proof,
      breaks: breaks(),
    }),
  }
}

/** Bodies that are none. */
function breaks() {
  return [
    ['a code that nobody knows', (body) => body.with(2, 'j'.charCodeAt(0))],
    ['an index that is empty', (body) => Uint8Array.of(...body.subarray(0, 25), 0x32, 0)],
    ['an op that is empty', (body) => Uint8Array.of(...body, 0x3a, 0)],
    ['the block twice', (body) => Uint8Array.of(...body, 0x20, 5)],
  ]
}

/** Proofs of each form, which are given as JSON too. */
const AS_JSON = [
  'a head inside a batch',
  'another contract than the key commits to',
  'an op that is passed over',
  'another value',
]

/** What a vector says beside its proof. */
function shown({ comment, proof, takes }) {
  const { code, block, seq } = proof.accusation
  return {
    isShort: !AS_JSON.includes(comment),
    code,
    ...(block === undefined ? {} : { block }),
    ...(seq === undefined ? {} : { seq }),
    ...(takes === undefined ? {} : { takes }),
  }
}

function reprove(api, { index }, seqs) {
  return api.proveBlocks(index.source, seqs, { head: index.head(index.blocks.length) })
}

/** What a run of the contract reads is not fixed to the block (7.12.2). */
async function withMore({ golden, reprove: again }) {
  const found = golden.find(({ comment }) => comment === 'another return value')
  const seqs = found.proof.index.blocks.map(({ seq }) => seq)
  const index = await again(found.published, [0, ...seqs])
  const comment = 'another return value, with a block before the batch that is not needed'
  return { ...found, comment, proof: { ...found.proof, index } }
}

async function headInside(database, honest, prove) {
  const published = await database.publish(honest)
  const length = published.ends[2] - 1
  const accusation = accuse(published, 'head-inside-batch', { number: 2, block: length - 1 })
  const proof = await prove(published, accusation, length)
  return { comment: 'a head inside a batch', key: database.key, proof, published }
}

/** Proofs of what is more than the rules allow. */
async function excessive(api) {
  const database = openSmallDatabase(api)
  const { prove } = prosecutor(api, database, [])
  const proofs = []
  for (const [comment, code, batches, { run, seq }] of excesses(api, database)) {
    const published = await database.publish(batches)
    const place = { number: 2, block: published.runs[2][run], seq }
    const proof = await prove(published, accuse(published, code, place))
    proofs.push({ comment, key: database.key, proof })
  }
  return proofs
}

/** A database whose key commits to a source that is no contract. */
async function noContract(api) {
  const database = openDatabase(api, { source: 'this is not a contract', ops: {} })
  const { prove } = prosecutor(api, database, [])
  const published = await database.publish([])
  const proof = await prove(published, accuse(published, 'genesis-invalid', { number: 0 }))
  return { comment: 'a source that is no contract', key: database.key, proof, takes: 'sandbox' }
}

/** A database of another version: what its executor may do is not known. */
async function unknownRules(api) {
  const encodeRules = (rules) => api.encodeValue({ ...rules, limits: { ...rules.limits }, protocol: 2 })
  const database = openDatabase({ ...api, encodeRules }, { ops: {} })
  const { gather } = prosecutor(api, database, [])
  const published = await database.publish([])
  const proof = await gather(published, accuse(published, 'genesis-invalid', { number: 0 }))
  return ['rules of an unknown version', database.key, proof]
}
