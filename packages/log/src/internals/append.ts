/**
 * Appends to a log of one's own without the work that hypercore does for those of others. See `hypercore.ts` for what
 * this folder is.
 */
import type Hypercore from 'hypercore'
import type { LogCore } from '../core.js'
import { type SignedHead, wrapSignature } from '../proofs/head.js'
import { sameBytes } from '../values/value.js'
import { hypercoreOf } from './hypercore.js'

interface TreeBatch {
  readonly length: number
  readonly fork: number
  hash(): Uint8Array
}

interface InnerCore {
  readonly verifier: { verify(batch: TreeBatch, signature: Uint8Array): boolean } | null
  readonly header: { readonly hints: { contiguousLength: number } }
}

/** The head that is appended now, by what checks the signatures of its log. */
const expected = new WeakMap<object, SignedHead>()

/**
 * Appends blocks under a head that was just computed from them and signed in this process. Where hypercore comes to the
 * same tree hash it does not check the signature (`core.core.verifier`). That it has all blocks up to the end is not
 * written a second time (`core.core.header.hints`), and not read before (`core.state.storage`).
 */
export async function appendOwn(
  log: LogCore,
  blocks: readonly Uint8Array[],
  head: SignedHead,
): Promise<void> {
  const core = hypercoreOf(log)
  const { verifier, header } = core.core as unknown as InnerCore
  const start = head.length - blocks.length
  const wasWhole = header.hints.contiguousLength === start
  if (verifier !== null) {
    trustExpected(verifier)
    expected.set(verifier, head)
  }
  knowWholePages(core)
  try {
    await core.append(blocks.map(buffer), {
      signature: Buffer.from(wrapSignature(head.signature)),
      postappend: async () => {
        if (wasWhole && header.hints.contiguousLength === start) header.hints.contiguousLength = head.length
      },
    })
  } finally {
    if (verifier !== null) expected.delete(verifier)
  }
}

const trusting = new WeakSet<object>()

/** Has a log's signatures checked as before, except for the head that is appended by its owner. */
function trustExpected(verifier: NonNullable<InnerCore['verifier']>): void {
  if (trusting.has(verifier)) return
  trusting.add(verifier)
  const { verify } = verifier
  verifier.verify = (batch, signature) => {
    const head = expected.get(verifier)
    const isExpected =
      head !== undefined &&
      batch.fork === 0 &&
      batch.length === head.length &&
      sameBytes(batch.hash(), head.treeHash) &&
      sameBytes(signature, wrapSignature(head.signature))
    return isExpected || verify.call(verifier, batch, signature)
  }
}

interface Reads {
  /** What is to be read. */
  readonly read: { readonly _operations?: readonly unknown[] }
  getBitfieldPage(page: number): Promise<Uint8Array | null>
  tryFlush(): void
  destroy(): void
}

interface InnerStorage {
  read(): Reads
}

const PAGE_BYTES = 4096
const knowing = new WeakSet<object>()

/**
 * Before an append hypercore reads which blocks it has, from a page of the bits. Of a log that is all here they are
 * known, and the way to the disk is spared. Where nothing else is asked for, nothing is read.
 */
function knowWholePages(core: Hypercore): void {
  const { storage } = core.state as unknown as { storage: InnerStorage }
  if (knowing.has(storage)) return
  knowing.add(storage)
  const { read } = storage
  storage.read = () => {
    const reads = read.call(storage)
    const { getBitfieldPage, tryFlush } = reads
    reads.getBitfieldPage = (page) => {
      const { header } = core.core as unknown as InnerCore
      const { length } = core.state as unknown as { length: number }
      if (header.hints.contiguousLength !== length) return getBitfieldPage.call(reads, page)
      return Promise.resolve(wholePage(page, length))
    }
    reads.tryFlush = () => (reads.read._operations?.length === 0 ? reads.destroy() : tryFlush.call(reads))
    return reads
  }
}

/** A page of the bits of a log that has all of its blocks: the lowest bit of a byte is that of the first block. */
function wholePage(page: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(PAGE_BYTES)
  const bits = Math.min(Math.max(0, length - page * PAGE_BYTES * 8), PAGE_BYTES * 8)
  bytes.fill(0xff, 0, bits >> 3)
  if (bits % 8 > 0) bytes[bits >> 3] = (1 << (bits % 8)) - 1
  return bytes
}

function buffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
