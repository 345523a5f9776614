/** spec/8-durability §1: the folder of a database. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { Log, LogWriter, oplogIdentity, Storage, toHex } from '../src/index.js'
import { corestoreOf } from '../src/internals/hypercore.js'
import { runScript } from './child.js'
import { backUp, bytesBelow, createLog, filesBelow, filled, temporaryFolder, text } from './helpers.js'

async function describedFolder(): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'db')
  const storage = Storage.at(folder)
  await storage.create()
  await storage.describe({ key: filled(7), identity: null })
  await storage.close()
  return folder
}

/** What the journals of the store take, in bytes. A file system that sets nothing aside has the few that were written. */
async function setAside(folder: string): Promise<number> {
  const names = (await filesBelow(`${folder}/logs/db`)).filter((name) => name.endsWith('.log'))
  const stats = await Promise.all(names.map((name) => stat(`${folder}/logs/db/${name}`)))
  return stats.reduce((sum, { blocks }) => sum + blocks * 512, 0)
}

describe('storage', () => {
  it('gives back the key it was described with', async () => {
    const folder = await describedFolder()
    const storage = Storage.at(folder)
    expect(await storage.holdsDatabase()).toBe(true)
    expect(await storage.load()).toEqual({ key: filled(7), identity: null })
    await storage.close()
    expect((await filesBelow(folder)).filter((name) => !name.startsWith('logs'))).toEqual(['vitra.json'])
    expect(await readFile(path.join(folder, 'vitra.json'), 'utf8')).toBe(
      `{\n  "format": 1,\n  "key": "${toHex(filled(7))}"\n}\n`,
    )
  })

  it('refuses to create where a database is', async () => {
    const folder = await describedFolder()
    await expect(Storage.at(folder).create()).rejects.toMatchObject({ code: 'DATABASE_EXISTS' })
  })

  it('refuses to create among foreign files, and touches none of them', async () => {
    const folder = await temporaryFolder()
    await writeFile(path.join(folder, 'thesis.txt'), 'years of work')
    const storage = Storage.at(folder)
    await expect(storage.create()).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' })
    await storage.abandon()
    expect(await filesBelow(folder)).toEqual(['thesis.txt'])
  })

  it('refuses a path that is a file', async () => {
    const file = path.join(await temporaryFolder(), 'file')
    await writeFile(file, '')
    await expect(Storage.at(file).create()).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' })
    await expect(Storage.at(file).load()).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' })
  })

  it('refuses to load where no database is, and makes nothing there', async () => {
    const folder = path.join(await temporaryFolder(), 'nowhere')
    const storage = Storage.at(folder)
    expect(await storage.holdsDatabase()).toBe(false)
    await expect(storage.load()).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' })
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
    await mkdir(folder)
    await expect(storage.load()).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' })
    expect(await filesBelow(folder)).toEqual([])
  })

  it('creates over what a crash left of an earlier attempt', async () => {
    const folder = path.join(await temporaryFolder(), 'db')
    const first = Storage.at(folder)
    await first.create()
    await first.close()
    await writeFile(path.join(folder, 'vitra.json.next'), '{')
    const second = Storage.at(folder)
    await second.create()
    await second.describe({ key: filled(2), identity: null })
    await second.close()
    expect(await Storage.at(folder).holdsDatabase()).toBe(true)
  })

  it.each([
    ['no JSON', '{"format": 1', 'DATABASE_DAMAGED'],
    ['empty', '', 'DATABASE_DAMAGED'],
    ['null', 'null', 'DATABASE_DAMAGED'],
    ['a list', '[]', 'DATABASE_DAMAGED'],
    ['a format of the future', `{"format": 2, "key": "${'0'.repeat(64)}"}`, 'DATABASE_FORMAT'],
    ['no key', '{"format": 1}', 'DATABASE_DAMAGED'],
    ['a short key', '{"format": 1, "key": "00"}', 'DATABASE_DAMAGED'],
    ['an upper-case key', `{"format": 1, "key": "${'AB'.repeat(32)}"}`, 'DATABASE_DAMAGED'],
  ])('refuses a description that is %s', async (_, content, code) => {
    const folder = await describedFolder()
    await writeFile(path.join(folder, 'vitra.json'), content)
    await expect(Storage.at(folder).load()).rejects.toMatchObject({ name: 'LogError', code })
  })

  it('opens where a crash left the mark of the store unwritten, and not where the mark is that of another place', async () => {
    const folder = await describedFolder()
    const mark = `${folder}/logs/CORESTORE`
    const text = await readFile(mark, 'utf8')
    for (const left of ['', '\0'.repeat(80)]) {
      await writeFile(mark, left)
      const storage = Storage.at(folder)
      await storage.load()
      await storage.close()
      expect(await readFile(mark, 'utf8')).toContain('device/inode=')
    }
    await writeFile(mark, text.replace(/inode=\d+/, 'inode=1'))
    const storage = Storage.at(folder)
    await expect(storage.load()).rejects.toMatchObject({ code: 'DATABASE_COPIED' })
    await storage.close()
  })

  it('is locked to one process, while it is open and no longer', async () => {
    const folder = await describedFolder()
    const storage = Storage.at(folder)
    await storage.load()
    const tryToLoad = `
      const storage = Storage.at(${JSON.stringify(folder)})
      try { await storage.load(); console.log('LOADED'); await storage.close() }
      catch (error) { console.log(error.code) }`
    expect(await runScript(tryToLoad)).toBe('DATABASE_LOCKED\n')
    await expect(Storage.at(folder).load()).rejects.toMatchObject({ code: 'DATABASE_LOCKED' })
    await storage.close()
    expect(await runScript(tryToLoad)).toBe('LOADED\n')
  })

  it('refuses a copied folder until somebody says that the original is gone', async () => {
    const copy = await backUp(await describedFolder())
    await expect(Storage.at(copy).load()).rejects.toMatchObject({ code: 'DATABASE_COPIED' })
    await rm(path.join(copy, 'logs', 'CORESTORE'))
    const storage = Storage.at(copy)
    expect(await storage.load()).toEqual({ key: filled(7), identity: null })
    await storage.close()
  })

  it('cannot be used before it is open and after it is closed', async () => {
    const storage = Storage.at(await describedFolder())
    expect(() => storage.store).toThrow(expect.objectContaining({ code: 'STORAGE_CLOSED' }))
    await storage.load()
    expect(corestoreOf(storage.store).closed).toBe(false)
    await storage.close()
    expect(() => storage.store).toThrow(expect.objectContaining({ code: 'STORAGE_CLOSED' }))
  })

  it('is readable by its owner only, and keeps secrets in keys/ only', async () => {
    const folder = path.join(await temporaryFolder(), 'db')
    const storage = Storage.at(folder)
    await storage.create()
    const pair = await storage.keys.create()
    const log = await Log.open(storage, oplogIdentity(pair.publicKey, filled(1)))
    const writer = await LogWriter.open(log, storage, pair)
    for (let n = 0; n < 5; n++) await writer.append([text(`block ${n}`)])
    await storage.describe({ key: filled(1), identity: null })
    await writer.close()
    await log.close()
    await storage.close()
    const mode = async (...parts: string[]) => (await stat(path.join(folder, ...parts))).mode & 0o777
    expect(await mode()).toBe(0o700)
    expect(await mode('keys')).toBe(0o700)
    expect(await mode('keys', `${toHex(pair.publicKey)}.json`)).toBe(0o600)
    const secret = Buffer.from(pair.secretKey.subarray(0, 32))
    const places = ['logs', 'journal'].map((part) => bytesBelow(path.join(folder, part)))
    const files = (await Promise.all(places)).flat()
    expect(files.length).toBeGreaterThan(3)
    for (const bytes of files) {
      for (const form of [secret, secret.toString('hex'), secret.toString('base64').slice(0, 40)]) {
        expect(bytes.includes(form)).toBe(false)
      }
    }
    expect(
      (await readFile(path.join(folder, 'journal', `${toHex(log.key)}.journal`))).length,
    ).toBeGreaterThan(0)
  })

  it('removes what it made when a creation is abandoned, and nothing that was there before', async () => {
    const folder = path.join(await temporaryFolder(), 'db')
    const storage = Storage.at(folder)
    const imported = await storage.keys.create()
    await storage.create()
    await storage.abandon()
    expect(await filesBelow(folder)).toEqual([`keys/${toHex(imported.publicKey)}.json`])
    await storage.create()
    await storage.describe({ key: filled(3), identity: null })
    await storage.close()
  })

  it('makes the journal folder anew where it was lost', async () => {
    const folder = await describedFolder()
    await rm(path.join(folder, 'journal'), { recursive: true })
    const storage = Storage.at(folder)
    await storage.load()
    expect((await stat(path.join(folder, 'journal'))).isDirectory()).toBe(true)
    await storage.close()
  })

  it('sets little of the disk aside for a database that has written little', async () => {
    const folder = path.join(await temporaryFolder(), 'db')
    const { writer } = await createLog({ folder })
    await writer.append([text('a block')])
    const set = await setAside(folder)
    expect(set).toBeGreaterThan(0)
    expect(set).toBeLessThan(20 * 1024 * 1024)
  })

  it('sets a quarter of that aside where it is throw-away, and in memory', async () => {
    const { storage, writer } = await createLog()
    await writer.append([text('a block')])
    const set = await setAside(storage.path)
    expect(set).toBeGreaterThan(0)
    expect(set).toBeLessThan(5 * 1024 * 1024)
  })

  it('throw-away storage is gone after it is closed', async () => {
    const storage = Storage.temporary()
    await storage.create()
    expect((await stat(storage.path)).isDirectory()).toBe(true)
    await storage[Symbol.asyncDispose]()
    await expect(stat(storage.path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
