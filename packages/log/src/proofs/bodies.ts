/** The bytes of each kind of proof that this package makes, and of all of them (spec/7-proofs §4, §9–§11). */
import { KEY_BYTES } from '../constants.js'
import { FormatError } from '../errors.js'
import { decodeCanonical, encodeMessage, expectBytes } from '../formats/codec.js'
import type { BlocksProof } from './blocks.js'
import { packNodes, readHead, readIdentity, unpackNodes } from './body-parts.js'
import { type ProofBodies, type ProofBody, proofCodec } from './codec.js'
import type { ConsistencyProof } from './consistency.js'
import type { EquivocationProof } from './equivocation.js'
import type { HeadProof } from './head-proof.js'
import {
  BlocksBody,
  ConsistencyBody,
  EquivocationBody,
  HeadBody,
  StateBody,
  type StateQueryMessage,
  type StateQueryMessageInput,
} from './proofs.generated.js'
import { ReceiptBody } from './receipt.generated.js'
import type { Receipt } from './receipt.js'
import { normalQuery, type StateProof, type StateQuery } from './state.js'

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
    return Object.freeze({
      kind: 'receipt',
      index,
      signer: expectBytes(message.signer, KEY_BYTES, 'signer'),
      ops,
    })
  },
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
