// spec/1-identity: manifests, keys and rules; spec/7-proofs §1: heads.
import { filled, flipped, text } from './json.mjs'
import { keyPair, signedHead } from './keys.mjs'

export default function identity(api) {
  return { manifests: manifests(api), rules: rules(api), heads: heads(api) }
}

function manifests(api) {
  const { sodiumCrypto: crypto } = api
  const owner = keyPair(1).publicKey
  const genesis = {
    source: 'export const apply = {}\n',
    founders: [keyPair(2).publicKey, keyPair(3).publicKey],
    rules: api.encodeRules(api.CURRENT_RULES),
    nonce: filled(4),
  }
  const index = api.indexIdentity(crypto, owner, genesis)
  const indexKey = api.logKey(crypto, index)
  const withKey = (comment, identity) => ({
    comment,
    ...identity,
    manifest: api.encodeManifest(crypto, identity),
    key: api.logKey(crypto, identity),
  })
  const database = (comment, content) => {
    const itsIdentity = api.indexIdentity(crypto, owner, content)
    return {
      comment,
      signer: owner,
      ...content,
      userData: itsIdentity.userData,
      key: api.logKey(crypto, itsIdentity),
    }
  }
  return {
    spec: 'spec/1-identity §1, §2, §4',
    logs: [
      withKey('an index log', index),
      withKey('an oplog of that database', api.oplogIdentity(keyPair(2).publicKey, indexKey)),
      withKey('a log with no user data', { signer: owner, userData: new Uint8Array() }),
      withKey('a log with the longest user data', { signer: owner, userData: new Uint8Array(252).fill(7) }),
    ],
    databases: [
      database('two founders', genesis),
      database('the same founders in another order', {
        ...genesis,
        founders: [...genesis.founders].reverse(),
      }),
      database('one founder', { ...genesis, founders: genesis.founders.slice(1) }),
      database('another nonce', { ...genesis, nonce: filled(5) }),
    ],
    oplogs: [2, 3].map((seed) => ({
      comment: `the oplog of key pair ${seed}`,
      signer: keyPair(seed).publicKey,
      indexKey,
      key: api.oplogKey(crypto, keyPair(seed).publicKey, indexKey),
    })),
  }
}

function rules(api) {
  const current = api.CURRENT_RULES
  const encode = api.encodeValue
  return {
    spec: 'spec/1-identity §3',
    valid: [
      { comment: 'the rules of a database created now', rules: current, bytes: api.encodeRules(current) },
      {
        comment: 'rules with initial state',
        rules: { ...current, initialState: filled(6) },
        bytes: api.encodeRules({ ...current, initialState: filled(6) }),
      },
      {
        comment: 'the rules of a database whose contract is a script',
        rules: { ...current, abi: 2 },
        bytes: api.encodeRules({ ...current, abi: 2 }),
      },
    ],
    invalid: [
      ['a protocol of the future', { ...current, protocol: 2 }, 'RULES_UNKNOWN'],
      ['an ABI of the future', { ...current, abi: 3 }, 'RULES_UNKNOWN'],
      ['an index format of the future', { ...current, indexFormat: 2 }, 'RULES_UNKNOWN'],
      ['another parser', { ...current, parser: 'acorn-9.0.0' }, 'RULES_UNKNOWN'],
      ['a field missing', { ...current, abi: undefined }, 'RULES_INVALID'],
      ['a field more', { ...current, extra: 1 }, 'RULES_INVALID'],
      ['a limit missing', { ...current, limits: { fuelMax: 0 } }, 'RULES_INVALID'],
      [
        'a fractional limit',
        { ...current, limits: { ...current.limits, batchOpsMax: 0.5 } },
        'RULES_INVALID',
      ],
      [
        'values deeper than the value format',
        { ...current, limits: { ...current.limits, valueDepthMax: 65 } },
        'RULES_INVALID',
      ],
      [
        'a short hash of the initial state',
        { ...current, initialState: new Uint8Array(31) },
        'RULES_INVALID',
      ],
    ].map(([comment, value, reason]) => ({
      comment,
      bytes: encode(Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))),
      reason,
    })),
  }
}

function heads(api) {
  const { sodiumCrypto: crypto } = api
  const pair = keyPair(2)
  const identity = api.oplogIdentity(pair.publicKey, filled(8))
  const key = api.logKey(crypto, identity)
  const head = signedHead(api, pair, key, 5, filled(9))
  return {
    spec: 'spec/7-proofs §1',
    signed: [
      {
        comment: 'the bytes that are signed, and the container that hypercore stores',
        identity,
        head,
        signable: api.headSignable(crypto, key, head.length, head.treeHash),
        container: api.wrapSignature(head.signature),
      },
    ],
    invalid: [
      ['another length', identity, { ...head, length: 6 }],
      ['no length', identity, { ...head, length: 0 }],
      ['another tree hash', identity, { ...head, treeHash: flipped(head.treeHash) }],
      ['another signature', identity, { ...head, signature: flipped(head.signature) }],
      ['a signature in its container', identity, { ...head, signature: api.wrapSignature(head.signature) }],
      ['another database', api.oplogIdentity(pair.publicKey, filled(10)), head],
      ['another owner', { ...identity, signer: keyPair(3).publicKey }, head],
      ['other user data', { ...identity, userData: text('vitra/oplog/1') }, head],
    ].map(([comment, itsIdentity, itsHead]) => ({ comment, identity: itsIdentity, head: itsHead })),
  }
}
