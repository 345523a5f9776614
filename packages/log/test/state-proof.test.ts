/** spec/7-proofs §11: what a state holds at a batch end, and what it does not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BATCH_PATH,
  checkState,
  decodeProof,
  encodeProof,
  encodeValue,
  type ListOptions,
  openState,
  proofFromJson,
  proofSource,
  proofToJson,
  proveBlocks,
  proveState,
  type SignedHead,
  STATE_LOOKUPS_MAX,
  STATE_QUERIES_MAX,
  type StateAnswer,
  type StateProof,
  type StateQuery,
  sodiumCrypto,
} from '../src/index.js'
import { nobleCrypto } from '../src/proofs/noble.js'
import { connect, createReplica, filled, fixedKeyPair, refusal, text, until } from './helpers.js'
import { createIndex, executed, run, type TestIndex } from './index-helpers.js'

/** Batches of writes: users, some of them removed again, and a deep branch. */
async function grown(batches = 4): Promise<TestIndex & { heads: SignedHead[] }> {
  const test = await createIndex()
  const heads: SignedHead[] = []
  const note = async () => heads.push((await test.log.head())!)
  await test.publishGenesis()
  await note()
  let seq = 0
  for (let batch = 0; batch < batches; batch++) {
    const ops = Array.from({ length: 6 }, (_, n) =>
      executed(2000 + batch, {
        [`/users/u${batch}${n}`]: { name: `user ${n}` },
        [`/users/u${batch}${n}/mail/a`]: n,
        ...(batch > 0 && n === 0 ? { [`/users/u${batch - 1}1`]: undefined } : {}),
      }),
    )
    await test.publish([run(test.oplogs[0], seq, ...ops)])
    seq += ops.length
    await note()
  }
  return { ...test, heads }
}

const QUERIES: StateQuery[] = [
  { path: '/users/u00' },
  { path: '/users/u01' },
  { path: '/users/u01/mail/a' },
  { path: '/nowhere' },
  { path: '/.sys/batch' },
  { path: '/.sys/contract/source' },
  { prefix: '/' },
  { prefix: '/users', options: { limit: 3 } },
  { prefix: '/users', options: { cursor: 'u02', limit: 4, reverse: true } },
  { prefix: '/users', options: { cursor: 'u02x', offset: 2 } },
  { prefix: '/users/u00' },
  { prefix: '/nowhere' },
  { prefix: '/users', options: { limit: 0 } },
]

/** What the index itself says. */
async function answersOf(
  test: TestIndex,
  version: number,
  queries: readonly StateQuery[],
): Promise<StateAnswer[]> {
  const snapshot = await test.index.at(version)
  const answers: StateAnswer[] = []
  for (const query of queries) {
    if ('path' in query) answers.push({ path: query.path, value: await snapshot.read(query.path) })
    else {
      const { prefix, options = {} } = query
      answers.push({ prefix, options, items: await snapshot.list(prefix, options) })
    }
  }
  return answers
}

