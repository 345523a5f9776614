/** Which database a command works on, what of it there is to see, and how it goes away. */
import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { withDatabase } from './database.js'
import { json, Live, localNetwork, vitra } from './vitra.js'

describe('use', () => {
  it('chooses the database for every place that has none of its own', async () => {
    await using made = await withDatabase()
    const folder = made.folder.at('.vitra')
    await using elsewhere = await TemporaryFolder.make()
    const there = { cwd: elsewhere.path }
    expect(await json(['get', '/counter'], there, 1)).toMatchObject({ error: { code: 'FOLDER_NOT_FOUND' } })
    expect(await json(['use', folder], there)).toEqual({ folder })
    expect(await json(['use'], there)).toEqual({ folder })
    expect(await json(['info'], there)).toMatchObject({ key: made.key })
    expect(await json(['use', '--none'], there)).toEqual({ folder: null })
    expect(await json(['info'], there, 1)).toMatchObject({ error: { code: 'FOLDER_NOT_FOUND' } })
    expect(await json(['use', elsewhere.path], there, 1)).toMatchObject({
      error: { code: 'FOLDER_NOT_FOUND' },
    })
    expect((await vitra(['use', '.', '--none'], there)).code).toBe(2)
  })
})

describe('status', () => {
  it('says who has it open, how far it is and what waits', async () => {
    await using made = await withDatabase()
    await json(['call', 'increment'], made.at)
    expect(await json(['status'], made.at)).toMatchObject({
      key: made.key,
      role: 'executor',
      process: null,
      missingBlocks: 0,
      pending: 0,
      violations: 0,
    })
    await using host = new Live(['host', '--offline'], made.at)
    await host.until(({ event }) => event === 'hosting')
    expect(await json(['status'], made.at)).toMatchObject({ process: { command: 'host' }, peers: 0 })
    expect((await vitra(['status'], made.at)).stdout).toMatch(/^process\s+\d+, vitra host since /m)
  })
})

describe('sync', () => {
  it('brings a copy to the newest version, and to all of its history', async () => {
    await using made = await withDatabase()
    await using network = await localNetwork()
    await using host = new Live(['host'], { ...made.at, env: network.env })
    await host.until(({ event }) => event === 'announced')
    await using other = await TemporaryFolder.make()
    const bob = { cwd: other.path, env: network.env }
    await json(['load', made.key, '--offline'], bob)
    const synced = await json<{ version: number }>(['sync'], bob)
    expect(synced).toMatchObject({ from: 0, version: host.events[0]!.version })
    expect(await json(['sync', '--full'], bob)).toMatchObject({ from: synced.version, missingBlocks: 0 })
    expect(await json(['verify', '--offline'], bob)).toMatchObject({ verdict: 'valid' })
    expect(await json(['sync'], { ...made.at, env: network.env })).toMatchObject({ missingBlocks: 0 })
    await host.stop()
    expect(await json(['sync', '--timeout', '1'], bob, 1)).toMatchObject({ error: { code: 'NO_PEER' } })
  })
})

describe('destroy', () => {
  it('removes nothing unasked', async () => {
    await using made = await withDatabase()
    expect(await json(['destroy'], made.at, 1)).toMatchObject({ error: { code: 'NOT_CONFIRMED' } })
    await using host = new Live(['host', '--offline'], made.at)
    await host.until(({ event }) => event === 'hosting')
    expect(await json(['destroy', '--yes'], made.at, 1)).toMatchObject({ error: { code: 'DATABASE_LOCKED' } })
    expect(await host.stop()).toBe(0)
    expect(await json(['info'], made.at)).toMatchObject({ key: made.key })
  })

  it('removes the database, and the folder with it', async () => {
    await using made = await withDatabase()
    await json(['call', 'increment'], made.at)
    await json(['verify'], made.at)
    await json(['serve', 'start', '--offline'], made.at)
    await json(['serve', 'stop'], made.at)
    expect(await json(['destroy', '--yes'], made.at)).toMatchObject({ removed: true })
    expect(existsSync(made.folder.at('.vitra'))).toBe(false)
    expect(await json(['destroy', '--yes'], made.at, 1)).toMatchObject({
      error: { code: 'FOLDER_NOT_FOUND' },
    })
  })

  it('leaves files that are not its own, and folders that hold no database', async () => {
    await using made = await withDatabase()
    await writeFile(made.folder.at('.vitra/mine.txt'), 'mine')
    expect(await json(['destroy', '--yes'], made.at)).toMatchObject({ removed: false })
    expect(readdirSync(made.folder.at('.vitra'))).toEqual(['mine.txt'])
    expect(await json(['destroy', '--yes'], made.at, 1)).toMatchObject({
      error: { code: 'DATABASE_NOT_FOUND' },
    })
    expect(readdirSync(made.folder.at('.vitra'))).toEqual(['mine.txt'])
  })
})
