/** Folders are made one by one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '../src/disk-full.js'

it('gives the first folder that was made, and none where all are there; a file is no folder', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitra-folders-'))
  const at = (name: string) => path.join(folder, name)
  expect(await makeFolder(at('a/b/c'))).toBe(at('a'))
  expect(await makeFolder(at('a/b/c'))).toBeUndefined()
  writeFileSync(at('file'), '')
  await expect(makeFolder(at('file'))).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(makeFolder(at('file/x/y'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  rmSync(folder, { recursive: true })
})

// Linux alone has a /proc.
it.skipIf(process.platform !== 'linux')('fails where the system makes none, as in /proc', async () => {
  await expect(makeFolder('/proc/vitra/db')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/vitra' })
})
