// spec/2-index §2: the first batch, block by block, under its owner's signature.
import { filled } from './json.mjs'
import { keyPair, signedHead } from './keys.mjs'

const TS = 1_700_000_000_000
const ENGINE = 'v8-11.3'

export default async function genesis(api) {
  const source = 'export const apply = { PUT (tx, op) { tx.put(op.key, op.value) } }\n'
  const state = [
    { path: '/b', value: api.encodeValue(2) },
    { path: '/a', value: api.encodeValue({ n: 1 }) },
    { path: '/a/z', value: api.encodeValue('z') },
  ]
  return {
    genesis: {
      spec: 'spec/2-index §2',
      databases: [
        await database(api, 'two founders', { source, founders: [2, 3] }),
        await database(api, 'one founder', { source, founders: [3] }),
        await database(api, 'initial state', { source, founders: [2], state }),
      ],
    },
  }
}

async function database(api, comment, { source, founders, state = [] }) {
  const { sodiumCrypto: crypto } = api
  const owner = keyPair(1)
  const rules = {
    ...api.CURRENT_RULES,
    ...(state.length === 0 ? {} : { initialState: api.initialStateHash(api.sodiumCrypto, state) }),
  }
  const content = {
    source,
    founders: founders.map((seed) => keyPair(seed).publicKey),
    rules: api.encodeRules(rules),
    nonce: filled(4),
  }
  const identity = api.indexIdentity(crypto, owner.publicKey, content)
  const key = api.logKey(crypto, identity)
  const draft = { ...content, indexKey: key, initialState: state, ts: TS, engine: ENGINE }
  const writer = await api.IndexWriter.open(null)
  const { blocks, treeHash } = await writer.layOut(api.layOutGenesis(api.sodiumCrypto, draft))
  return {
    comment,
    signer: owner.publicKey,
    ...content,
    initialState: state,
    ts: TS,
    engine: ENGINE,
    key,
    entries: api.layOutGenesis(api.sodiumCrypto, draft),
    blocks,
    head: signedHead(api, owner, key, blocks.length, treeHash),
  }
}
