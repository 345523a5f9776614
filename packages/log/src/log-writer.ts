/**
 * The writing side of a log (spec/8-durability §2): persist, then publish. The secret key never
 * enters hypercore: the head is computed and signed here, journalled, and handed over complete.
 */

import { type KeyPair, signAs, sodiumCrypto } from './crypto.js'
import { LogError } from './errors.js'
import { toHex } from './formats/hex.js'
import { flushStorage, hypercoreOf, remoteLengthMax } from './internals/hypercore.js'
import { Journal, type JournalEntry } from './journal.js'
import type { Log } from './log.js'
import { Mutex } from './mutex.js'
import { checkHead, headSignable, type SignedHead, wrapSignature } from './proofs/head.js'
import { type Growth, Roots, type TreeNode } from './proofs/merkle.js'
import { SignedAppend } from './signed-append.js'
import type { Storage } from './storage.js'
import { sameBytes } from './values/value.js'

/** The journal is begun anew once it reaches this size, in bytes; that costs one flush of the storage. */
const JOURNAL_BYTES_MAX = 8 * 1024 * 1024
/** How long an append waits for a peer that announced more of this log than is here, in ms. */
const CATCH_UP_MS = 10_000
/** Pause between two requests while catching up, in ms. */
const CATCH_UP_PAUSE_MS = 20
/** How long the first append waits for a connected peer to say what it has, in ms; most answer with the connection. */
const HEAR_MS = 2000

/** Conditions of an append. */
export interface AppendOptions {
  /**
   * Length of the log that the blocks were made for. Catching up with a peer may have made it longer, and
   * blocks that refer to others by number must not be signed there.
   */
  readonly at?: number
  /** What the blocks make of the tree, where whoever made them has computed it over the log as it is. */
  readonly growth?: Growth
}

/** What whoever opens a log for writing knows of it besides its journal. */
export interface WriterOptions {
  /** A head of the log that was seen elsewhere, as in the index: at least so much was signed. */
  readonly known?: SignedHead | null | undefined
  /** True where it is known that blocks were signed, though none may be here. */
  readonly hasBegun?: boolean
  /** True where somebody states that nobody has more of the log than is here, though its journal is lost. */
  readonly isAlone?: boolean
}

/** Writes one log. One writer at a time may be open for a log. */
export class LogWriter {
  readonly log: Log
  readonly #storage: Storage
  readonly #keyPair: KeyPair
  readonly #journal: Journal
  readonly #mutex = new Mutex()
  readonly #signed: SignedAppend
  #roots: Roots
  /** Length of the log after the last record of the journal. A record follows on the one before it. */
  #journalledLength: number
  /** What the journal holds beyond a gap, until a peer has filled it; else nothing. */
  #beyondGap: readonly JournalEntry[]
  /** Length that this key is known to have signed. */
  #signedLength: number
  #hasAppended = false
  /** True where nothing here tells how much was signed: the log has blocks, its journal is lost. */
  #isUnsure: boolean
  /** False once a peer announced more of this log than it gave, though this session has appended to it. */
  #believesPeers = true

  private constructor(
    log: Log,
    storage: Storage,
    keyPair: KeyPair,
    journal: Journal,
    entries: readonly JournalEntry[],
    known: { readonly signedLength: number; readonly isUnsure: boolean },
  ) {
    this.log = log
    this.#storage = storage
    this.#keyPair = keyPair
    this.#journal = journal
    this.#journalledLength = lengthAfter(entries)
    this.#beyondGap = log.length < this.#journalledLength ? entries : []
    this.#signedLength = known.signedLength
    this.#isUnsure = known.isUnsure
    this.#roots = new Roots(sodiumCrypto)
    this.#signed = new SignedAppend(log, this.#mutex)
  }

