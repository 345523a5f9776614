/**
 * The state at a batch end (spec/7-proofs §11): paths with their values or without any, and listings, complete. It is
 * the proof of the index blocks that answer the queries: proving is reading with a recorder, checking is the same
 * reading over the proven blocks.
 */
import { LogError, ValueError } from '../errors.js'
import { BATCH_PATH, type BatchRecord, decodeBatch } from '../formats/batch.js'
import { decodeIndexBlock } from '../formats/index-block.js'
import {
  checkListOptions,
  type KeyRange,
  type ListItem,
  type ListOptions,
  listChildren,
  type OrderedSource,
  type RawEntry,
} from '../values/listing.js'
import { assertPath, assertPrefix, pathToKey } from '../values/path.js'
import { BeeReader, type BlockReader } from './bee-reader.js'
import { type BlocksProof, headOf, openBlocks, proveBlocks } from './blocks.js'
import type { Crypto } from './crypto.js'
import type { ProofSource, ProveOptions } from './source.js'

/** What is asked of a state: the value at a path, or the direct children of a prefix. */
export type StateQuery =
  | { readonly path: string }
  | { readonly prefix: string; readonly options?: ListOptions }

/** What a state proof shows for one query. */
export type StateAnswer =
  | {
      readonly path: string /** Encoded; null where the path is absent. */
      readonly value: Uint8Array | null
    }
  | { readonly prefix: string; readonly options: ListOptions; readonly items: readonly ListItem[] }

/** A proof of what the state holds at a batch end (spec/7-proofs §11). */
export interface StateProof {
  readonly kind: 'state'
  /** Exactly the blocks that answer the queries, the batch record that ends the version among them. */
  readonly index: BlocksProof
  /** From 1 to {@link STATE_QUERIES_MAX}. */
  readonly queries: readonly StateQuery[]
}

/** Most queries of one proof, so that no check takes long. */
export const STATE_QUERIES_MAX = 256

/** Most lookups of one proof: of a path, or of the first or last entry of a range. A long listing is proved in pages. */
export const STATE_LOOKUPS_MAX = 32_768

/** What a state proof shows. */
export interface ProvedState {
  /** Length of the index: the batch end that was read at. */
  readonly version: number
  readonly record: BatchRecord
  /** One for each query, in their order. */
  readonly answers: readonly StateAnswer[]
}

/**
 * Proves answers about the state at the newest version, or at an older one.
 *
 * @throws {LogError} `BLOCK_MISSING`, `NOT_A_BATCH_END` for a head inside a batch, `INDEX_UNREADABLE`
 * @throws {PathError} @throws {ValueError} `LIST_OPTIONS_INVALID`, also for listings that are too long for one proof
 * @example
 * const proof = await proveState(proofSource(index.log), [{ path: '/users/bob' }, { prefix: '/users' }])
 */
export async function proveState(
  source: ProofSource,
  queries: readonly StateQuery[],
  options: ProveOptions = {},
): Promise<StateProof> {
  const head = await headOf(source, options)
  if (queries.length < 1 || queries.length > STATE_QUERIES_MAX)
    throw new ValueError('LIST_OPTIONS_INVALID', `a state proof takes 1 to ${STATE_QUERIES_MAX} queries`)
  const asked = queries.map(normalQuery)
  const used = new Set<number>()
  await readState(
    (seq) => {
      used.add(seq)
      return source.block(seq)
    },
    head.length,
    asked,
  )
  return Object.freeze({
    kind: 'state',
    index: await proveBlocks(source, used, { head }),
    queries: asked,
  })
}

/** What a proof shows of the state of the database `key`, or null where it shows nothing. Never throws. */
export async function openState(
  crypto: Crypto,
  key: Uint8Array,
  proof: StateProof,
): Promise<ProvedState | null> {
  try {
    const { length } = proof.queries
    if (proof.kind !== 'state' || !(length >= 1 && length <= STATE_QUERIES_MAX)) return null
    const blocks = openBlocks(crypto, key, proof.index)
    if (blocks === null) return null
    const used = new Set<number>()
    const read: BlockReader = async (seq) => {
      used.add(seq)
      return blockOf(blocks, seq)
    }
    const state = await readState(read, proof.index.head.length, proof.queries.map(normalQuery))
    return used.size === blocks.size ? state : null
  } catch {
    return null // a block that is not there, a tree that is none, queries that are none
  }
}

/** True where the proof shows what it says of the database `key`. Never throws. */
export async function checkState(crypto: Crypto, key: Uint8Array, proof: StateProof): Promise<boolean> {
  return (await openState(crypto, key, proof)) !== null
}

/** A block of a proof. @throws {LogError} `BLOCK_MISSING` */
export function blockOf(blocks: ReadonlyMap<number, Uint8Array>, seq: number): Uint8Array {
  const block = blocks.get(seq)
  if (block === undefined) throw new LogError('BLOCK_MISSING', `block ${seq} is not in the proof`)
  return block
}

async function readState(
  read: BlockReader,
  version: number,
  queries: readonly StateQuery[],
): Promise<ProvedState> {
  const record = await readBatchEnd(read, version)
  const reader = new BoundedReader(new BeeReader(read, version))
  const answers: StateAnswer[] = []
  for (const query of queries) {
    if ('path' in query) answers.push({ path: query.path, value: await reader.get(pathToKey(query.path)) })
    else {
      const { prefix, options = {} } = query
      answers.push({ prefix, options, items: await listChildren(reader, prefix, options) })
    }
  }
  return Object.freeze({ version, record, answers })
}

/** Ends reads that would keep a checker busy for long. */
class BoundedReader implements OrderedSource {
  readonly #reader: BeeReader
  #left = STATE_LOOKUPS_MAX

  constructor(reader: BeeReader) {
    this.#reader = reader
  }

  get(key: Uint8Array): Promise<Uint8Array | null> {
    this.#count()
    return this.#reader.get(key)
  }

  first(range: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    this.#count()
    return this.#reader.first(range, reverse)
  }

  #count(): void {
    if (this.#left-- > 0) return
    const message = `a state proof takes at most ${STATE_LOOKUPS_MAX} lookups: prove the listing in pages, with limit and cursor`
    throw new ValueError('LIST_OPTIONS_INVALID', message)
  }
}

/**
 * The batch record that ends `version` (spec/2-index 2.7.1).
 *
 * @throws {LogError} `NOT_A_BATCH_END` where the block before is no such record; `FormatError` for one that is broken
 */
export async function readBatchEnd(read: BlockReader, version: number): Promise<BatchRecord> {
  if (version >= 2) {
    const { path, value } = decodeIndexBlock(await read(version - 1))
    if (path === BATCH_PATH && value !== null) return decodeBatch(value)
  }
  throw new LogError('NOT_A_BATCH_END', `version ${version} is not a batch end: no batch record closes it`, {
    details: { version },
  })
}

/** A query with valid paths and without the options that mean nothing. */
export function normalQuery(query: StateQuery): StateQuery {
  if ('path' in query) return Object.freeze({ path: assertPath(query.path) })
  const { reverse, offset, limit, cursor } = checkListOptions(query.options ?? {})
  return Object.freeze({
    prefix: assertPrefix(query.prefix),
    options: Object.freeze({
      ...(reverse ? { reverse } : {}),
      ...(offset === 0 ? {} : { offset }),
      ...(limit === Number.MAX_SAFE_INTEGER ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    }),
  })
}
