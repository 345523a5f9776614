/** spec/vectors: what another implementation has to agree with, checked here against this one. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  assertPath,
  type BatchRecord,
  type Change,
  checkBlocks,
  checkConsistency,
  checkEquivocation,
  checkHead,
  checkHeadProof,
  checkReceipt,
  checkState,
  compareKeys,
  decodeBatch,
  decodeEnvelope,
  decodeProof,
  decodeRules,
  decodeRun,
  decodeValue,
  encodeBatch,
  encodeEcho,
  encodeManifest,
  encodeOp,
  encodeProof,
  encodeRules,
  encodeRun,
  encodeValue,
  headSignable,
  IndexWriter,
  indexIdentity,
  keyToPath,
  type LogIdentity,
  layOutGenesis,
  logKey,
  openState,
  oplogKey,
  type Proof,
  parseRunPath,
  pathToKey,
  proofFromJson,
  proofToJson,
  Roots,
  type Rules,
  type Run,
  readOp,
  runPath,
  type SignedHead,
  type StateAnswer,
  type StateProof,
  sodiumCrypto,
  unwrapSignature,
  wrapSignature,
} from '../src/index.js'
import { refusal } from './helpers.js'

type Vector<T = object> = T & { comment: string }
interface Bad {
  bytes: Uint8Array
  reason: string
}

/** A vector file, its `{"$hex": "…"}` turned into bytes. */
function load<T>(name: string): T {
  const file = new URL(`../../../spec/vectors/${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8'), (_, value) =>
    typeof value?.$hex === 'string' ? new Uint8Array(Buffer.from(value.$hex, 'hex')) : value,
  )
}

function refuses(vectors: Vector<Bad>[], decode: (bytes: Uint8Array) => unknown): void {
  it.each(vectors)('refuses $comment', ({ bytes, reason }) => {
    expect(refusal(() => decode(bytes)).code).toBe(reason)
  })
}

describe('vectors', () => {
  it('are those that the source gives', async () => {
    const script = fileURLToPath(new URL('../../../scripts/vectors.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--check'])
    expect(stdout).toBe('')
  })
})

describe('values', () => {
  const file = load<{ valid: Vector<{ value: unknown; bytes: Uint8Array }>[]; invalid: Vector<Bad>[] }>(
    'values',
  )
  it.each(file.valid)('$comment', ({ value, bytes }) => {
    expect(encodeValue(value)).toEqual(bytes)
    expect(decodeValue(bytes)).toEqual(value)
  })
  it.each(file.invalid)('refuses $comment: $reason', ({ bytes }) => {
    expect(refusal(() => decodeValue(bytes))).toEqual({ name: 'ValueError', code: 'VALUE_BYTES_INVALID' })
  })
})

describe('paths', () => {
  const file = load<{
    valid: Vector<{ path: string; key: Uint8Array }>[]
    invalid: Vector<{ path: string }>[]
    invalidKeys: Vector<{ key: Uint8Array }>[]
    sorted: string[]
  }>('paths')
  it.each(file.valid)('$comment', ({ path, key }) => {
    expect(pathToKey(path)).toEqual(key)
    expect(keyToPath(key)).toBe(path)
  })
  it.each(file.invalid)('refuses $comment: $reason', ({ path }) => {
    expect(refusal(() => assertPath(path)).code).toBe('PATH_INVALID')
  })
  it.each(file.invalidKeys)('refuses a key of $comment: $reason', ({ key }) => {
    expect(refusal(() => keyToPath(key)).code).toBe('PATH_INVALID')
  })
  it('sort by their keys', () => {
    const keys = file.sorted.map(pathToKey)
    expect([...keys].reverse().sort(compareKeys).map(keyToPath)).toEqual(file.sorted)
  })
})

describe('manifests and keys', () => {
  type Database = { signer: Uint8Array; userData: Uint8Array; key: Uint8Array } & Parameters<
    typeof indexIdentity
  >[2]
  const file = load<{
    logs: Vector<LogIdentity & { manifest: Uint8Array; key: Uint8Array }>[]
    databases: Vector<Database>[]
    oplogs: Vector<{ signer: Uint8Array; indexKey: Uint8Array; key: Uint8Array }>[]
  }>('manifests')
  it.each(file.logs)('$comment', ({ manifest, key, ...identity }) => {
    expect(encodeManifest(sodiumCrypto, identity)).toEqual(manifest)
    expect(logKey(sodiumCrypto, identity)).toEqual(key)
  })
  it.each(file.databases)('$comment', ({ signer, userData, key, ...content }) => {
    const identity = indexIdentity(sodiumCrypto, signer, content)
    expect(identity.userData).toEqual(userData)
    expect(logKey(sodiumCrypto, identity)).toEqual(key)
  })
  it.each(file.oplogs)('$comment', ({ signer, indexKey, key }) => {
    expect(oplogKey(sodiumCrypto, signer, indexKey)).toEqual(key)
  })
})

describe('rules', () => {
  const file = load<{ valid: Vector<{ rules: Rules; bytes: Uint8Array }>[]; invalid: Vector<Bad>[] }>('rules')
  it.each(file.valid)('$comment', ({ rules, bytes }) => {
    expect(encodeRules(rules)).toEqual(bytes)
    expect(decodeRules(bytes)).toEqual(rules)
  })
  refuses(file.invalid, decodeRules)
})

describe('heads', () => {
  const file = load<{
    signed: Vector<{ identity: LogIdentity; head: SignedHead; signable: Uint8Array; container: Uint8Array }>[]
    invalid: Vector<{ identity: LogIdentity; head: SignedHead }>[]
  }>('heads')
  it.each(file.signed)('$comment', ({ identity, head, signable, container }) => {
    const key = logKey(sodiumCrypto, identity)
    expect(headSignable(sodiumCrypto, key, head.length, head.treeHash)).toEqual(signable)
    expect(checkHead(sodiumCrypto, identity, head)).toBe(true)
    expect(wrapSignature(head.signature)).toEqual(container)
    expect(unwrapSignature(container)).toEqual(head.signature)
  })
  it.each(file.invalid)('refuses $comment', ({ identity, head }) => {
    expect(checkHead(sodiumCrypto, identity, head)).toBe(false)
  })
})

describe('oplog blocks', () => {
  const file = load<{
    ops: Vector<{ value: unknown; bytes: Uint8Array }>[]
    echoes: Vector<{ length: number; treeHash: Uint8Array; bytes: Uint8Array }>[]
    invalid: Vector<Bad>[]
  }>('envelopes')
  it.each(file.ops)('$comment', ({ value, bytes }) => {
    expect(encodeOp(value)).toEqual(bytes)
    expect(readOp(bytes)).toEqual(value)
  })
  it.each(file.echoes)('$comment', ({ length, treeHash, bytes }) => {
    expect(encodeEcho(length, treeHash)).toEqual(bytes)
    expect(decodeEnvelope(bytes)).toEqual({ type: 'echo', length, treeHash })
  })
  refuses(file.invalid, decodeEnvelope)
})

describe('runs', () => {
  const file = load<{
    valid: Vector<{ run: Run; bytes: Uint8Array }>[]
    invalid: Vector<Bad>[]
    paths: Vector<{ oplog: Uint8Array; firstSeq: number; path: string }>[]
  }>('runs')
  it.each(file.valid)('$comment', ({ run, bytes }) => {
    expect(encodeRun(run)).toEqual(bytes)
    expect(decodeRun(bytes)).toEqual(run)
  })
  refuses(file.invalid, decodeRun)
  it.each(file.paths)('$comment', ({ path, oplog, firstSeq }) => {
    expect(runPath({ oplog, firstSeq })).toBe(path)
    expect(parseRunPath(path)).toEqual({ oplog, firstSeq })
  })
})

describe('batch records', () => {
  const file = load<{ valid: Vector<{ record: BatchRecord; bytes: Uint8Array }>[]; invalid: Vector<Bad>[] }>(
    'batches',
  )
  it.each(file.valid)('$comment', ({ record, bytes }) => {
    expect(encodeBatch(record)).toEqual(bytes)
    expect(decodeBatch(bytes)).toEqual(record)
  })
  refuses(file.invalid, decodeBatch)
})

describe('genesis', () => {
  type Database = Parameters<typeof layOutGenesis>[1] & {
    signer: Uint8Array
    key: Uint8Array
    entries: Change[]
    blocks: Uint8Array[]
    head: SignedHead
  }
  const file = load<{ databases: Vector<Database>[] }>('genesis')
  it.each(file.databases)('of a database with $comment', async (database) => {
    const { signer, key, entries, blocks, head, source, founders, rules, nonce } = database
    const identity = indexIdentity(sodiumCrypto, signer, { source, founders, rules, nonce })
    expect(logKey(sodiumCrypto, identity)).toEqual(key)
    expect(layOutGenesis(sodiumCrypto, { ...database, indexKey: key })).toEqual(entries)
    const laidOut = await (await IndexWriter.open(null)).layOut(entries)
    expect(laidOut.blocks).toEqual(blocks)
    expect(laidOut.treeHash).toEqual(head.treeHash)
    expect(checkHead(sodiumCrypto, identity, head)).toBe(true)
    expect(decodeBatch(entries.at(-1)!.value!).blocks).toBe(blocks.length)
  })
})

describe('tree hashes', () => {
  const file = load<{ hashes: Vector<{ blocks: Uint8Array[]; treeHash: Uint8Array }>[] }>('trees')
  it.each(file.hashes)('of $comment', ({ blocks, treeHash }) => {
    const roots = new Roots(sodiumCrypto)
    for (const block of blocks) roots.append(block)
    expect(roots.treeHash()).toEqual(treeHash)
  })
})

interface ProofFile {
  /** `json` is a text, so that its bytes stay as they are written. */
  valid: Vector<{ key: Uint8Array; bytes: Uint8Array; json: string }>[]
  /** Proofs that can be read and show nothing. */
  invalid: Vector<{ key: Uint8Array; bytes: Uint8Array }>[]
  /** Bytes that are no proof. */
  malformed: Vector<Bad>[]
}

const PROOF_CHECKS = {
  'proof-head': (key, proof) => proof.kind === 'head' && checkHeadProof(sodiumCrypto, key, proof),
  'proof-blocks': (key, proof) => proof.kind === 'blocks' && checkBlocks(sodiumCrypto, key, proof),
  'proof-receipt': (key, proof) => proof.kind === 'receipt' && checkReceipt(sodiumCrypto, key, proof),
  'proof-consistency': (key, proof) =>
    proof.kind === 'consistency' && checkConsistency(sodiumCrypto, key, proof),
  'proof-equivocation': (key, proof) =>
    proof.kind === 'equivocation' && checkEquivocation(sodiumCrypto, key, proof),
  'proof-state': async (key, proof) => proof.kind === 'state' && checkState(sodiumCrypto, key, proof),
} satisfies Record<string, (key: Uint8Array, proof: Proof) => boolean | Promise<boolean>>

describe.each(Object.entries(PROOF_CHECKS))('%s', (name, check) => {
  const file = load<ProofFile>(name)
  it.each(file.valid)('holds: $comment', async ({ key, bytes, json }) => {
    const proof = decodeProof(bytes)
    expect(await check(key, proof)).toBe(true)
    expect(encodeProof(proof)).toEqual(bytes)
    expect(proofFromJson(JSON.parse(json))).toEqual(proof)
    expect(proofToJson(proof)).toEqual(JSON.parse(json))
  })
  it.each(file.invalid)('does not hold: $comment', async ({ key, bytes }) => {
    expect(await check(key, decodeProof(bytes))).toBe(false)
  })
  refuses(file.malformed, decodeProof)
})

describe('answers of states', () => {
  type Shown = { key: Uint8Array; bytes: Uint8Array; version: number; answers: StateAnswer[] }
  it.each(load<{ valid: Vector<Shown>[] }>('proof-state').valid)('$comment', async (vector) => {
    const state = await openState(sodiumCrypto, vector.key, decodeProof(vector.bytes) as StateProof)
    expect(state?.version).toBe(vector.version)
    expect(state?.answers).toEqual(vector.answers)
  })
})