  /**
   * Opens a log for writing and finishes what a crash left in its journal.
   *
   * @throws {LogError} `LOG_CONTRADICTS_JOURNAL` where the log holds another history than was signed
   */
  static async open(
    log: Log,
    storage: Storage,
    keyPair: KeyPair,
    { known = null, hasBegun = false, isAlone = false }: WriterOptions = {},
  ): Promise<LogWriter> {
    if (!sameBytes(keyPair.publicKey, log.identity.signer)) {
      throw new LogError(
        'KEY_WRONG',
        `the key pair ${toHex(keyPair.publicKey)} does not own log ${toHex(log.key)}`,
      )
    }
    const { journal, entries } = await Journal.open(
      storage.journalPath(log.key),
      storage.durability === 'batch',
    )
    try {
      await replay(log, entries)
      const seen = known !== null && checkHead(sodiumCrypto, log.identity, known) ? known.length : 0
      const signedLength = Math.max(lengthAfter(entries), log.length, seen)
      const head = entries.length === 0 ? await log.head() : null
      if (head !== null && isAlone) await journal.restart(head)
      return new LogWriter(log, storage, keyPair, journal, entries, {
        signedLength,
        isUnsure: entries.length === 0 && (head !== null || hasBegun) && !isAlone,
      })
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /** True where the key has signed more of this log than is here: a peer has to supply the rest. */
  get behind(): boolean {
    return this.log.length < this.#signedLength
  }

  /** True where the journal is lost: before anything is signed, a peer has to say how much it has. */
  get isUnsure(): boolean {
    return this.#isUnsure
  }

  /**
   * Appends blocks in one signed step. When this returns they are on disk and peers may have them;
   * when it throws nothing was signed, except with `STORAGE_FAILED`. Nobody may change the blocks any more.
   *
   * @returns the signed head after the blocks
   * @throws {LogError} `LOG_BEHIND` where peers, or the journal, know more of this log than is here;
   *   `LOG_GREW` where `options.at` is not its length any more; `LOG_UNSURE` where the journal is lost and no peer
   *   says how much it has; `JOURNAL_FAILED`, `JOURNAL_BROKEN` where the disk does not take it; `STORAGE_FAILED` where it
   *   took the journal's record alone: the append is made later, by itself or before the next one
   */
  append(blocks: readonly Uint8Array[], options: AppendOptions = {}): Promise<SignedHead> {
    return this.#mutex.run(() => this.#append(blocks, options))
  }

  /** Fetches what connected peers have of this log beyond the local copy. */
  catchUp(): Promise<void> {
    return this.#mutex.run(() => this.#catchUp())
  }

  /**
   * Begins the journal anew, once everything that it holds is safely in the log's own storage. Where more was signed
   * than is here, the journal is left as it is: it may be all that knows of it.
   */
  async compact(): Promise<void> {
    await this.#mutex.run(async () => {
      await this.#signed.finish()
      if (!this.behind && !this.#isUnsure) await this.#restartJournal()
    })
  }

  async close(): Promise<void> {
    await this.#mutex.run(async () => {
      this.#signed.close()
      await this.#journal.close()
    })
  }

  async #append(blocks: readonly Uint8Array[], { at, growth }: AppendOptions): Promise<SignedHead> {
    const { core, key } = this.log
    await this.#catchUp()
    const start = core.length
    // What peers gave is in no record: it has to be on disk before a record follows on it.
    const followsOn = start === this.#journalledLength
    if (!followsOn || this.#journal.bytes > JOURNAL_BYTES_MAX) await this.#restartJournal()
    if (at !== undefined && at !== start) {
      throw new LogError(
        'LOG_GREW',
        `log ${toHex(key)} has ${start} blocks by now, the append is for ${at}`,
        {
          details: { length: start, at },
        },
      )
    }
    if (this.#roots.length !== start) {
      const { length, roots } = await this.log.roots()
      this.#roots = new Roots(sodiumCrypto, length, roots)
    }
    const { nodes, after: next } = isOf(growth, this.#roots, blocks) ? growth : grow(this.#roots, blocks)
    const treeHash = next.treeHash()
    const signature = signAs(headSignable(sodiumCrypto, key, next.length, treeHash), this.#keyPair)
    const head = Object.freeze({ length: next.length, treeHash, signature })
    await this.#journal.write({ start, blocks, head })
    this.#journalledLength = head.length
    this.#signedLength = head.length // from here on the head may be replayed: nothing else is signed at this length
    await this.#signed.put({ blocks, nodes, head })
    this.#roots = next
    this.#hasAppended = true
    return head
  }

  /** Before an append and not after it, so that a disk that fails here fails nothing that is published. */
  async #restartJournal(): Promise<void> {
    await flushStorage(this.#storage.store)
    const head = await this.log.head()
    if (head === null) return
    await this.#journal.restart(head)
    this.#journalledLength = head.length
  }

  /**
   * Before the first append: a peer that has just connected may know of more than is here, and has not said so yet.
   *
   * @throws {LogError} `LOG_UNSURE`
   */
  async #hearPeers(): Promise<void> {
    const { core } = this.log
    const deadline = performance.now() + (this.#isUnsure ? CATCH_UP_MS : HEAR_MS)
    const isHeard = () =>
      core.peers.every((peer) => peer.remoteSynced) && !(this.#isUnsure && core.peers.length === 0)
    while (!isHeard() && core.closing === null && performance.now() < deadline)
      await this.log.waitForLength(Number.POSITIVE_INFINITY, CATCH_UP_PAUSE_MS)
    if (!this.#isUnsure) return
    if (!core.peers.some((peer) => peer.remoteSynced)) throw unsure(this.log)
    this.#isUnsure = false
  }

  async #catchUp(): Promise<void> {
    const core = hypercoreOf(this.log.core)
    await this.#signed.finish()
    if (!this.#hasAppended) await this.#hearPeers()
    const deadline = performance.now() + CATCH_UP_MS
    const wanted = Math.max(this.#signedLength, this.#believesPeers ? remoteLengthMax(core) : 0)
    while (core.length < wanted && core.peers.length > 0 && performance.now() < deadline) {
      await withTimeout(core.update({ wait: true }), deadline - performance.now())
      // An update that has nothing to ask for returns at once: leave the event loop time to hear from peers.
      await this.log.waitForLength(wanted, CATCH_UP_PAUSE_MS)
      if (this.#beyondGap.length > 0) await replay(this.log, this.#beyondGap)
    }
    if (core.length < wanted) {
      // What a peer announces is not signed. Before the first append it may know what a crash took from here;
      // after it nobody honest has more, and a liar must not stop the log.
      if (this.#hasAppended) this.#believesPeers = false
      throw new LogError(
        'LOG_BEHIND',
        `log ${toHex(this.log.key)} has ${core.length} blocks here, ${wanted} were signed: connect to a peer that has the rest`,
        { details: { length: core.length, signed: wanted } },
      )
    }
    this.#signedLength = core.length
    this.#beyondGap = []
  }
}

/** Length of the log after the last of a journal's records. */
function lengthAfter(entries: readonly JournalEntry[]): number {
  return entries.at(-1)?.head.length ?? 0
}

function isOf(growth: Growth | undefined, roots: Roots, blocks: readonly Uint8Array[]): growth is Growth {
  return growth?.after.length === roots.length + blocks.length && growth.before.equals(roots)
}

function grow(before: Roots, blocks: readonly Uint8Array[]): Growth {
  const after = before.clone()
  const nodes: TreeNode[] = []
  for (const block of blocks) after.append(block, nodes)
  return { before, nodes, after }
}

function unsure(log: Log): LogError {
  return new LogError(
    'LOG_UNSURE',
    `log ${toHex(log.key)} has ${log.length} blocks here and its journal is lost: connect to a peer that has the log, or state that nobody has more of it`,
    { details: { length: log.length } },
  )
}

/** Appends again what the journal holds beyond the log, as far as it follows on it. */
async function replay(log: Log, entries: readonly JournalEntry[]): Promise<void> {
  for (const { start, blocks, head } of entries)
    if (log.length === start && blocks.length > 0) await appendAgain(log, blocks, head)
  const last = entries.at(-1)?.head
  if (last === undefined || log.length < last.length) return
  const here = await treeHashHere(log, last.length)
  if (here !== null && !sameBytes(here, last.treeHash)) throw contradiction(log, last.length)
}

/** Null where this copy does not hold it: what a peer gave of the log may be its head alone. */
async function treeHashHere(log: Log, length: number): Promise<Uint8Array | null> {
  try {
    return await log.treeHashAt(length, { wait: false })
  } catch (error) {
    if (error instanceof LogError && error.code === 'BLOCK_MISSING') return null
    throw error
  }
}

/** hypercore checks the signature against the tree that the blocks give: over another history it is refused. */
async function appendAgain(log: Log, blocks: readonly Uint8Array[], head: SignedHead): Promise<void> {
  try {
    await appendSigned(log, blocks, head.signature)
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'INVALID_SIGNATURE')
      throw contradiction(log, head.length, cause)
    throw cause
  }
}

function contradiction(log: Log, length: number, cause?: unknown): LogError {
  return new LogError(
    'LOG_CONTRADICTS_JOURNAL',
    `log ${toHex(log.key)} holds another history than its owner signed: restore the whole folder from one backup`,
    { cause, details: { length } },
  )
}

async function appendSigned(log: Log, blocks: readonly Uint8Array[], signature: Uint8Array): Promise<void> {
  const buffers = blocks.map((block) => Buffer.from(block.buffer, block.byteOffset, block.byteLength))
  await hypercoreOf(log.core).append(buffers, { signature: Buffer.from(wrapSignature(signature)) })
}

async function withTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms))
  })
  try {
    await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
