// Scripts as contracts: the first seed's model, through the database (spec/10-scripts).
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect, FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, ScriptCallError, Storage, Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const FORUM = `${FORUM_SCRIPT}
exports.topics = () => state.readdir('/topics')
exports.me = () => caller.id
exports.echo = (value) => value
exports.nothing = () => {}
exports.count = (...args) => args.length
`

/** The calls of a client, as the seed prints them. */
async function client(myForumContract: ReturnType<Database['api']>): Promise<unknown[]> {
  var topicId = await myForumContract.addTopic('Hello world')
  var postId = await myForumContract.addPost(topicId, 'My name is bob')
  return [topicId, postId]
}

describe('the forum of the seed', () => {
  it('runs as it is written there, and goes on after a restart', async () => {
    await using folder = await TemporaryFolder.make()
    const dir = folder.at('db')
    const db = await Database.create(dir, { contract: { script: FORUM_SCRIPT } })
    expect(await client(db.api())).toEqual([1, 1])
    expect((await db.index.get('/topics/1/title'))?.value).toBe('Hello world')
    expect((await db.index.get('/topics/1/1'))?.value).toBe('My name is bob')
    expect((await db.index.get('/.exports/topicCounter'))?.value).toBe(1)
    expect((await db.script())?.text).toBe(FORUM_SCRIPT)
    expect(await db.warnings()).toEqual([])
    await db.close()
    await using again = await Database.load(dir)
    expect(await client(again.api())).toEqual([2, 2])
    await checkDatabase(again)
  })

  it('is checked and gone on with by another participant, from the logs alone', async () => {
    await using a = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    await using b = await Database.load(Storage.temporary(), a.pubkey)
    connect(a, b)
    await client(a.api())
    await b.whenConnected()
    await b.syncLatest()
    expect(await b.read.topics()).toEqual(['1'])
    expect(await b.read.me()).toBe(null)
    await expect(b.api().addTopic('no')).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
    const bob = String(await b.createIdentity())
    await expect(b.api().addTopic('no')).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
    expect(await a.api().addParticipant(bob)).toBe(undefined)
    while (!b.localOplog?.active) await new Promise((resolve) => b.once('update', resolve))
    expect(await b.api().me()).toBe(bob)
    expect(await b.api().addTopic('of bob')).toBe(2)
    await expect(b.api().addParticipant(bob)).rejects.toThrow('addParticipant is for the owner')
    await b.syncFullHistory()
    await checkDatabase(b)
    await checkDatabase(a)
  })
})

