/** spec/8-durability §2: persist, then sign and publish; nothing is signed twice. */
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  Journal,
  type JournalEntry,
  LogWriter,
  newKeyPair,
  randomBytes,
  type SignedHead,
  sameBytes,
} from '../src/index.js'
import { hypercoreOf } from '../src/internals/hypercore.js'
import {
  backUp,
  connect,
  createLog,
  createReplica,
  fileHandlePrototype,
  pause,
  restore,
  temporaryFolder,
  text,
  until,
} from './helpers.js'
import { create, KEYS, load, losePower, newFolder } from './writer-folders.js'

/** What is in the journal at this moment, read from its file. */
async function journalled(file: string): Promise<JournalEntry[]> {
  const copy = `${await temporaryFolder()}/journal`
  await writeFile(copy, await readFile(file))
  const { journal, entries } = await Journal.open(copy, false)
  await journal.close()
  return entries
}

afterEach(() => {
  vi.restoreAllMocks()
})

/** A log of ten signed blocks came back with the first alone; its journal knows of all of them. */
async function signTen(folder: string): Promise<void> {
  const opened = await create(folder)
  await opened.writer.append([text('a')])
  const old = await backUp(folder)
  for (let n = 0; n < 9; n++) await opened.writer.append([new Uint8Array(1024 * 1024).fill(n)])
  await opened.close()
  await restore(old, folder, 'logs')
}

