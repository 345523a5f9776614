/**
 * Bytes of proofs (spec/7-proofs §4): `{version, kind, body}`, strict. A kind is added by its {@link ProofBody};
 * packages above this one make a codec of their own with the kinds that they know.
 */
import { FormatError } from '../errors.js'
import { decodeCanonical, encodeMessage, expectBytes, expectVersion } from '../formats/codec.js'
import type { BlocksProof } from './blocks.js'
import type { ConsistencyProof } from './consistency.js'
import type { EquivocationProof } from './equivocation.js'
import type { SignedHead } from './head.js'
import type { HeadProof } from './head-proof.js'
import { concat, type LogIdentity } from './manifest.js'
import {
  BlocksBody,
  ConsistencyBody,
  EquivocationBody,
  HeadBody,
  ProofMessage,
  StateBody,
  type StateQueryMessage,
  type StateQueryMessageInput,
} from './proofs.generated.js'
import { ReceiptBody } from './receipt.generated.js'
import type { Receipt } from './receipt.js'
import { normalQuery, type StateProof, type StateQuery } from './state.js'
import type { ProofNode } from './tree-fold.js'

const VERSION = 1
const HASH_BYTES = 32

/** Numbers of the kinds; they never change meaning. */
export const PROOF_KINDS = Object.freeze({
  head: 1,
  blocks: 2,
  consistency: 3,
  state: 4,
  equivocation: 5,
  receipt: 6,
  fraud: 7,
})

/** Names of the kinds. */
export type ProofKind = keyof typeof PROOF_KINDS

/** How proofs of one kind become bytes. */
export interface ProofBody<P> {
  /** Bytes of the body alone. */
  encode(proof: P): Uint8Array
  /** @throws {FormatError} `FORMAT_INVALID` */
  decode(body: Uint8Array): P
}

/** The kinds of a codec. */
export type ProofBodies<P extends { readonly kind: ProofKind }> = {
  readonly [K in P['kind']]: ProofBody<Extract<P, { readonly kind: K }>>
}

/** Proofs to bytes and back. */
export interface ProofCodec<P> {
  /** Bytes of a whole proof. @throws {FormatError} `TYPE_UNKNOWN` for a kind that is not among those given */
  encode(proof: P): Uint8Array
  /** @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN` for a kind that is not known */
  decode(bytes: Uint8Array): P
}

/**
 * A codec for some kinds of proofs.
 *
 * @example
 * const codec = proofCodec<Proof | MyProof>({ ...PROOF_BODIES, fraud: myBody })
 */
export function proofCodec<P extends { readonly kind: ProofKind }>(bodies: ProofBodies<P>): ProofCodec<P> {
  const all = new Map(Object.entries(bodies)) as Map<unknown, ProofBody<P>>
  return Object.freeze({
    encode(proof: P): Uint8Array {
      const body = all.get(proof.kind)
      if (body === undefined) throw unknownKind(proof.kind)
      return encodeMessage(ProofMessage, {
        version: VERSION,
        kind: PROOF_KINDS[proof.kind],
        body: body.encode(proof),
      })
    },
    decode(bytes: Uint8Array): P {
      const { version, kind, body } = decodeCanonical(ProofMessage, bytes, 'proof')
      expectVersion(version, VERSION, 'proof')
      const found = all.get(KIND_NAMES.get(kind))
      if (found === undefined) throw unknownKind(kind)
      return found.decode(body)
    },
  })
}

const KIND_NAMES = new Map<number, string>(Object.entries(PROOF_KINDS).map(([name, kind]) => [kind, name]))

function unknownKind(kind: unknown): FormatError {
  return new FormatError(
    'TYPE_UNKNOWN',
    `proof: kind ${kind} is not known here, use a newer version of Vitra`,
    {
      details: { kind },
    },
  )
}

/** Kind 1. */
export const headBody: ProofBody<HeadProof> = {
  encode: ({ identity, head }) => encodeMessage(HeadBody, { identity, head }),
  decode(body) {
    const { identity, head } = decodeCanonical(HeadBody, body, 'head proof')
    return Object.freeze({ kind: 'head', identity: readIdentity(identity), head: readHead(head) })
  },
}

/** Kind 2. */
export const blocksBody: ProofBody<BlocksProof> = {
  encode: (proof) => encodeMessage(BlocksBody, blocksMessage(proof)),
  decode: (body) => readBlocks(decodeCanonical(BlocksBody, body, 'blocks proof')),
}

/** A proof of blocks as a message, by itself or inside of another. */
export function blocksMessage({ identity, head, blocks, nodes }: BlocksProof): BlocksBody {
  return { identity, head, blocks, ...packNodes(nodes) }
}

/** A proof of blocks of a message. @throws {FormatError} `FORMAT_INVALID` */
export function readBlocks({ identity, head, blocks, hashes, sizes }: BlocksBody): BlocksProof {
  return Object.freeze({
    kind: 'blocks',
    identity: readIdentity(identity),
    head: readHead(head),
    blocks,
    nodes: unpackNodes(hashes, sizes),
  })
}

/** Kind 3. */
export const consistencyBody: ProofBody<ConsistencyProof> = {
  encode: ({ identity, from, to, nodes }) =>
    encodeMessage(ConsistencyBody, { identity, from, to, ...packNodes(nodes) }),
  decode(body) {
    const message = decodeCanonical(ConsistencyBody, body, 'consistency proof')
    return Object.freeze({
      kind: 'consistency',
      identity: readIdentity(message.identity),
      from: readHead(message.from),
      to: readHead(message.to),
      nodes: unpackNodes(message.hashes, message.sizes),
    })
  },
}

