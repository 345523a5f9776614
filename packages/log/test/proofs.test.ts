/** spec/1-identity, spec/7-proofs: keys, tree hashes and heads, compared with hypercore's own. */
import fc from 'fast-check'
import Hypercore from 'hypercore'
import { describe, expect, it } from 'vitest'
import {
  checkHead,
  concat,
  encodeManifest,
  type GenesisContent,
  headSignable,
  hypercoreNamespace,
  indexIdentity,
  type LogIdentity,
  logKey,
  NAMESPACE_TREE,
  oplogIdentity,
  oplogKey,
  Roots,
  type SignedHead,
  sign,
  sodiumCrypto,
  taggedHash,
  toHex,
  unwrapSignature,
  wrapSignature,
} from '../src/index.js'
import { hypercoreOf } from '../src/internals/hypercore.js'
import { createLog, filled, fixedKeyPair, flipBit, text } from './helpers.js'

const PAIR = fixedKeyPair(1)
const IDENTITY = oplogIdentity(PAIR.publicKey, filled(2))
const KEY = logKey(sodiumCrypto, IDENTITY)

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

function hypercoreKey({ signer, userData }: LogIdentity): Uint8Array {
  return new Uint8Array(
    Hypercore.key({
      version: 2,
      hash: 'blake2b',
      allowPatch: false,
      quorum: 1,
      signers: [{ signature: 'ed25519', publicKey: Buffer.from(signer) }],
      userData: Buffer.from(userData),
    }),
  )
}

function signedHead(length: number, hash: Uint8Array, key = KEY): SignedHead {
  const signature = sign(headSignable(sodiumCrypto, key, length, hash), PAIR.secretKey)
  return { length, treeHash: hash, signature }
}

describe('log keys', () => {
  it('are those of hypercore', () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 252 }), (signer, userData) => {
        expect(toHex(logKey(sodiumCrypto, { signer, userData }))).toBe(
          toHex(hypercoreKey({ signer, userData })),
        )
      }),
    )
  })

  it('take 252 bytes of user data and a signer of 32, no more and no less', () => {
    const longest = { signer: PAIR.publicKey, userData: new Uint8Array(252) }
    expect(logKey(sodiumCrypto, longest)).toEqual(hypercoreKey(longest))
    expect(() => encodeManifest(sodiumCrypto, { ...longest, userData: new Uint8Array(253) })).toThrow(
      RangeError,
    )
    expect(() => encodeManifest(sodiumCrypto, { ...longest, signer: new Uint8Array(31) })).toThrow(RangeError)
  })

  it('of oplogs follow from the signer and the database, both', () => {
    const key = oplogKey(sodiumCrypto, PAIR.publicKey, filled(2))
    expect(key).toEqual(KEY)
    expect(oplogKey(sodiumCrypto, PAIR.publicKey, filled(3))).not.toEqual(key)
    expect(oplogKey(sodiumCrypto, fixedKeyPair(2).publicKey, filled(2))).not.toEqual(key)
    expect(new TextDecoder().decode(IDENTITY.userData.subarray(0, 13))).toBe('vitra/oplog/1')
    expect(IDENTITY.userData.subarray(13)).toEqual(filled(2))
  })

  it('of a database commit to its source, founders, rules and nonce, in no order of founders', () => {
    const genesis: GenesisContent = {
      source: 'export const apply = {}',
      founders: [filled(1), filled(2), filled(3)],
      rules: Uint8Array.of(1, 2, 3),
      nonce: filled(4),
    }
    const key = (content: GenesisContent, signer = PAIR.publicKey) =>
      toHex(logKey(sodiumCrypto, indexIdentity(sodiumCrypto, signer, content)))
    const others = [
      key(genesis, fixedKeyPair(2).publicKey),
      key({ ...genesis, source: `${genesis.source} ` }),
      key({ ...genesis, founders: genesis.founders.slice(1) }),
      key({ ...genesis, founders: [...genesis.founders, filled(5)] }),
      key({ ...genesis, rules: Uint8Array.of(1, 2, 4) }),
      key({ ...genesis, nonce: filled(5) }),
    ]
    expect(new Set([key(genesis), ...others]).size).toBe(others.length + 1)
    expect(key({ ...genesis, founders: [...genesis.founders].reverse() })).toBe(key(genesis))
  })
})

describe('hashes', () => {
  it('are apart for every tag, whatever follows it', () => {
    const hash = (tag: string, ...parts: Uint8Array[]) => toHex(taggedHash(sodiumCrypto, tag, ...parts))
    expect(hash('ab', text('c'))).not.toBe(hash('a', text('bc')))
    expect(hash('a', text('b'), text('c'))).toBe(hash('a', text('bc')))
    expect(taggedHash(sodiumCrypto, 'a', text('b'))).toEqual(sodiumCrypto.hash(Uint8Array.of(1), text('ab')))
  })
})

