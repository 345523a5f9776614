/** spec/8-durability §2: the append journal alone. */
import { fstatSync } from 'node:fs'
import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { Journal, type JournalEntry, sodiumCrypto, taggedHash } from '../src/index.js'
import { fileHandlePrototype, filesBelow, filled, temporaryFolder, text } from './helpers.js'

function entry(start: number, ...blocks: Uint8Array[]): JournalEntry {
  const length = start + blocks.length
  return {
    start,
    blocks,
    head: { length, treeHash: filled(length), signature: new Uint8Array(64).fill(length) },
  }
}

const ENTRIES = [
  entry(0, text('a')),
  entry(1, text('b'), new Uint8Array(), text('c'.repeat(30))),
  entry(4, new Uint8Array(20).fill(9)),
]

/** Too large to be written at once. */
const LARGE = entry(1, new Uint8Array(100_000).fill(7))

async function newFile(): Promise<string> {
  return path.join(await temporaryFolder(), 'test.journal')
}

async function writeAll(file: string, entries: readonly JournalEntry[]): Promise<number[]> {
  const { journal } = await Journal.open(file, true)
  const ends: number[] = []
  for (const item of entries) {
    await journal.write(item)
    ends.push(journal.bytes)
  }
  await journal.close()
  return ends
}

async function readAll(file: string): Promise<JournalEntry[]> {
  const { journal, entries } = await Journal.open(file, false)
  await journal.close()
  return entries
}

