/**
 * The append journal of one log (spec/8-durability §2): every append is on disk here, with the head
 * it leads to, before hypercore learns of it and tells peers. After a crash the same bytes are
 * appended again under the same signature, so that no length is ever signed twice. The file starts
 * with the last signed head of the time it was begun.
 *
 * A record is `u32 length ‖ 8 bytes of hash ‖ JournalRecord`, little-endian. A torn tail is dropped:
 * its append never returned, so nobody was told.
 */
import { writeSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { sodiumCrypto } from './crypto.js'
import { LogError } from './errors.js'
import { decodeCanonical, encodeMessage } from './formats/codec.js'
import { JournalRecord } from './journal.generated.js'
import { taggedHash } from './proofs/crypto.js'
import type { SignedHead } from './proofs/head.js'
import { concat } from './proofs/manifest.js'
import { sameBytes } from './values/value.js'

const VERSION = 1
const CHECK_BYTES = 8
const HEADER_BYTES = 4 + CHECK_BYTES
/** A record up to this size is handed to the system at once, in bytes: a way through another thread takes longer. */
const AT_ONCE_BYTES_MAX = 64 * 1024

/** One append: blocks from `start` on, and the signed head after them. */
export interface JournalEntry {
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  readonly head: SignedHead
}

/** The append journal of one log. */
export class Journal {
  readonly #path: string
  readonly #sync: boolean
  #file: FileHandle
  #bytes: number
  /** What has to be done before anything is written: the end of something that failed. */
  #owed: (() => Promise<void>) | null = null

  private constructor(file: FileHandle, filePath: string, bytes: number, sync: boolean) {
    this.#file = file
    this.#path = filePath
    this.#bytes = bytes
    this.#sync = sync
  }

  /**
   * Opens the journal, creating it where there is none.
   *
   * @param sync false leaves out fdatasync: for throw-away storage only
   * @returns the journal and the entries it holds, oldest first
   */
  static async open(filePath: string, sync: boolean): Promise<{ journal: Journal; entries: JournalEntry[] }> {
    const bytes = await readFile(filePath).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return new Uint8Array()
      throw error
    })
    const { entries, end } = readEntries(bytes)
    const file = await open(filePath, 'a+', 0o600)
    try {
      if (end < bytes.length) await file.truncate(end)
      if (sync) await file.sync()
      if (bytes.length === 0 && sync) await syncFolder(path.dirname(filePath))
    } catch (error) {
      await file.close()
      throw error
    }
    return { journal: new Journal(file, filePath, end, sync), entries }
  }

  /** Size of the file in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Puts an append on disk; when this returns it will survive a power cut.
   *
   * @throws {LogError} `JOURNAL_FAILED`: nothing was signed away, the append may be tried again;
   *   `JOURNAL_BROKEN` where the file could not be put right: that is tried again with the next append
   */
  async write(entry: JournalEntry): Promise<void> {
    await this.#settle()
    const record = encodeEntry(entry)
    try {
      await appendTo(this.#file, record)
      if (this.#sync) await this.#file.datasync()
    } catch (cause) {
      this.#owed = () => this.#takeBack()
      await this.#settle()
      throw new LogError('JOURNAL_FAILED', `the disk did not take the append: ${(cause as Error).message}`, {
        cause,
      })
    }
    this.#bytes += record.length
  }

  /** Ends what could not be ended when it was begun. @throws {LogError} `JOURNAL_BROKEN` */
  async #settle(): Promise<void> {
    if (this.#owed === null) return
    try {
      await this.#owed()
      this.#owed = null
    } catch (cause) {
      throw new LogError(
        'JOURNAL_BROKEN',
        `the journal cannot be put right: ${(cause as Error).message}; nothing is signed before it is: mend the disk, the next append tries again`,
        { cause },
      )
    }
  }

  /** Removes what a failed write left, so that it is never replayed. */
  async #takeBack(): Promise<void> {
    await this.#file.truncate(this.#bytes)
    if (this.#sync) await this.#file.sync()
  }

  /** Starts over with the head last signed; everything before must be safely in the log's own storage. */
  async restart(head: SignedHead): Promise<void> {
    const record = encodeEntry({ start: head.length, blocks: [], head })
    const next = `${this.#path}.next`
    await rm(next, { force: true })
    const file = await open(next, 'a+', 0o600)
    try {
      await file.appendFile(record)
      if (this.#sync) await file.sync()
      await rename(next, this.#path)
    } catch (error) {
      await file.close()
      throw error
    }
    const old = this.#file
    this.#file = file
    this.#bytes = record.length
    // Until the rename is on disk, a power cut would bring the old file back.
    this.#owed = this.#sync ? () => syncFolder(path.dirname(this.#path)) : null
    await old.close()
    await this.#settle()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** What a journal's file holds, without changing it; null where there is none. @throws {LogError} `JOURNAL_VERSION` */
export async function readJournal(
  filePath: string,
): Promise<{ readonly entries: readonly JournalEntry[]; readonly tornBytes: number } | null> {
  try {
    const bytes = await readFile(filePath)
    const { entries, end } = readEntries(bytes)
    return { entries, tornBytes: bytes.length - end }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function encodeEntry(entry: JournalEntry): Uint8Array {
  const { treeHash, signature } = entry.head
  const payload = encodeMessage(JournalRecord, {
    version: VERSION,
    start: entry.start,
    blocks: entry.blocks,
    treeHash,
    signature,
  })
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, payload.length, true)
  return concat(length, check(payload), payload)
}

function readEntries(bytes: Uint8Array): { entries: JournalEntry[]; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: JournalEntry[] = []
  let at = 0
  while (at + HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(at, true)
    const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    if (payload.length < length) break
    if (!sameBytes(check(payload), bytes.subarray(at + 4, at + HEADER_BYTES))) break
    entries.push(decodeEntry(payload))
    at += HEADER_BYTES + length
  }
  return { entries, end: at }
}

function decodeEntry(payload: Uint8Array): JournalEntry {
  const { version, start, blocks, treeHash, signature } = decodeCanonical(
    JournalRecord,
    payload,
    'journal record',
  )
  if (version !== VERSION) {
    throw new LogError(
      'JOURNAL_VERSION',
      `the journal has version ${version}: open it with the version of Vitra that wrote it`,
    )
  }
  return { start, blocks, head: { length: start + blocks.length, treeHash, signature } }
}

function check(payload: Uint8Array): Uint8Array {
  return taggedHash(sodiumCrypto, 'vitra/journal/1', payload).subarray(0, CHECK_BYTES)
}

async function appendTo(file: FileHandle, bytes: Uint8Array): Promise<void> {
  if (bytes.length > AT_ONCE_BYTES_MAX) return file.appendFile(bytes)
  for (let at = 0; at < bytes.length; ) at += writeSync(file.fd, bytes, at)
}

/** Puts a folder's own entries (new and renamed files) on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
