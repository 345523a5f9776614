// Databases in memory, published block by block: honestly, or with a lie at one place.
import { filled } from '../json.mjs'
import { keyPair } from '../keys.mjs'
import { memoryLog } from '../tree.mjs'

export const TS = 1_700_000_000_000
export const ENGINE = 'v8-11.3'
/** As an engine may be called, and none is. */
export const UNKNOWN_ENGINE = 'v8-99999.0'
export const ALICE = keyPair(2)
export const BOB = keyPair(3)
export const CAROL = keyPair(4)

const CONTRACT = `import { index } from 'contract'

export const apply = {
  PUT (tx, op) { tx.put(op.key, op.value); return op.value },
  DEL (tx, op) { tx.del(op.key) },
  async ADD (tx, op) {
    const sum = Number((await index.get('/sum'))?.value ?? 0) + op.by
    tx.put('/sum', sum)
    return sum
  },
  FAIL () { throw new Error('not today') },
  REMOVE (tx, op) { tx.removeOplog({ pubkey: op.pubkey }) },
}
`

/**
 * `{key, oplogs, publish}`: a database that three founders write to.
 *
 * @param ops values, by hex of the signer
 */
export function openDatabase(api, { source = CONTRACT, limits = {}, ops }) {
  const { sodiumCrypto: crypto } = api
  const owner = keyPair(1)
  const rules = { ...api.CURRENT_RULES, limits: { ...api.CURRENT_RULES.limits, ...limits } }
  const founders = [ALICE, BOB, CAROL]
  const content = {
    source,
    founders: founders.map(({ publicKey }) => publicKey),
    rules: api.encodeRules(rules),
    nonce: filled(4),
  }
  const identity = api.indexIdentity(crypto, owner.publicKey, content)
  const key = api.logKey(crypto, identity)
  const genesis = api.layOutGenesis(crypto, {
    ...content,
    indexKey: key,
    initialState: [],
    ts: TS,
    engine: ENGINE,
  })
  const oplogs = new Map(
    [...founders, keyPair(5)].map((pair) => {
      const signer = api.toHex(pair.publicKey)
      const of = { pair, identity: api.oplogIdentity(pair.publicKey, key) }
      return [signer, memoryLog(api, (ops[signer] ?? []).map(api.encodeOp), of)]
    }),
  )
  const openLog = (blocks) => memoryLog(api, blocks, { pair: owner, identity })
  return {
    key,
    oplog: ({ publicKey }) => oplogs.get(api.toHex(publicKey)),
    openOplog: async ({ signer }) => oplogs.get(api.toHex(signer)).source,
    publish: (batches, lie = {}) => publish(api, { genesis, openLog }, batches, lie),
  }
}

/**
 * Lays out genesis and the batches after it. A lie may change what it is given, by the number of the batch: `entries`,
 * the parts that are laid out one by one (`layOut`), and the `blocks` that come out.
 *
 * @returns the log, and of each batch where it ends and where its runs stand
 */
async function publish(api, { genesis, openLog }, batches, lie) {
  const writer = await api.IndexWriter.open(null)
  const blocks = []
  const ends = []
  const runs = []
  const append = async (entries, number) => {
    const told = lie.entries?.(entries, number) ?? entries
    const laidOut = []
    for (const part of lie.layOut?.(told, number) ?? [told])
      laidOut.push(...(await writer.layOut(part)).blocks)
    const first = blocks.length + (number === 0 ? 1 : 0)
    runs.push(told.flatMap(({ path }, n) => (api.parseRunPath(path) === null ? [] : [first + n])))
    blocks.push(...(lie.blocks?.(laidOut, number) ?? laidOut))
    ends.push(blocks.length)
  }
  await append(genesis, 0)
  let runBlocks = new Map()
  for (const [n, batch] of batches.entries()) {
    const number = n + 1
    const prevHead = openLog(blocks).head(blocks.length)
    const lastTs = batch.runs.at(-1)?.executed.at(-1)?.outcome.ts ?? TS
    const draft = { number, prevHead, lastTs, engine: ENGINE, ...batch }
    const laidOut = api.layOutBatch(draft, runBlocks)
    runBlocks = laidOut.runBlocks
    await append(laidOut.changes, number)
  }
  return { index: openLog(blocks), ends, runs }
}