describe('a call', () => {
  it('resolves with what the function returns, or rejects with what it throws', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    const api = db.api()
    expect(await api).toBe(api)
    const value = { text: 'ü', list: [1, null, true], bytes: new Uint8Array([1, 2]) }
    expect(await api.echo(value)).toEqual(value)
    expect(await api.nothing()).toBe(undefined)
    expect(await api.count(1, undefined, undefined).catch(String)).toBe(1)
    await expect(api.count(undefined, 1)).rejects.toMatchObject({
      code: 'VALUE_REFUSED',
      message: expect.stringMatching(/^value\.args\[0\]/),
    })
    await expect(api.echo({ a: [new Map()] })).rejects.toMatchObject({ code: 'VALUE_REFUSED' })
    const { version } = db.index
    const failed = await api.addPost(9, 'x').catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ScriptCallError)
    expect(failed).toMatchObject({
      code: 'CALL_FAILED',
      message: "ENOENT: no such file or directory, open '/topics/9/1'",
      reason: 'ENOENT',
      details: { call: 'addPost', failure: 'contract', reason: 'ENOENT', txId: expect.any(String) },
    })
    expect(db.index.version).toBeGreaterThan(version)
    const txId = String((failed as ScriptCallError).details.txId)
    expect(await (await db.findTransaction(txId))!.fetchAcks()).toMatchObject([{ success: false }])
    await expect(api.topic()).rejects.toMatchObject({
      code: 'METHOD_NOT_FOUND',
      message: expect.stringMatching(/addTopic, addPost, topics/),
    })
    await checkDatabase(db)
  })

  it('is executed after those that were made before it, whoever waits for what', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    const api = db.api()
    const all = Array.from({ length: 300 }, (_, n) => api.addTopic(`topic ${n}`))
    expect(await Promise.all(all)).toEqual(all.map((_, n) => n + 1))
    await checkDatabase(db)
  })

  it('gives its receipt too, which needs no database', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    const { result, receipt, tx } = await db.api().addTopic.receipt('Hello world')
    expect(result).toBe(1)
    expect(receipt).toBe(tx.receipt)
    const [inclusion] = await Transaction.fromJSON(tx.toJSON()).verifyInclusion(db.pubkey)
    expect(inclusion).toMatchObject({
      op: { value: { call: 'addTopic', args: ['Hello world'] } },
      ack: { success: true, returnValue: 1 },
      results: [
        { path: '/topics/1' },
        { path: '/topics/1/title', value: 'Hello world' },
        { path: '/.exports/topicCounter', value: 1 },
      ],
    })
    await checkDatabase(db)
  })

  it('that only reads leaves no trace, and says so when it would write', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    await db.api().addTopic('one')
    const { version } = db.index
    expect(await db.read.topics()).toEqual(['1'])
    expect(await db.read.me()).toBe(db.localOplog!.publicKey.toString('hex'))
    await expect(db.read.addTopic('two')).rejects.toMatchObject({
      code: 'CALL_FAILED',
      reason: 'EROFS',
      message: expect.stringMatching(/db\.api\(\)$/),
    })
    const place = await db.read.echo(1).then(() => db.read.count.call(null))
    expect(place).toBe(0)
    expect(db.index.version).toBe(version)
    await checkDatabase(db)
  })

  it('of a contract that is no script says so', async () => {
    await using db = await Database.create(Storage.temporary(), {
      contract: { source: 'export function apply () {}' },
    })
    expect(await db.script()).toBe(null)
    await expect(db.api().anything()).rejects.toMatchObject({ code: 'NOT_A_SCRIPT' })
    await expect(db.read.anything()).rejects.toMatchObject({ code: 'NOT_A_SCRIPT' })
    expect((await db.index.list('/')).map(({ path: at }) => at)).toEqual(['/.sys'])
    await checkDatabase(db)
  })
})

describe('init', () => {
  it('that throws has nothing created', async () => {
    await using folder = await TemporaryFolder.make()
    const dir = folder.at('db')
    const script = "exports.init = async () => { await state.mkdir('/a'); throw new Error('not today') }"
    const creating = Database.create(dir, { contract: { script } })
    await expect(creating).rejects.toMatchObject({
      name: 'ScriptCallError',
      code: 'CALL_FAILED',
      message: 'not today',
    })
    expect(existsSync(dir)).toBe(false)
    await using db = await Database.create(dir, { contract: { script: 'exports.one = () => 1' } })
    expect(await db.api().one()).toBe(1)
    await checkDatabase(db)
  })

  it('of a text that is no script says where', async () => {
    await using folder = await TemporaryFolder.make()
    const dir = folder.at('db')
    const creating = Database.create(dir, { contract: { script: 'exports.a = 1\nexports.b = () => {' } })
    await expect(creating).rejects.toMatchObject({
      name: 'ContractLoadError',
      code: 'SCRIPT_SYNTAX',
      details: { line: 2, column: 20 },
    })
    const both = { contract: { script: 'exports.a = 1', source: 'export function apply () {}' } as never }
    await expect(Database.create(dir, both)).rejects.toMatchObject({ code: 'CREATION_INVALID' })
    expect(existsSync(folder.at('db', 'vitra.json'))).toBe(false)
    await writeFile(folder.at('still-free'), '')
  })

  it('runs in a copy only where the script has not begun there', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { script: FORUM } })
    await db.api().addTopic('one')
    await using copy = await Database.createSandbox({ from: db })
    expect(await copy.api().addTopic('two')).toBe(2)
    await using other = await Database.createSandbox({ contract: { script: FORUM } })
    expect(await other.api().addTopic('one')).toBe(1)
    for (const one of [db, copy, other]) await checkDatabase(one)
  })
})
