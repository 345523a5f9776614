/** Backups, as people make and restore them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { json, Live, vitra } from './vitra.js'

it('a database that is served is backed up, and restored elsewhere', async () => {
  await using made = await withDatabase()
  const { at, key, folder } = made
  await json(['call', 'increment', '--amount', '4'], at)
  {
    await using host = new Live(['host', '--offline'], at)
    await host.until(({ event }) => event === 'hosting')
    expect(await json(['export', 'backup.tgz'], at)).toMatchObject({ key, keys: true })
    expect(await host.stop()).toBe(0)
  }
  expect(statSync(folder.at('backup.tgz')).mode & 0o777).toBe(0o600)
  const names = execFileSync('tar', ['tzf', folder.at('backup.tgz')], { encoding: 'utf8' }).split('\n')
  expect(names[0]).toBe('vitra-backup.json')
  expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^keys\/[0-9a-f]{64}\.json$/)]))
  expect(await json(['export', 'backup.tgz'], at, 1)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
  await json(['export', 'backup.tgz', '--force', '--no-keys'], at)
  expect(await json(['import', 'backup.tgz', '--dir', 'reader'], at)).toMatchObject({ executes: false })
  await json(['export', 'backup.tgz', '--force'], at)

  expect(await json(['import', 'backup.tgz', '--dir', 'copy', '--key', key], at)).toMatchObject({
    key,
    executes: true,
  })
  const copy = { cwd: at.cwd, env: { VITRA_DIR: folder.at('copy') } }
  expect(await json(['verify', '--offline'], copy)).toMatchObject({ verdict: 'valid', ops: 1 })
  expect(await json(['call', 'increment'], copy, 1)).toMatchObject({ error: { code: 'LOG_UNSURE' } })
  await json(['doctor', '--alone'], copy)
  expect(await json(['call', 'increment'], copy)).toMatchObject({ status: 'processed' })
  expect(await json(['call', 'get'], copy)).toMatchObject({ response: 5 })
  for (const name of ['.vitra', 'copy', 'reader']) await check(folder.at(name))
})

it('what is no backup is refused, and leaves nothing', async () => {
  await using made = await withDatabase()
  const { at, folder } = made
  await json(['export', 'backup.tgz'], at)
  writeFileSync(folder.at('short.tgz'), readFileSync(folder.at('backup.tgz')).subarray(0, 900))
  writeFileSync(folder.at('text.tgz'), 'no backup')
  for (const name of ['short.tgz', 'text.tgz']) {
    expect(await json(['import', name, '--dir', 'copy'], at, 1)).toMatchObject({
      error: { code: 'BACKUP_INVALID', hint: expect.stringContaining('vitra export') },
    })
    expect(existsSync(folder.at('copy/vitra.json'))).toBe(false)
  }
  expect(await json(['import', 'none.tgz', '--dir', 'copy'], at, 1)).toMatchObject({
    error: { code: 'FILE_UNREADABLE' },
  })
  expect((await vitra(['import', 'backup.tgz'], at)).stderr).toContain('DATABASE_EXISTS')
})
