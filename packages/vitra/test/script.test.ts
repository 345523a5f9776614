// Scripts as contracts: the first seed's model, through the database (spec/10-scripts).
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Database, ScriptCallError, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const FIXTURE = path.join(import.meta.dirname, 'contracts', 'forum-of-the-seed.js')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vitra-script-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the forum of the seed', () => {
  it('runs as it is written there, and keeps its files and variables', async () => {
    const script = await readFile(FIXTURE, 'utf8')
    const dir = path.join(folder, 'db')
    const db = await Database.create(dir, { contract: { script } })
    const myForumContract = db.api()
    const topicId = await myForumContract.addTopic('Hello world')
    const postId = await myForumContract.addPost(topicId, 'My name is bob')
    expect([topicId, postId]).toEqual([1, 1])
    expect((await db.index.get('/topics/1/title'))?.value).toBe('Hello world')
    expect((await db.index.get('/topics/1/1'))?.value).toBe('My name is bob')
    await checkDatabase(db)
    await db.close()
    const again = await Database.load(dir)
    expect(await again.api().addTopic('After a restart')).toBe(2)
    expect(await again.warnings()).toEqual([])
    await checkDatabase(again)
    await again.close()
  })

  it('leaves no folder where init throws', async () => {
    const dir = path.join(folder, 'db')
    const script = "exports.init = () => { throw new Error('not today') }"
    const creating = Database.create(dir, { contract: { script } })
    await expect(creating).rejects.toThrow(ScriptCallError)
    await expect(creating).rejects.toThrow('not today')
    expect(existsSync(dir)).toBe(false)
  })
})
void Storage
