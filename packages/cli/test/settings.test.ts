/** Settings of a user whose home takes none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../src/make-folder.js'
import { runCaptured } from './run.js'

describe('a home where the system makes no folder', () => {
  // Linux alone has a /proc.
  it.skipIf(process.platform !== 'linux')('ends what writes there with an error', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitra-settings-'))
    writeFileSync(path.join(folder, 'vitra.json'), '{}')
    const env = { XDG_CONFIG_HOME: '/proc' }
    expect(await runCaptured(['use', folder], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /\/proc\/vitra.* cannot be written: .*FILE_UNWRITABLE\)\nset XDG_CONFIG_HOME/,
      ),
    })
    expect(await runCaptured(['use', '--none'], { env })).toMatchObject({ code: 0 })
    rmSync(folder, { recursive: true })
  })
})

describe('making folders', () => {
  it('gives the first that was made, and none where all are there; a file is no folder', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitra-folders-'))
    expect(makeFolder(path.join(folder, 'a/b/c'))).toBe(path.join(folder, 'a'))
    expect(makeFolder(path.join(folder, 'a/b/c'))).toBeUndefined()
    writeFileSync(path.join(folder, 'file'), '')
    expect(() => makeFolder(path.join(folder, 'file'))).toThrow('EEXIST')
    expect(() => makeFolder(path.join(folder, 'file/x/y'))).toThrow('ENOTDIR')
    rmSync(folder, { recursive: true })
  })
})