describe('state proofs', () => {
  it('show what the index says, at every batch end, by themselves and together', async () => {
    const test = await grown()
    const { key } = test.log
    for (const head of test.heads) {
      const all = await proveState(proofSource(test.log), QUERIES, { head })
      const state = await openState(sodiumCrypto, key, all)
      expect(state?.version).toBe(head.length)
      expect(state?.record).toEqual(await test.index.batchEnd(head.length))
      expect(state?.answers).toEqual(await answersOf(test, head.length, QUERIES))
      for (const query of QUERIES) {
        const proof = await proveState(proofSource(test.log), [query], { head })
        const again = decodeProof(encodeProof(proof)) as StateProof
        expect(proofFromJson(JSON.parse(JSON.stringify(proofToJson(proof))))).toEqual(again)
        expect(encodeProof(again)).toEqual(encodeProof(proof))
        const opened = await openState(sodiumCrypto, key, again)
        expect(opened?.answers).toEqual(await answersOf(test, head.length, [query]))
      }
    }
  })

  it('hold with the crypto of browsers, and after the log has grown', async () => {
    const test = await grown(1)
    const proofs = await Promise.all(
      QUERIES.slice(0, 4).map((query) => proveState(proofSource(test.log), [query])),
    )
    await test.publish([run(test.oplogs[0], 6, executed(3000, { '/users/u00': null, '/nowhere': 1 }))])
    for (const proof of proofs) {
      expect(await checkState(nobleCrypto, test.log.key, proof)).toBe(true)
      expect(await checkState(sodiumCrypto, test.log.key, proof)).toBe(true)
    }
  })

  it('are the same from a sparse copy', async () => {
    const test = await grown(2)
    const replica = await createReplica(test.log.key)
    const cut = connect(test.storage.store, replica.storage.store)
    await until(() => replica.log.length === test.log.length)
    const queries = QUERIES.slice(0, 2)
    const fetched = await proveState(proofSource(replica.log, {}), queries)
    await cut()
    expect(fetched).toEqual(await proveState(proofSource(test.log), queries))
    expect(await proveState(proofSource(replica.log), queries)).toEqual(fetched)
    expect(replica.log.blocks).toBe(fetched.index.blocks.length)
    await expect(proveState(proofSource(replica.log), [{ prefix: '/' }])).rejects.toMatchObject({
      code: 'BLOCK_MISSING',
    })
  })

  it('show nothing of another database', async () => {
    const test = await grown(1)
    const proof = await proveState(proofSource(test.log), QUERIES)
    const other = await createIndex(fixedKeyPair(9))
    expect(await checkState(sodiumCrypto, test.log.key, proof)).toBe(true)
    for (const key of [other.log.key, filled(0), new Uint8Array()])
      expect(await checkState(sodiumCrypto, key, proof)).toBe(false)
  })

  it('are refused inside a batch, where entries seem absent that are there', async () => {
    const test = await createIndex()
    await test.publishGenesis()
    // An executor that signs a head inside a batch: everything below the root of that block is true.
    const { blocks } = await test.layout.layOut([
      { path: '/a', value: encodeValue(1) },
      { path: '/b', value: encodeValue(2) },
    ])
    const head = await test.writer.append(blocks)
    await expect(proveState(proofSource(test.log), [{ path: '/a' }])).rejects.toMatchObject({
      code: 'NOT_A_BATCH_END',
    })
    const seqs = Array.from({ length: head.length }, (_, n) => n)
    const index = await proveBlocks(proofSource(test.log), seqs)
    const forged: StateProof = { kind: 'state', index, queries: [{ path: '/zzz' }] }
    expect(await checkState(sodiumCrypto, test.log.key, forged)).toBe(false)
  })

  it('hold with exactly the blocks that answer, and no others', async () => {
    const test = await grown()
    const { key } = test.log
    const proof = await proveState(proofSource(test.log), [{ prefix: '/users' }])
    const seqs = proof.index.blocks.map(({ seq }) => seq)
    for (const seq of seqs.slice(0, 20)) {
      const index = await proveBlocks(
        proofSource(test.log),
        seqs.filter((item) => item !== seq),
      )
      expect(await checkState(sodiumCrypto, key, { ...proof, index })).toBe(false)
    }
    const unused = seqs.find((seq, n) => seqs[n + 1] !== seq + 1)! + 1
    const index = await proveBlocks(proofSource(test.log), [...seqs, unused])
    expect(await checkState(sodiumCrypto, key, { ...proof, index })).toBe(false)
    // A page cannot be passed off as the whole, nor one prefix as another.
    const page = await proveState(proofSource(test.log), [{ prefix: '/users', options: { limit: 2 } }])
    expect(await checkState(sodiumCrypto, key, { ...page, queries: [{ prefix: '/users' }] })).toBe(false)
    expect(await checkState(sodiumCrypto, key, { ...page, queries: [{ prefix: '/' }] })).toBe(false)
    expect(await checkState(sodiumCrypto, key, { ...page, queries: [] })).toBe(false)
  })

  it('take queries that are queries, and not too many', async () => {
    const test = await grown(1)
    const source = proofSource(test.log)
    const bad: unknown[] = [
      { path: 'users' },
      { path: '/a//b' },
      { prefix: '/a', options: { limit: -1 } },
      { prefix: '/a', options: { cursor: 'a/b' } },
      {},
    ]
    for (const query of bad) await expect(proveState(source, [query as StateQuery])).rejects.toThrow()
    for (const count of [0, STATE_QUERIES_MAX + 1])
      await expect(proveState(source, Array(count).fill({ path: BATCH_PATH }))).rejects.toMatchObject({
        code: 'LIST_OPTIONS_INVALID',
      })
    const most = await proveState(source, Array(STATE_QUERIES_MAX).fill({ path: BATCH_PATH }))
    expect(await checkState(sodiumCrypto, test.log.key, most)).toBe(true)
    const tooMany = { ...most, queries: [...most.queries, { path: BATCH_PATH }] }
    expect(await checkState(sodiumCrypto, test.log.key, tooMany)).toBe(false)
  })

  it('take no more lookups than are soon done', async () => {
    const test = await grown(12)
    const source = proofSource(test.log)
    const listing = { prefix: '/users' }
    const one = await proveState(source, [listing])
    const queries = Array(STATE_QUERIES_MAX).fill(listing)
    const [answer] = (await openState(sodiumCrypto, test.log.key, one))!.answers
    // Two for each child, and one that finds no more.
    const children = answer !== undefined && 'items' in answer ? answer.items.length : 0
    const lookups = 2 * children + 1
    const most = Math.floor(STATE_LOOKUPS_MAX / lookups)
    expect(most).toBeLessThan(STATE_QUERIES_MAX)
    const isProved = (count: number) =>
      checkState(sodiumCrypto, test.log.key, { ...one, queries: queries.slice(0, count) })
    expect([await isProved(most), await isProved(most + 1)]).toEqual([true, false])
    await expect(proveState(source, queries)).rejects.toMatchObject({ code: 'LIST_OPTIONS_INVALID' })
  })

  it('have one encoding, options that mean nothing left out', async () => {
    const test = await grown(1)
    const spelled: ListOptions = { reverse: false, offset: 0, limit: Number.MAX_SAFE_INTEGER }
    const proof = await proveState(proofSource(test.log), [{ prefix: '/users', options: spelled }])
    expect(proof.queries).toEqual([{ prefix: '/users', options: {} }])
    const bytes = encodeProof(proof)
    const at = Buffer.from(bytes).lastIndexOf('/users')
    const query = bytes.subarray(at - 2) // list.prefix, the last bytes of the proof
    expect(query.length).toBe(8)
    const code = (wrong: unknown) => refusal(() => proofFromJson(wrong)).code
    const json = proofToJson(proof) as object
    expect(code({ ...json, queries: [{ prefix: '/users', options: spelled }] })).toBe('FORMAT_INVALID')
    expect(code({ ...json, queries: [{ path: '/a', prefix: '/a', options: {} }] })).toBe('FORMAT_INVALID')
    expect(code({ ...json, queries: [{ path: 'a' }] })).toBe('FORMAT_INVALID')
  })

  it('are refused, not thrown at, in whatever shape they come', async () => {
    const test = await grown(1)
    const proof = await proveState(proofSource(test.log), QUERIES.slice(0, 3))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('kind', 'index', 'queries'), fc.anything(), async (field, value) => {
        const forged = { ...proof, [field]: value } as StateProof
        expect(await checkState(sodiumCrypto, test.log.key, forged)).toBe(false)
      }),
    )
    for (const value of [null, undefined, 1, text('x'), []])
      expect(await checkState(sodiumCrypto, test.log.key, value as unknown as StateProof)).toBe(false)
  })
})