describe('tree hashes', () => {
  it('are those of hypercore, for logs of 0 to 200 blocks', async () => {
    const { log, writer } = await createLog()
    const roots = new Roots(sodiumCrypto)
    expect(roots.treeHash()).toEqual(new Uint8Array(await hypercoreOf(log.core).treeHash(0)))
    for (let n = 1; n <= 200; n++) {
      const block = new Uint8Array((n * 37) % 50).fill(n)
      const head = await writer.append([block])
      roots.append(block)
      expect(roots.length).toBe(n)
      expect(toHex(roots.treeHash())).toBe(toHex(await hypercoreOf(log.core).treeHash(n)))
      expect(head.treeHash).toEqual(roots.treeHash())
      const onward = new Roots(sodiumCrypto, n, (await log.roots()).roots)
      expect(onward.treeHash()).toEqual(roots.treeHash())
      const copy = roots.clone()
      copy.append(text('elsewhere'))
      expect(roots.length).toBe(n)
    }
  })

  it('differ where blocks are cut differently', () => {
    const hash = (...blocks: string[]) => {
      const roots = new Roots(sodiumCrypto)
      for (const block of blocks) roots.append(text(block))
      return toHex(roots.treeHash())
    }
    const all = [hash(), hash(''), hash('ab'), hash('a', 'b'), hash('', 'ab'), hash('ab', ''), hash('b', 'a')]
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('heads', () => {
  const head = signedHead(5, filled(3))

  it('are signed over the bytes that hypercore signs', async () => {
    const { log, writer } = await createLog()
    const signed = await writer.append([text('a'), text('b')])
    const message = headSignable(sodiumCrypto, log.key, signed.length, signed.treeHash)
    expect(message).toEqual(new Uint8Array(await hypercoreOf(log.core).signable(signed.length, 0)))
    expect(message.slice(0, 32)).toEqual(hypercoreNamespace(sodiumCrypto, NAMESPACE_TREE))
    expect(checkHead(sodiumCrypto, log.identity, signed)).toBe(true)
  })

  it('are believed under the key, length and hash that were signed, and under no other', () => {
    expect(checkHead(sodiumCrypto, IDENTITY, head)).toBe(true)
    const wrong: SignedHead[] = [
      { ...head, length: 6 },
      { ...head, length: 0 },
      { ...head, length: -5 },
      { ...head, length: 5.5 },
      { ...head, length: 2 ** 53 },
      { ...head, treeHash: filled(4) },
      { ...head, treeHash: filled(3).subarray(1) },
      { ...head, signature: wrapSignature(head.signature) },
      { ...head, signature: new Uint8Array(64) },
      { ...head, signature: new Uint8Array() },
    ]
    for (const other of wrong) expect(checkHead(sodiumCrypto, IDENTITY, other)).toBe(false)
    const elsewhere = oplogIdentity(PAIR.publicKey, filled(9))
    expect(checkHead(sodiumCrypto, elsewhere, head)).toBe(false)
    expect(checkHead(sodiumCrypto, { ...IDENTITY, signer: fixedKeyPair(2).publicKey }, head)).toBe(false)
  })

  it('have a signature of which every bit counts', () => {
    for (let bit = 0; bit < 512; bit++) {
      expect(checkHead(sodiumCrypto, IDENTITY, { ...head, signature: flipBit(head.signature, bit) })).toBe(
        false,
      )
    }
  })

  it('travel in the container that hypercore stores', async () => {
    const { log, writer } = await createLog()
    const { signature } = await writer.append([text('a')])
    const proof = await hypercoreOf(log.core).proof({ upgrade: { start: 0, length: 1 } })
    expect(new Uint8Array(proof.upgrade!.signature)).toEqual(wrapSignature(signature))
  })

  it('come out of every container in which hypercore finds them', () => {
    const container = wrapSignature(head.signature)
    const rest = container.subarray(2)
    const others = [
      container,
      concat(Uint8Array.of(2, 0), rest.subarray(0, -1), container.subarray(1)),
      concat(Uint8Array.of(1, 0), head.signature, Uint8Array.of(5, 0)),
      concat(Uint8Array.of(0xfd, 1, 0, 0xfe, 0, 0, 0, 0), rest),
      concat(Uint8Array.of(1, 0xff, 0, 0, 0, 0, 0, 0, 0, 0), rest),
    ]
    for (const other of others) expect(unwrapSignature(other)).toEqual(head.signature)
  })

  it('come out of nothing that is no such container', () => {
    const container = wrapSignature(head.signature)
    const others = [
      new Uint8Array(),
      Uint8Array.of(1),
      container.subarray(0, 65),
      concat(Uint8Array.of(0), container.subarray(1)),
      concat(Uint8Array.of(1, 1), container.subarray(2)),
      Uint8Array.of(0xff, 1),
      concat(Uint8Array.of(1, 0xfd, 1, 0), container.subarray(2)),
    ]
    for (const other of others) expect(unwrapSignature(other)).toBe(null)
  })
})
