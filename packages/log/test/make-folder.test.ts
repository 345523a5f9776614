/** Folders are made one by one. */
import { writeFileSync } from 'node:fs'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { makeFolder } from '../src/disk-full.js'

it('gives the first folder that was made, and none where all are there; a file is no folder', async () => {
  await using folder = await TemporaryFolder.make()
  expect(await makeFolder(folder.at('a/b/c'))).toBe(folder.at('a'))
  expect(await makeFolder(folder.at('a/b/c'))).toBeUndefined()
  writeFileSync(folder.at('file'), '')
  await expect(makeFolder(folder.at('file'))).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(makeFolder(folder.at('file/x/y'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

it.skipIf(process.platform !== 'linux')('fails where the system makes none, as in /proc', async () => {
  await expect(makeFolder('/proc/vitra/db')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/vitra' })
})