describe('log writer', () => {
  it('returns the head that the log then has', async () => {
    const { log, writer } = await createLog()
    expect(await log.head()).toBe(null)
    for (let n = 1; n < 20; n++) {
      const head = await writer.append(Array.from({ length: n % 4 || 1 }, (_, i) => text(`${n}/${i}`)))
      expect(await log.head()).toEqual(head)
      expect(await log.treeHashAt(head.length)).toEqual(head.treeHash)
    }
  })

  it('appends concurrent calls one after another, in the order of the calls', async () => {
    const { log, writer } = await createLog()
    const heads = await Promise.all(Array.from({ length: 50 }, (_, n) => writer.append([text(String(n))])))
    expect(heads.map((head) => head.length)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
    for (let n = 0; n < 50; n++) expect(await log.get(n)).toEqual(text(String(n)))
  })

  it('refuses a key pair that does not own the log', async () => {
    const { log, storage } = await createLog()
    await expect(LogWriter.open(log, storage, newKeyPair())).rejects.toMatchObject({ code: 'KEY_WRONG' })
  })

  it('never gives the secret key to the log', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a')])
    expect(hypercoreOf(log.core).writable).toBe(false)
    expect(hypercoreOf(log.core).keyPair?.secretKey ?? null).toBe(null)
  })

  it('has an append in the journal before anybody hears of it', async () => {
    const { log, writer, storage } = await create(await newFolder())
    const seen: number[] = []
    const states: Promise<JournalEntry[]>[] = []
    log.on('append', () => {
      seen.push(log.length)
      states.push(journalled(storage.journalPath(log.key)))
    })
    for (let n = 0; n < 5; n++) await writer.append([text(`block ${n}`)])
    expect(seen).toEqual([1, 2, 3, 4, 5])
    const heard = await Promise.all(states)
    expect(heard.map((entries, n) => entries.some((entry) => entry.head.length === n + 1))).toEqual(
      seen.map(() => true),
    )
  })

  it('shows a head to peers only after it is on disk', async () => {
    const { log, writer, storage } = await create(await newFolder())
    const replica = await createReplica(log.key)
    connect(storage.store, replica.storage.store)
    await writer.append([text('first')])
    await until(() => replica.log.length === 1)

    const prototype = await fileHandlePrototype()
    const datasync = prototype.datasync
    const events: string[] = []
    vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: unknown) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await datasync.call(this as never)
      events.push(`on disk, the replica has ${replica.log.length}`)
    })
    replica.log.on('append', () => events.push(`the replica has ${replica.log.length}`))
    const appended = writer.append([text('second')])
    await until(() => replica.log.length === 2)
    await appended
    expect(events).toEqual(['on disk, the replica has 1', 'the replica has 2'])
  })

  it('signs and publishes nothing that the disk did not take', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const { log, writer } = opened
    const first = await writer.append([text('a')])
    const prototype = await fileHandlePrototype()
    vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(new Error('no space left on device'))
    await expect(writer.append([text('b')])).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
    expect(log.length).toBe(1)
    const second = await writer.append([text('c')])
    expect(second.length).toBe(2)
    await opened.close()
    const again = await load(folder)
    expect(await again.log.head()).toEqual(second)
    expect(await again.log.treeHashAt(1)).toEqual(first.treeHash)
    expect(await again.log.get(1)).toEqual(text('c'))
  })

  it('opens again where it was closed', async () => {
    const folder = await newFolder()
    const first = await create(folder)
    const head = await first.writer.append([text('a'), text('b')])
    await first.close()
    const second = await load(folder)
    expect(await second.log.head()).toEqual(head)
    const next = await second.writer.append([text('c')])
    expect(next.length).toBe(3)
    await second.close()
    const third = await load(folder)
    expect(await third.log.head()).toEqual(next)
  })

  it('repeats the same bytes under the same signature after a power cut', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const replica = await createReplica(opened.log.key)
    const cut = connect(opened.storage.store, replica.storage.store)
    const heads: SignedHead[] = []
    const blocks: Uint8Array[] = []
    for (let n = 0; n < 12; n++) {
      const batch = Array.from({ length: 1 + (n % 3) }, () => randomBytes(50))
      blocks.push(...batch)
      heads.push(await opened.writer.append(batch))
    }
    await until(() => replica.log.length === blocks.length)
    const atPowerCut = await backUp(folder)
    await cut()
    await opened.close()
    await losePower(atPowerCut, folder)

    const { log, writer, storage } = await load(folder)
    expect(log.length).toBe(blocks.length)
    expect(await log.head()).toEqual(heads.at(-1))
    expect(await replica.log.head()).toEqual(heads.at(-1))
    for (const [seq, block] of blocks.entries()) expect(await log.get(seq)).toEqual(block)
    for (const head of heads) expect(await log.treeHashAt(head.length)).toEqual(head.treeHash)
    const conflicts: unknown[] = []
    for (const side of [log, replica.log]) side.on('conflict', (conflict) => conflicts.push(conflict))
    connect(storage.store, replica.storage.store)
    const next = await writer.append([text('after')])
    expect(next.length).toBe(blocks.length + 1)
    await until(() => replica.log.length === next.length)
    expect(await replica.log.get(blocks.length)).toEqual(text('after'))
    expect(conflicts).toEqual([])
  })

  it('finishes an append that a power cut left in the journal alone', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    await opened.writer.append([text('a')])
    const before = await backUp(folder)
    const head = await opened.writer.append([text('b'), text('c')])
    await opened.close()
    await restore(before, folder, 'logs')
    const { log, writer } = await load(folder)
    expect(await log.head()).toEqual(head)
    expect(writer.behind).toBe(false)
  })

  it('takes an append as never made where its journal record is torn', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const head = await opened.writer.append([text('a')])
    const before = await backUp(folder)
    await opened.writer.append([text('b')])
    const file = opened.storage.journalPath(opened.log.key)
    await opened.close()
    await restore(before, folder, 'logs')
    await truncate(file, (await readFile(file)).length - 1)
    const { log, writer } = await load(folder)
    expect(await log.head()).toEqual(head)
    expect((await writer.append([text('c')])).length).toBe(2)
  })

  it('begins the journal anew once it is large, with nothing lost to a power cut right after', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const file = opened.storage.journalPath(opened.log.key)
    let head = await opened.writer.append([text('small')])
    for (let n = 0; n < 9; n++) head = await opened.writer.append([new Uint8Array(1024 * 1024).fill(n)])
    head = await opened.writer.append([text('last')])
    expect((await readFile(file)).length).toBeLessThan(3 * 1024 * 1024)
    const atPowerCut = await backUp(folder)
    await opened.close()
    await losePower(atPowerCut, folder)
    const { log } = await load(folder)
    expect(await log.head()).toEqual(head)
    expect((await log.get(9)).length).toBe(1024 * 1024)
  })

  it('fails before it signs where a journal too large cannot be begun anew', async () => {
    const { log, writer, storage } = await create(await newFolder())
    const large = new Uint8Array(9 * 1024 * 1024)
    await writer.append([large])
    const prototype = await fileHandlePrototype()
    vi.spyOn(prototype, 'sync').mockRejectedValueOnce(new Error('no space left on device'))
    await expect(writer.append([text('b')])).rejects.toThrow('no space')
    expect(log.length).toBe(1)
    const head = await writer.append([text('b')])
    expect(head.length).toBe(2)
    const entries = await journalled(storage.journalPath(log.key))
    expect(entries.map(({ start, blocks }) => [start, blocks.length])).toEqual([
      [1, 0],
      [1, 1],
    ])
  })

  it('knows how far it has signed where the log came back older than the journal', async () => {
    const folder = await newFolder()
    await signTen(folder)
    const { log, writer } = await load(folder)
    expect(log.length).toBe(1)
    expect(writer.behind).toBe(true)
    await expect(writer.append([text('b')])).rejects.toMatchObject({
      code: 'LOG_BEHIND',
      details: { length: 1, signed: 10 },
    })
    expect(log.length).toBe(1)
  })

  it('keeps what the journal alone knows when it is compacted', async () => {
    const folder = await newFolder()
    await signTen(folder)
    const behind = await load(folder)
    await behind.writer.compact()
    await behind.close()
    const { writer } = await load(folder)
    expect(writer.behind).toBe(true)
  })

  it('signs nothing over a log whose journal was lost, before a peer has said what it has', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const replica = await createReplica(opened.log.key)
    const cut = connect(opened.storage.store, replica.storage.store)
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    await opened.writer.append([text('b')])
    await until(() => replica.log.length === 2)
    await replica.log.get(1)
    const head = await replica.log.head()
    await cut()
    const file = opened.storage.journalPath(opened.log.key)
    await opened.close()
    await restore(old, folder, 'logs')
    await rm(file)
    const again = await load(folder)
    expect(again.writer.isUnsure).toBe(true)
    const early = again.writer.append([text('c')])
    connect(again.storage.store, replica.storage.store)
    expect((await early).length).toBe(3)
    expect(await again.log.treeHashAt(2)).toEqual(head!.treeHash)
    expect(again.writer.isUnsure).toBe(false)
  })

  it('refuses to sign over a log whose journal was lost while nobody is there, and goes on where that is stated', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    const head = await opened.writer.append([text('a')])
    const file = opened.storage.journalPath(opened.log.key)
    await opened.close()
    await rm(file)
    const again = await load(folder)
    vi.useFakeTimers({ toFake: ['performance'] })
    const refused = expect(again.writer.append([text('b')])).rejects.toMatchObject({ code: 'LOG_UNSURE' })
    await pause(100) // it waits for a peer now
    vi.advanceTimersByTime(60_000)
    await refused
    vi.useRealTimers()
    expect(again.log.length).toBe(1)
    await again.writer.close()
    const alone = await LogWriter.open(again.log, again.storage, KEYS, { isAlone: true })
    expect(await journalled(file)).toEqual([{ start: 1, blocks: [], head }])
    expect((await alone.append([text('b')])).length).toBe(2)
    await alone.close()
  })

  it('knows from a head seen elsewhere how much was signed, and believes only its own signature', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    const known = await opened.writer.append([text('b')])
    await opened.close()
    await restore(old, folder, 'logs')
    await restore(old, folder, 'journal')
    const { log, storage, writer } = await load(folder)
    await writer.close()
    const told = await LogWriter.open(log, storage, KEYS, { known })
    await expect(told.append([text('c')])).rejects.toMatchObject({ code: 'LOG_BEHIND' })
    await told.close()
    const forged = { ...known, length: 9 }
    const other = await LogWriter.open(log, storage, KEYS, { known: forged })
    expect(other.behind).toBe(false)
    await other.close()
  })

  it('cannot append once it is closed', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a')])
    await writer.close()
    await expect(writer.append([text('b')])).rejects.toThrow()
    expect(log.length).toBe(1)
    expect(sameBytes(await log.get(0), text('a'))).toBe(true)
  })
})
