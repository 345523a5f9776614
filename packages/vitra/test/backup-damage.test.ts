/** A backup of which one file is not what was written: whichever it is, it is refused in words, or the copy is whole. */
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { COUNTER_CONTRACT, Random, TemporaryFolder, testSeed } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import tar from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { Database, importDatabase } from '../src/index.js'

useGuests({ secondLooks: false })

const LONG_MS = 180_000

type Files = ReadonlyMap<string, Buffer>

async function unpack(archive: AsyncIterable<Uint8Array>): Promise<Files> {
  const files = new Map<string, Buffer>()
  for await (const entry of Readable.from(archive).pipe(tar.extract())) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    files.set(entry.header.name, Buffer.concat(chunks))
  }
  return files
}

function pack(files: Iterable<readonly [string, Buffer]>): AsyncIterable<Uint8Array> {
  const packed = tar.pack()
  for (const [name, bytes] of files) packed.entry({ name }, bytes)
  packed.finalize()
  return packed as AsyncIterable<Uint8Array>
}

/** A backup that has a file of every kind: logs, keys, calls, suspects and evidence. */
async function wholeBackup(folder: TemporaryFolder): Promise<Files> {
  await using db = await Database.create(folder.at('db'), { contract: { source: COUNTER_CONTRACT } })
  await (await db.call('increment', { amount: 2 })).whenProcessed()
  await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
  await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
  const suspects = Buffer.from(JSON.stringify({ format: 1, findings: [] }))
  return new Map([...(await unpack(db.export())), ['files/suspects.json', suspects]])
}

const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
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

function damaged(bytes: Buffer, random: Random): Buffer[] {
  const changed = Array.from({ length: 12 }, () => {
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

describe('a backup with one file that is damaged', () => {
  it.each(KINDS)(
    'is refused in words, or the copy opens: %s',
    async (_kind, pattern) => {
      await using folder = await TemporaryFolder.make()
      const files = await wholeBackup(folder)
      const name = [...files.keys()].find((one) => pattern.test(one))!
      const random = new Random(testSeed())
      let copies = 0
      for (const bytes of damaged(files.get(name)!, random)) {
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
    },
    LONG_MS,
  )

  it('is refused where it names a log twice', async () => {
    await using folder = await TemporaryFolder.make()
    const files = await wholeBackup(folder)
    const manifest = JSON.parse(files.get('vitra-backup.json')!.toString())
    const twice = Buffer.from(JSON.stringify({ ...manifest, logs: [...manifest.logs, manifest.logs[0]] }))
    await expect(
      importDatabase(folder.at('copy'), pack(new Map([...files, ['vitra-backup.json', twice]]))),
    ).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
  })

  it('is not blamed for what kept its bytes from coming', async () => {
    await using folder = await TemporaryFolder.make()
    const files = await wholeBackup(folder)
    async function* lost(error: Error) {
      let n = 0
      for await (const chunk of pack(files)) {
        if (n++ === 3) throw error
        yield chunk
      }
    }
    for (const error of [new TypeError('undefined is not a function'), new Error('EIO: i/o error, read')])
      await expect(importDatabase(folder.at('copy'), lost(error))).rejects.toBe(error)
    const damaged = Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' })
    await expect(importDatabase(folder.at('copy'), lost(damaged))).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
      cause: damaged,
    })
    expect(existsSync(folder.at('copy/logs'))).toBe(false)
  })
})
