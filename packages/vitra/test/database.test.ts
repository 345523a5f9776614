import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { COUNTER_CONTRACT, connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, Storage, Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const counter = { contract: { source: COUNTER_CONTRACT } }
const workbench = { contract: { source: WORKBENCH_CONTRACT } }

describe('a database', () => {
  it('runs the counter, and keeps it over a restart', async () => {
    await using folder = await TemporaryFolder.make()
    const created = await Database.create(folder.at('db'), counter)
    expect((await created.call('get')).response).toBe(0)
    const txs = await Promise.all([
      created.call('increment'),
      created.call('increment', { amount: 2 }),
      created.call('increment'),
    ])
    await Promise.all(txs.map((tx) => tx.whenProcessed()))
    expect((await created.call('get', {})).response).toBe(4)
    const { pubkey } = created
    await checkDatabase(created)
    await created.close()

    await using db = await Database.load(folder.at('db'))
    expect(db.pubkey).toEqual(pubkey)
    expect((await db.call('get')).response).toBe(4)
    await (await db.call('increment', { amount: 10 })).whenProcessed()
    expect((await db.call('get')).response).toBe(14)
    await checkDatabase(db)
  })

  it('keeps secret keys to its owner, apart from the data', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), counter)
    const names = await readdir(folder.at('db', 'keys'))
    expect(names).toHaveLength(2)
    for (const name of names) expect((await stat(folder.at('db', 'keys', name))).mode & 0o777).toBe(0o600)
    expect(await db.identities()).toHaveLength(1)
  })

  it('gives the ops, acks, results and proofs of a transaction', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const tx = await db.call('twice', { key: 'k', value: 7 })
    expect(tx.status).toBe('pending')
    expect(tx.ops).toMatchObject([{ seq: 0, value: { op: 'TWICE', key: 'k', value: 7 } }])
    await tx.whenProcessed()
    expect(tx.status).toBe('processed')
    expect(await tx.fetchAcks()).toMatchObject([{ seq: 0, success: true, outcome: { numChanges: 3 } }])
    expect(await tx.fetchResults()).toMatchObject([
      { path: '/values/k', value: 7, deleted: false },
      { path: '/values/k', deleted: true },
      { path: '/values/k', value: [7], deleted: false },
    ])
    const [proof] = await tx.verifyInclusion()
    expect(proof).toMatchObject({ op: { seq: 0 }, ack: { success: true }, results: { length: 3 } })
    const again = db.transaction(JSON.parse(JSON.stringify(tx)))
    expect(await again.whenProcessed()).toHaveLength(1)
    const detached = Transaction.fromJSON(JSON.parse(JSON.stringify(tx)))
    expect(detached.ops).toEqual(tx.ops)
    await expect(detached.fetchAcks()).rejects.toMatchObject({ code: 'TX_DETACHED' })
    await expect(detached.verifyInclusion()).rejects.toMatchObject({ code: 'TX_DETACHED' })
    await checkDatabase(db)
  })

  it('shows a method its own oplog and the participants', async () => {
    const source = `
      import { oplog, isWriter, listOplogs } from 'contract'
      export function note ({ text }, emit) { emit({ op: 'NOTE', text }) }
      export async function mine () {
        const length = await oplog.getLength()
        return { isWriter, length, last: length ? await oplog.get(length - 1) : null, others: await listOplogs() }
      }
      export const apply = { NOTE () {} }`
    await using db = await Database.create(Storage.temporary(), { contract: { source } })
    const pubkey = db.localOplog!.publicKey.toString('hex')
    expect((await db.call('mine')).response).toMatchObject({ isWriter: true, length: 0, last: null })
    await (await db.call('note', { text: 'hello' })).whenProcessed()
    expect((await db.call('mine')).response).toMatchObject({
      length: 1,
      last: { op: 'NOTE', text: 'hello' },
      others: [{ pubkey }],
    })
    await checkDatabase(db)
  })

  it('tells why an op was rejected', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const tx = await db.call('fail', { message: 'not today' })
    await expect(tx.whenProcessed()).rejects.toMatchObject({
      code: 'OP_REJECTED',
      details: { failure: 'contract', message: 'not today' },
    })
    expect(tx.status).toBe('rejected')
    expect(await tx.fetchResults()).toEqual([])
    await checkDatabase(db)
  })

  it('lists pending transactions after a restart, in the way they were called', async () => {
    await using folder = await TemporaryFolder.make()
    const alice = await Database.create(folder.at('alice'), workbench)
    const bob = await Database.load(folder.at('bob'), alice.pubkey)
    const identity = await bob.createIdentity()
    await (await alice.call('admit', { pubkey: identity.toString() })).whenProcessed()
    const connection = connect(alice, bob)
    await bob.syncLatest()
    expect(bob.localOplog?.active).toBe(true)
    await connection.close()
    const tx = await bob.call('many', { count: 3 })
    await expect(tx.whenProcessed({ timeout: 50 })).rejects.toMatchObject({ code: 'TX_TIMEOUT' })
    await bob.close()

    const back = await Database.load(folder.at('bob'))
    const [pending, ...rest] = await back.pending()
    expect(rest).toEqual([])
    expect(pending).toMatchObject({ txId: tx.txId, method: 'many', status: 'pending' })
    expect(pending!.ops).toEqual(tx.ops)
    const again = connect(alice, back)
    await pending!.whenProcessed({ timeout: 10_000 })
    expect(await back.pending()).toEqual([])
    await checkDatabase(back)
    await again.close()
    await checkDatabase(alice)
    await back.close()
    await alice.close()
  })

  it('opens the oplogs it holds before any peer can ask for them', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), counter)
    await (await alice.call('increment')).whenProcessed()
    const bob = await Database.load(folder.at('bob'), alice.pubkey)
    const connection = connect(alice, bob)
    await bob.syncLatest()
    await connection.close()
    await bob.close()
    const { oplogs } = JSON.parse(await readFile(folder.at('bob', 'local.json'), 'utf8'))
    expect(oplogs).toEqual([alice.localOplog!.publicKey.toString('hex')])
    await using back = await Database.load(folder.at('bob'))
    expect(back.oplogs).toHaveLength(1)
    await checkDatabase(alice)
  })

  it('refuses a call that emits from a copy that is no participant, and says what to do', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), counter)
    await using eve = await Database.load(folder.at('eve'), alice.pubkey)
    await expect(eve.call('get')).rejects.toMatchObject({ code: 'INDEX_EMPTY' })
    const connection = connect(alice, eve)
    await eve.syncLatest()
    expect((await eve.call('get')).response).toBe(0)
    await expect(eve.call('increment')).rejects.toMatchObject({
      code: 'NOT_A_PARTICIPANT',
      message: expect.stringContaining('createIdentity'),
    })
    await eve.createIdentity()
    await expect(eve.call('increment')).rejects.toMatchObject({
      code: 'NOT_A_PARTICIPANT',
      message: expect.stringContaining('addOplog'),
    })
    await expect(eve.index.dangerousBatch([])).rejects.toMatchObject({ code: 'NOT_THE_EXECUTOR' })
    await connection.close()
  })

  it('refuses bad input with a code for each', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), counter)
    await expect(Database.create(folder.at('db'), counter)).rejects.toMatchObject({ code: 'DATABASE_EXISTS' })
    await expect(Database.load(folder.at('nothing'))).rejects.toMatchObject({ code: 'DATABASE_NOT_FOUND' })
    await expect(Database.load(folder.at('other'), 'zz')).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await expect(Database.load(folder.at('db'))).rejects.toMatchObject({ code: 'DATABASE_LOCKED' })
    await mkdir(folder.at('full'))
    await writeFile(folder.at('full', 'notes.txt'), 'mine')
    await expect(Database.create(folder.at('full'), counter)).rejects.toMatchObject({
      code: 'FOLDER_NOT_EMPTY',
    })
    expect(await readdir(folder.at('full'))).toEqual(['notes.txt'])
    await expect(
      Database.create(folder.at('bad'), { contract: { source: 'export {' } }),
    ).rejects.toMatchObject({ code: 'CONTRACT_SYNTAX' })
    await expect(Database.create(folder.at('bad'), { contract: { source: '' } })).rejects.toMatchObject({
      code: 'CREATION_INVALID',
    })
    await expect(
      Database.create(folder.at('bad'), { contract: { source: 'export const a = 1' } }),
    ).rejects.toMatchObject({
      code: 'CONTRACT_NO_APPLY',
    })
    await expect(db.call('nope')).rejects.toMatchObject({ code: 'METHOD_NOT_FOUND' })
    await expect(db.call('increment', { amount: Number.NaN })).rejects.toMatchObject({
      code: 'VALUE_REFUSED',
    })
    await expect(db.index.get('no/slash')).rejects.toMatchObject({ code: 'PATH_INVALID' })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(db.call('increment', {}, { signal })).rejects.toThrow('enough')
    await db.close()
    await expect(db.call('get')).rejects.toMatchObject({ code: 'DATABASE_CLOSED' })
    const wrong = Buffer.alloc(32, 7)
    await expect(Database.load(folder.at('db'), wrong)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await using again = await Database.load(folder.at('db'))
    await checkDatabase(again)
  })

  it('is refused to a second process', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await Database.create(folder.at('db'), counter)
    expect(db.path).toBe(folder.at('db'))
    const script = `import Corestore from 'corestore'; const s = new Corestore(${JSON.stringify(folder.at('db', 'logs'))}); s.ready().then(() => process.exit(0), (e) => { console.log(e.message); process.exit(7) })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(7)
  })

  it('can be tried out on a throw-away copy, which is a database of its own', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    await (await db.call('put', { key: 'a', value: { n: 1 } })).whenProcessed()
    await using copy = await Database.createSandbox({ from: db })
    expect(copy.pubkey).not.toEqual(db.pubkey)
    expect((await copy.call('get', { key: 'a' })).response).toEqual({ n: 1 })
    await (await copy.call('put', { key: 'a', value: 2 })).whenProcessed()
    expect((await db.call('get', { key: 'a' })).response).toEqual({ n: 1 })
    await using other = await Database.createSandbox({ contract: { source: COUNTER_CONTRACT } })
    expect((await other.call('get')).response).toBe(0)
    await checkDatabase(copy)
    await checkDatabase(db)
    await checkDatabase(other)
  })
})

describe('db.index', () => {
  it('gives entries, listings, pages, the past and the history', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    for (const key of ['b', 'a', 'c/x', 'c/y'])
      await (await db.call('put', { key, value: key })).whenProcessed()
    const before = db.index.version
    await (await db.call('del', { key: 'a' })).whenProcessed()
    expect(await db.index.get('/values/b')).toEqual({ path: '/values/b', value: 'b' })
    expect(await db.index.get('/values/a')).toBeNull()
    expect((await db.index.list('/values')).map(({ name, container }) => [name, container])).toEqual([
      ['b', false],
      ['c', true],
    ])
    expect((await db.index.list('/values/c', { reverse: true, limit: 1 })).map(({ name }) => name)).toEqual([
      'y',
    ])
    expect((await db.index.list('/values', { cursor: 'b' })).map(({ name }) => name)).toEqual(['c'])
    await using past = await db.index.at(before)
    expect((await past.list('/values')).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    await expect(db.index.at(before - 1)).rejects.toMatchObject({ code: 'NOT_A_BATCH_END' })
    const history: unknown[] = []
    for await (const { type, path } of db.index.history({ path: '/values' })) history.push([type, path])
    expect(history).toEqual([
      ['put', '/values/b'],
      ['put', '/values/a'],
      ['put', '/values/c/x'],
      ['put', '/values/c/y'],
      ['del', '/values/a'],
    ])
    const reversed: unknown[] = []
    for await (const { path } of db.index.history({ path: '/values', reverse: true, limit: 2 }))
      reversed.push(path)
    expect(reversed).toEqual(['/values/a', '/values/c/y'])
    await checkDatabase(db)
  })

  it('watches a path and what lies below', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const abort = new AbortController()
    const seen: unknown[] = []
    const watching = (async () => {
      for await (const { type, path, value } of db.index.watch('/values/w', { signal: abort.signal })) {
        seen.push([type, path, value])
        if (seen.length === 2) abort.abort()
      }
    })()
    await (await db.call('put', { key: 'elsewhere', value: 0 })).whenProcessed()
    await (await db.call('put', { key: 'w', value: 1 })).whenProcessed()
    await (await db.call('put', { key: 'w/below', value: 2 })).whenProcessed()
    await watching
    expect(seen).toEqual([
      ['put', '/values/w', 1],
      ['put', '/values/w/below', 2],
    ])
    await checkDatabase(db)
  })
})
