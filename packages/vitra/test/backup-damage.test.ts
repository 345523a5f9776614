/** A backup of which one file is not what was written: whichever it is, it is refused in words, or the copy is whole. */
import { existsSync } from 'node:fs'
import { Random, TemporaryFolder, testSeed } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { beforeAll, describe, expect, it } from 'vitest'
import { importDatabase } from '../src/index.js'
import { type Files, KINDS, pack, restoreDamaged, wholeBackup } from './backup-damage.js'

useGuests({ secondLooks: false })

const LONG_MS = 180_000
const FLIPS = 4

let files: Files

beforeAll(async () => {
  files = await wholeBackup()
})

describe('a backup with one file that is damaged', () => {
  it.each(KINDS)(
    'is refused in words, or the copy opens: %s',
    async (_kind, pattern) => {
      const name = [...files.keys()].find((one) => pattern.test(one))!
      await restoreDamaged(files, name, FLIPS, new Random(testSeed()))
    },
    LONG_MS,
  )

  it('is refused where it names a log twice', async () => {
    await using folder = await TemporaryFolder.make()
    const manifest = JSON.parse(files.get('vitra-backup.json')!.toString())
    const twice = Buffer.from(JSON.stringify({ ...manifest, logs: [...manifest.logs, manifest.logs[0]] }))
    await expect(
      importDatabase(folder.at('copy'), pack(new Map([...files, ['vitra-backup.json', twice]]))),
    ).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
  })

  it('is not blamed for what kept its bytes from coming', async () => {
    await using folder = await TemporaryFolder.make()
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
