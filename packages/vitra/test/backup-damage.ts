/** What `backup-damage.test.ts` and its soak form share: a backup of which one file is not what was written. */
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { COUNTER_CONTRACT, type Random, TemporaryFolder } from '@vitra/testkit'
import tar from 'tar-stream'
import { expect } from 'vitest'
import { Database, type ExportOptions, importDatabase } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

export type Files = ReadonlyMap<string, Buffer>

async function unpack(archive: AsyncIterable<Uint8Array>): Promise<Files> {
  const files = new Map<string, Buffer>()
  for await (const entry of Readable.from(archive).pipe(tar.extract())) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    files.set(entry.header.name, Buffer.concat(chunks))
  }
  return files
}

export function pack(files: Iterable<readonly [string, Buffer]>): AsyncIterable<Uint8Array> {
  const packed = tar.pack()
  for (const [name, bytes] of files) packed.entry({ name }, bytes)
  packed.finalize()
  return packed as AsyncIterable<Uint8Array>
}

/** A backup that has a file of every kind: logs, keys, calls, suspects and evidence. */
export async function wholeBackup(): Promise<Files> {
  await using folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('db'), { contract: { source: COUNTER_CONTRACT } })
  await (await db.call('increment', { amount: 2 })).whenProcessed()
  await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
  await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
  const suspects = Buffer.from(JSON.stringify({ format: 1, findings: [] }))
  return new Map([...(await unpack(db.export())), ['files/suspects.json', suspects]])
}

export const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['manifest', /^vitra-backup\.json$/],
  ['log', /^logs\//],
  ['key', /^keys\//],
  ['calls', /transactions\.jsonl$/],
  ['suspects', /suspects\.json$/],
  ['violation', /^files\/fraud\/.*\.json$/],
  ['proof', /\.proof$/],
]

const OTHERS = ['', '{', 'null', '[]', '{}', '"x"', '{"format":1,"report":{}}', '\0\0\0\0'].map((text) =>
  Buffer.from(text),
)

function damaged(bytes: Buffer, flips: number, random: Random): Buffer[] {
  const changed = Array.from({ length: flips }, () => {
    const copy = Buffer.from(bytes)
    copy[random.below(bytes.length)]! ^= 1 << random.below(8)
    return copy
  })
  const renamed = Buffer.from(bytes.toString('latin1').replace('"method"', '"mehtod"'), 'latin1')
  return [
    ...OTHERS,
    renamed,
    bytes.subarray(0, random.below(bytes.length)),
    Buffer.concat([bytes, bytes]),
    ...changed,
  ]
}

/** Restores a backup with one file damaged in every way, so many flipped bits among them: it is refused in words, or the copy is whole. */
export async function restoreDamaged(
  files: Files,
  name: string,
  flips: number,
  random: Random,
): Promise<void> {
  await using folder = await TemporaryFolder.make()
  let copies = 0
  for (const bytes of damaged(files.get(name)!, flips, random)) {
    const to = folder.at(`copy${copies++}`)
    const said = `VITRA_SEED=${random.seed}: ${name} is ${bytes.toString('latin1').slice(0, 300)}`
    try {
      await importDatabase(to, pack(new Map([...files, [name, bytes]])))
    } catch (error) {
      expect(error, said).toMatchObject({
        code: expect.stringMatching(/^(BACKUP|COPY)_INVALID$/),
      })
      expect(existsSync(`${to}/vitra.json`), said).toBe(false)
      continue
    }
    await using copy = await Database.load(to).catch((error) => {
      throw new Error(said, { cause: error })
    })
    expect(copy.index.version, said).toBeGreaterThan(0)
    for await (const { txId } of copy.transactions()) expect(txId).toMatch(/^[0-9a-f]{64}-/)
    expect((await copy.frauds()).length + (await copy.suspects()).length, said).toBe(1)
  }
}

/** The bytes of a backup. */
export async function backup(db: Database, options?: ExportOptions): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of db.export(options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function* inPieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Restores a backup with one bit flipped, or cut short, so many times: it leaves nothing behind, or the whole database. */
export async function restoreChanged(
  bytes: Buffer,
  version: number,
  changes: number,
  random: Random,
): Promise<void> {
  await using folder = await TemporaryFolder.make()
  const wrong: Uint8Array[] = [new Uint8Array(), Buffer.from('no archive'), bytes.subarray(0, 512)]
  for (let n = 0; n < changes; n++) {
    const at = random.below(bytes.length)
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1 << random.below(8)
    wrong.push(random.chance(0.3) ? bytes.subarray(0, at) : changed)
  }
  let refused = 0
  for (const [nth, source] of wrong.entries()) {
    const to = folder.at(`copy${nth}`)
    try {
      await importDatabase(to, inPieces(source))
    } catch (error) {
      refused++
      expect(error, `VITRA_SEED=${random.seed}, ${nth}`).toMatchObject({
        code: expect.stringMatching(/^(BACKUP|COPY)_INVALID$/),
      })
      expect(existsSync(`${to}/vitra.json`)).toBe(false)
      continue
    }
    // A change where nothing counts: between the parts, or in what this copy only remembers.
    await using copy = await Database.load(to)
    await checkDatabase(copy)
    expect(copy.index.version).toBe(version)
  }
  expect(refused).toBeGreaterThan(wrong.length / 2)
}