/** Kind 4. */
export const stateBody: ProofBody<StateProof> = {
  encode: ({ index, queries }) =>
    encodeMessage(StateBody, { index: blocksMessage(index), queries: queries.map(queryMessage) }),
  decode(body) {
    const { index, queries } = decodeCanonical(StateBody, body, 'state proof')
    return Object.freeze({ kind: 'state', index: readBlocks(index), queries: queries.map(readQuery) })
  },
}

function queryMessage(query: StateQuery): StateQueryMessageInput {
  const normal = normalQuery(query)
  if ('path' in normal) return { path: normal.path }
  return { list: { prefix: normal.prefix, ...normal.options } }
}

function readQuery({ path, list }: StateQueryMessage): StateQuery {
  if ((path === null) === (list === null))
    throw new FormatError('FORMAT_INVALID', 'state proof: a query asks for a path or for a listing')
  try {
    if (list === null) return normalQuery({ path: path! })
    const { prefix, ...options } = list
    const given = Object.entries(options).filter(([, value]) => value !== null)
    const query = normalQuery({ prefix, options: Object.fromEntries(given) })
    if ('options' in query && Object.keys(query.options!).length === given.length) return query
  } catch (cause) {
    throw new FormatError('FORMAT_INVALID', 'state proof: a query is not one', { cause })
  }
  throw new FormatError('FORMAT_INVALID', 'state proof: a query has an option that means nothing')
}

/** Kind 5. */
export const equivocationBody: ProofBody<EquivocationProof> = {
  encode: ({ identity, first, second, fork, block, nodes }) =>
    encodeMessage(EquivocationBody, { identity, first, second, fork, block, ...packNodes(nodes) }),
  decode(body) {
    const message = decodeCanonical(EquivocationBody, body, 'equivocation proof')
    const { second, fork, block } = message
    if ((second === null) !== (fork !== null))
      throw new FormatError(
        'FORMAT_INVALID',
        'equivocation proof: it has a second head or a fork, one of both',
      )
    return Object.freeze({
      kind: 'equivocation',
      identity: readIdentity(message.identity),
      first: readHead(message.first),
      ...(second === null ? {} : { second: readHead(second) }),
      ...(fork === null ? {} : { fork }),
      ...(block === null ? {} : { block }),
      nodes: unpackNodes(message.hashes, message.sizes),
    })
  },
}

/** Kind 6. */
export const receiptBody: ProofBody<Receipt> = {
  encode: ({ index, signer, ops }) =>
    encodeMessage(ReceiptBody, {
      index: blocksBody.encode(index),
      signer,
      seq: ops[0]?.blocks[0]?.seq ?? 0,
      ops: ops.map(({ blocks, nodes }) => ({
        blocks: blocks.map(({ block }) => block),
        ...packNodes(nodes),
      })),
    }),
  decode(body) {
    const message = decodeCanonical(ReceiptBody, body, 'receipt')
    let { seq } = message
    const ops = message.ops.map(({ blocks, hashes, sizes }) =>
      Object.freeze({
        blocks: blocks.map((block) => ({ seq: seq++, block })),
        nodes: unpackNodes(hashes, sizes),
      }),
    )
    const index = blocksBody.decode(message.index)
    return Object.freeze({ kind: 'receipt', index, signer: expectBytes(message.signer, 32, 'signer'), ops })
  },
}

/** Nodes as a message holds them. */
export function packNodes(nodes: readonly ProofNode[]): { hashes: Uint8Array; sizes: number[] } {
  return { hashes: concat(...nodes.map(({ hash }) => hash)), sizes: nodes.map(({ size }) => size) }
}

/** @throws {FormatError} `FORMAT_INVALID` where there is not one hash for each size */
export function unpackNodes(hashes: Uint8Array, sizes: readonly number[]): ProofNode[] {
  expectBytes(hashes, HASH_BYTES * sizes.length, `hashes of ${sizes.length} nodes`)
  return sizes.map((size, n) => ({ size, hash: hashes.slice(HASH_BYTES * n, HASH_BYTES * (n + 1)) }))
}

/** A head of a message. @throws {FormatError} `FORMAT_INVALID` */
export function readHead({ length, treeHash, signature }: SignedHead): SignedHead {
  expectBytes(treeHash, HASH_BYTES, 'tree hash')
  expectBytes(signature, 64, 'signature')
  return Object.freeze({ length, treeHash, signature })
}

/** An identity of a message. @throws {FormatError} `FORMAT_INVALID` */
export function readIdentity({ signer, userData }: LogIdentity): LogIdentity {
  return Object.freeze({ signer: expectBytes(signer, 32, 'signer'), userData })
}

/** A proof of a kind that this package makes. */
export type Proof = HeadProof | BlocksProof | ConsistencyProof | StateProof | EquivocationProof | Receipt

/** The kinds that this package knows. */
export const PROOF_BODIES: ProofBodies<Proof> = Object.freeze({
  head: headBody,
  blocks: blocksBody,
  consistency: consistencyBody,
  state: stateBody,
  equivocation: equivocationBody,
  receipt: receiptBody,
})

const codec = proofCodec<Proof>(PROOF_BODIES)

/** Canonical bytes of a proof. */
export function encodeProof(proof: Proof): Uint8Array {
  return codec.encode(proof)
}

/**
 * Reads a proof; whether it holds is for its check to say.
 *
 * @throws {FormatError} `FORMAT_INVALID`, `VERSION_UNKNOWN`, `TYPE_UNKNOWN` for a kind that is not known
 */
export function decodeProof(bytes: Uint8Array): Proof {
  return codec.decode(bytes)
}