describe('journal', () => {
  it('gives back what was written, oldest first', async () => {
    const file = await newFile()
    await writeAll(file, ENTRIES)
    expect(await readAll(file)).toEqual(ENTRIES)
    await writeAll(file, [entry(5, text('z'))])
    expect(await readAll(file)).toEqual([...ENTRIES, entry(5, text('z'))])
  })

  it('has the record format of the specification', async () => {
    const file = await newFile()
    await writeAll(file, [ENTRIES[0]!])
    const bytes = new Uint8Array(await readFile(file))
    const payload = bytes.subarray(12)
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)).toBe(payload.length)
    expect(bytes.slice(4, 12)).toEqual(taggedHash(sodiumCrypto, 'vitra/journal/1', payload).slice(0, 8))
    const expected = [8, 1, 16, 0, 26, 1, 0x61, 34, 32, ...filled(1), 42, 64, ...new Uint8Array(64).fill(1)]
    expect([...payload]).toEqual(expected)
  })

  it('drops a tail torn at any byte, and goes on after the whole records', async () => {
    const file = await newFile()
    const ends = await writeAll(file, ENTRIES)
    const bytes = await readFile(file)
    for (let length = 0; length <= bytes.length; length++) {
      await writeFile(file, bytes.subarray(0, length))
      const whole = ends.filter((end) => end <= length).length
      const { journal, entries } = await Journal.open(file, false)
      expect(entries).toEqual(ENTRIES.slice(0, whole))
      expect(journal.bytes).toBe(ends[whole - 1] ?? 0)
      await journal.write(ENTRIES[whole] ?? entry(5))
      await journal.close()
      expect(await readAll(file)).toEqual([...ENTRIES.slice(0, whole), ENTRIES[whole] ?? entry(5)])
    }
  })

  it('drops a last record of which any byte is wrong', async () => {
    const file = await newFile()
    const ends = await writeAll(file, ENTRIES)
    const bytes = await readFile(file)
    for (let at = ends[1]!; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = damaged[at]! ^ 0x10
      await writeFile(file, damaged)
      expect(await readAll(file)).toEqual(ENTRIES.slice(0, 2))
    }
  })

  it('drops a tail that the disk filled with zeros', async () => {
    const file = await newFile()
    await writeAll(file, ENTRIES)
    const bytes = await readFile(file)
    for (const zeros of [1, 11, 12, 13, 4096]) {
      await writeFile(file, Buffer.concat([bytes, Buffer.alloc(zeros)]))
      expect(await readAll(file)).toEqual(ENTRIES)
      expect((await readFile(file)).length).toBe(bytes.length)
    }
  })

  it('refuses a record of a version that it does not know', async () => {
    const file = await newFile()
    await writeAll(file, [ENTRIES[0]!])
    const payload = new Uint8Array(await readFile(file)).slice(12)
    payload[1] = 2
    const header = new Uint8Array(4)
    new DataView(header.buffer).setUint32(0, payload.length, true)
    const check = taggedHash(sodiumCrypto, 'vitra/journal/1', payload).subarray(0, 8)
    await writeFile(file, Buffer.concat([header, check, payload]))
    await expect(readAll(file)).rejects.toMatchObject({ code: 'JOURNAL_VERSION' })
  })

  it('starts over with the head last signed, in one rename', async () => {
    const file = await newFile()
    const { journal } = await Journal.open(file, true)
    for (const item of ENTRIES) await journal.write(item)
    const before = journal.bytes
    await writeFile(`${file}.next`, 'left by a crash')
    const { head } = ENTRIES[2]!
    await journal.restart(head)
    expect(journal.bytes).toBeLessThan(before)
    await journal.write(entry(5, text('next')))
    await journal.close()
    expect(await readAll(file)).toEqual([{ start: 5, blocks: [], head }, entry(5, text('next'))])
    expect(await filesBelow(path.dirname(file))).toEqual(['test.journal'])
  })

  it('is on disk when write returns, where it is asked to be', async () => {
    const folder = await temporaryFolder()
    for (const sync of [true, false]) {
      const { journal } = await Journal.open(path.join(folder, String(sync)), sync)
      const datasync = vi.spyOn(await fileHandlePrototype(), 'datasync')
      await journal.write(ENTRIES[0]!)
      expect(datasync).toHaveBeenCalledTimes(sync ? 1 : 0)
      datasync.mockRestore()
      await journal.close()
    }
  })

  it.each(['appendFile', 'datasync'] as const)('takes back what a failed %s left', async (method) => {
    const file = await newFile()
    const { journal } = await Journal.open(file, true)
    await journal.write(ENTRIES[0]!)
    const prototype = await fileHandlePrototype()
    const original = prototype[method]
    vi.spyOn(prototype, method).mockImplementationOnce(async function (this: unknown) {
      if (method === 'appendFile') await original.call(this as never, 'half a rec')
      throw new Error('no space left on device')
    })
    const next = method === 'appendFile' ? LARGE : ENTRIES[1]!
    await expect(journal.write(next)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' })
    vi.restoreAllMocks()
    await journal.write(next)
    await journal.close()
    expect(await readAll(file)).toEqual([ENTRIES[0], next])
  })

  it('takes a full disk as that, also of a record that is written at once', async () => {
    const file = await newFile()
    const { journal } = await Journal.open(file, true)
    await journal.write(ENTRIES[0]!)
    const full = await open('/dev/full', 'a')
    const prototype = (await fileHandlePrototype()) as unknown as FileHandle
    const fd = vi.spyOn(prototype, 'fd', 'get').mockReturnValueOnce(full.fd)
    await expect(journal.write(ENTRIES[1]!)).rejects.toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringContaining('ENOSPC'),
    })
    fd.mockRestore()
    await full.close()
    await journal.write(ENTRIES[1]!)
    await journal.close()
    expect(await readAll(file)).toEqual(ENTRIES.slice(0, 2))
  })

  it('writes nothing more before it has taken back what it could not at once', async () => {
    const file = await newFile()
    const { journal } = await Journal.open(file, true)
    await journal.write(ENTRIES[0]!)
    const prototype = await fileHandlePrototype()
    vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(new Error('input/output error'))
    const truncate = vi.spyOn(prototype, 'truncate').mockRejectedValue(new Error('input/output error'))
    await expect(journal.write(ENTRIES[1]!)).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' })
    await expect(journal.write(ENTRIES[1]!)).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' })
    const [{ length }, other] = [await readFile(file), entry(1, text('x'))]
    expect(length).toBeGreaterThan(journal.bytes)
    truncate.mockRestore()
    await journal.write(other)
    await journal.close()
    expect(await readAll(file)).toEqual([ENTRIES[0], other])
  })

  it('writes nothing more before the rename of one that was begun anew is on disk', async () => {
    const file = await newFile()
    const { journal } = await Journal.open(file, true)
    for (const item of ENTRIES) await journal.write(item)
    const prototype = await fileHandlePrototype()
    const { sync } = prototype
    const failing = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: unknown) {
      if (fstatSync((this as FileHandle).fd).isDirectory()) throw new Error('input/output error')
      await sync.call(this as never)
    })
    const { head } = ENTRIES[2]!
    await expect(journal.restart(head)).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' })
    await expect(journal.write(entry(5, text('next')))).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' })
    failing.mockRestore()
    const synced = vi.spyOn(prototype, 'sync')
    await journal.write(entry(5, text('next')))
    expect(synced).toHaveBeenCalledTimes(1)
    await journal.close()
    expect(await readAll(file)).toEqual([{ start: 5, blocks: [], head }, entry(5, text('next'))])
  })

  it('cannot be read where it is a folder', async () => {
    const folder = await temporaryFolder()
    await expect(Journal.open(folder, true)).rejects.toMatchObject({ code: 'EISDIR' })
    await rm(folder, { recursive: true })
  })
})
