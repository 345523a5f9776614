/** What `examine` says of folders in every state that one can be in; it changes none of them. */

import { createHash } from 'node:crypto'
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { Log, type LogError, Storage as LogStorage, LogWriter } from '@vitra/log'
import { copyDatabase, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it, vi } from 'vitest'
import { Database, declareAlone, type Examination, examine } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const disk = vi.hoisted(() => ({ freeBytes: null as number | null }))
// A full disk is the one thing that cannot be had here.
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  const statfs = async (file: string) =>
    disk.freeBytes === null ? real.statfs(file) : { bavail: disk.freeBytes, bsize: 1 }
  return { ...real, statfs }
})

const TEST_MS = 120_000

async function withDatabase() {
  const folder = await TemporaryFolder.make()
  const db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
  await (await db.call('put', { key: 'a', value: 1 })).whenProcessed()
  return { folder, db, at: folder.at('db'), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const codes = ({ diagnoses }: Examination) => diagnoses.map(({ code }) => code)

/** Hash of everything in a folder: names, times and contents. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).sort(byPath)) {
    const file = path.join(entry.parentPath, entry.name)
    const { mtimeMs, size } = await stat(file)
    hash.update(`${file} ${mtimeMs} ${size}\n`)
    if (entry.isFile()) hash.update(await readFile(file))
  }
  return hash.digest('hex')
}

function byPath(a: { parentPath: string; name: string }, b: { parentPath: string; name: string }): number {
  return path.join(a.parentPath, a.name) < path.join(b.parentPath, b.name) ? -1 : 1
}

describe('a folder', () => {
  it('that is not there, a file, empty, or full of other things is no database', async () => {
    await using folder = await TemporaryFolder.make()
    await writeFile(folder.at('file'), 'text')
    await mkdir(folder.at('empty'))
    await mkdir(folder.at('other'))
    await writeFile(folder.at('other', 'photo.jpg'), '')
    for (const name of ['nowhere', 'file', 'empty', 'other']) {
      const found = await examine(folder.at(name))
      expect(found).toMatchObject({ state: 'none', key: null, role: null, logs: [] })
      expect(codes(found)).toEqual(['not-a-database'])
    }
  })

  it('in which a creation was not finished can be created in again', async () => {
    await using made = await withDatabase()
    await made.db.close()
    await rm(path.join(made.at, 'vitra.json'))
    await rm(path.join(made.at, 'transactions.jsonl'))
    const found = await examine(made.at)
    expect(found.state).toBe('none')
    expect(codes(found)).toEqual(['half-created'])
    await using again = await Database.create(made.at, { contract: { source: WORKBENCH_CONTRACT } })
    await checkDatabase(again)
  })

  it('that is fine is ready, changed in nothing, closed or in use', async () => {
    await using made = await withDatabase()
    const { at, db } = made
    const open = await examine(at)
    expect(open).toMatchObject({ state: 'ready', role: 'executor', key: db.pubkey.toString('hex') })
    expect(codes(open)).toEqual(['in-use'])
    expect(open.diagnoses[0]!.details).toMatchObject({ pid: process.pid })
    const { version } = db.index
    await checkDatabase(db)
    await db.close()
    const before = await fingerprint(at)
    const found = await examine(at)
    expect(found).toMatchObject({ state: 'ready', diagnoses: [] })
    expect(found.logs).toMatchObject([
      { log: 'index', length: version, journalled: version, atPeers: null },
      { log: 'oplog', length: 1, journalled: 1 },
    ])
    expect(await fingerprint(at)).toBe(before)
  })

  it('that was copied is told, until its mark is removed', async () => {
    await using made = await withDatabase()
    await made.db.close()
    await cp(made.at, made.folder.at('copy'), { recursive: true })
    const found = await examine(made.folder.at('copy'))
    expect(found.state).toBe('problem')
    expect(codes(found)).toEqual(['copied'])
    await expect(Database.load(made.folder.at('copy'))).rejects.toMatchObject({ code: 'DATABASE_COPIED' })
    await rm(path.join(made.folder.at('copy'), 'logs', 'CORESTORE'))
    expect(await examine(made.folder.at('copy'))).toMatchObject({ state: 'ready', diagnoses: [] })
  })

  it('of another format, or with damaged files, says which file', async () => {
    await using made = await withDatabase()
    await made.db.close()
    const file = path.join(made.at, 'vitra.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"format": 1', '"format": 9'))
    expect(codes(await examine(made.at))).toEqual(['format-unknown'])
    await writeFile(file, text.slice(0, 30))
    const damaged = await examine(made.at)
    expect(damaged).toMatchObject({
      state: 'problem',
      diagnoses: [{ code: 'file-damaged', details: { file } }],
    })
    await writeFile(file, text)
    const local = path.join(made.at, 'local.json')
    await writeFile(local, '{')
    expect((await examine(made.at)).diagnoses).toMatchObject([
      { code: 'file-damaged', details: { file: local } },
    ])
  })

  it('whose store lost its files is told apart from one without a log', async () => {
    await using made = await withDatabase()
    await made.db.close()
    const db = path.join(made.at, 'logs', 'db')
    for (const name of await readdir(db)) if (name.startsWith('MANIFEST')) await rm(path.join(db, name))
    const found = await examine(made.at)
    expect(found.state).toBe('problem')
    expect(codes(found)).toContain('log-unreadable')
  })

  it('of another user is told to be that', async () => {
    await using made = await withDatabase()
    await made.db.close()
    await chmod(made.folder.path, 0o755)
    const root = process.geteuid!() === 0
    // Of one's own folder the rights are taken away; root is never refused, so it becomes nobody.
    if (root) process.seteuid!(65_534)
    else await chmod(made.at, 0)
    try {
      const found = await examine(made.at)
      expect(found).toMatchObject({ state: 'problem', diagnoses: [{ code: 'file-unreadable' }] })
      expect(found.diagnoses[0]!.advice).toContain('user')
    } finally {
      if (root) process.seteuid!(0)
      else await chmod(made.at, 0o700)
    }
  })

  it('on a full disk is told so', async () => {
    await using made = await withDatabase()
    disk.freeBytes = 1000
    try {
      expect(codes(await examine(made.at))).toContain('disk-full')
    } finally {
      disk.freeBytes = null
    }
    await checkDatabase(made.db)
    await made.db.close()
  })
})

describe('the keys', () => {
  it('that are missing, damaged or open to others are named', async () => {
    await using made = await withDatabase()
    const participant = made.db.localOplog!.publicKey.toString('hex')
    await made.db.close()
    const keys = path.join(made.at, 'keys')
    const [executor] = (await readdir(keys)).filter((name) => !name.startsWith(participant))
    await chmod(path.join(keys, executor!), 0o644)
    expect(codes(await examine(made.at))).toEqual(['key-open'])
    await chmod(path.join(keys, executor!), 0o600)
    const kept = await readFile(path.join(keys, executor!))
    await writeFile(path.join(keys, executor!), '{}')
    expect(codes(await examine(made.at))).toContain('file-damaged')
    await rm(path.join(keys, executor!))
    await rm(path.join(keys, `${participant}.json`))
    const found = await examine(made.at)
    expect(codes(found)).toEqual(['key-missing', 'key-missing'])
    expect(found.diagnoses[0]!.details).toEqual({ file: path.join(keys, executor!) })
    await writeFile(path.join(keys, executor!), kept, { mode: 0o600 })
    expect(codes(await examine(made.at))).toEqual(['key-missing'])
  })
})

describe('a log and its journal', () => {
  const journalOf = async (at: string, log: 'index' | 'oplog') => {
    const { logs } = await examine(at)
    return path.join(at, 'journal', `${logs.find((one) => one.log === log)!.key}.journal`)
  }

  it('that a power cut took apart are mended by the next command', async () => {
    await using made = await withDatabase()
    const { at, db } = made
    const before = await TemporaryFolder.make()
    await using _ = before
    await cp(path.join(at, 'logs', 'db'), before.at('db'), { recursive: true })
    await (await db.call('put', { key: 'b', value: 2 })).whenProcessed()
    await checkDatabase(db)
    await db.close()
    const logs = path.join(at, 'logs', 'db')
    await rm(logs, { recursive: true })
    await cp(before.at('db'), logs, { recursive: true })
    await appendFile(await journalOf(at, 'index'), Buffer.from([9, 9, 9]))
    const found = await examine(at)
    expect(found.state).toBe('ready')
    expect(codes(found).sort()).toEqual(['journal-ahead', 'journal-ahead', 'journal-torn'])
    await using again = await Database.load(at)
    expect(await again.index.get('/values/b')).toMatchObject({ value: 2 })
    expect(codes(await examine(at))).toEqual(['in-use'])
    await checkDatabase(again)
  })

  it('of which the journal is lost are not written, until somebody states that nobody has more', async () => {
    await using made = await withDatabase()
    const { at } = made
    await made.db.close()
    const lost = await journalOf(at, 'oplog')
    await rm(lost)
    const found = await examine(at)
    expect(found.state).toBe('problem')
    expect(codes(found)).toEqual(['journal-lost'])
    expect(await declareAlone(at)).toEqual([path.basename(lost, '.journal')])
    expect(await declareAlone(at)).toEqual([])
    expect(await examine(at)).toMatchObject({ state: 'ready', diagnoses: [] })
    await using db = await Database.load(at)
    await (await db.call('put', { key: 'c', value: 3 })).whenProcessed()
    await checkDatabase(db)
  })

  it('of which the log is behind what was signed say by how much, whoever knows it', async () => {
    await using made = await withDatabase()
    const { at, db } = made
    await using old = await TemporaryFolder.make()
    for (const part of ['logs/db', 'journal'])
      await cp(path.join(at, part), old.at(part), { recursive: true })
    const bring = async (part: string) => {
      await rm(path.join(at, part), { recursive: true })
      await cp(old.at(part), path.join(at, part), { recursive: true })
    }
    const tx = await db.call('put', { key: 'b', value: 2 })
    await tx.whenProcessed()
    await db.verify() // the head that it accepts is kept beside the logs
    await checkDatabase(db)
    const { version } = db.index
    await db.close()
    for (const part of ['logs/db', 'journal']) await bring(part)
    const found = await examine(at)
    expect(found.diagnoses).toMatchObject([
      { code: 'log-behind', level: 'problem', details: { signed: version } },
    ])
    await using copy = await Database.load(at)
    const refused = await copy
      .call('put', { key: 'c', value: 3 })
      .then(
        () => copy.executor!.sync(),
        (error: LogError) => Promise.reject(error),
      )
      .catch((error: LogError) => error)
    expect(refused).toMatchObject({ code: 'LOG_BEHIND' })
  })

  it('that belong to two backups contradict each other', async () => {
    await using made = await withDatabase()
    const { at, db } = made
    await db.close()
    await copyDatabase(at, made.folder.at('twin'))
    for (const [nth, folder] of [at, made.folder.at('twin')].entries()) {
      await using one = await Database.load(folder)
      await (await one.call('put', { key: 'b', value: nth })).whenProcessed()
    }
    await rm(path.join(at, 'journal'), { recursive: true })
    await cp(path.join(made.folder.at('twin'), 'journal'), path.join(at, 'journal'), { recursive: true })
    const found = await examine(at)
    expect(codes(found)).toEqual(['log-contradicts-journal', 'log-contradicts-journal'])
    await expect(Database.load(at)).rejects.toMatchObject({ code: 'LOG_CONTRADICTS_JOURNAL' })
  })

  it('are compared with what peers have', async () => {
    await using made = await withDatabase()
    const { at, db } = made
    await using old = await TemporaryFolder.make()
    await db.close()
    await cp(at, old.at('old'), { recursive: true })
    await using peer = await withPeer(made.folder, at)
    const ask = { peers: { timeoutMs: 20_000, connect: peer.connect } }
    expect(await examine(at, ask)).toMatchObject({ state: 'ready', logs: [{ atPeers: peer.version }, {}] })
    for (const part of ['logs/db', 'journal']) {
      await rm(path.join(at, part), { recursive: true })
      await cp(old.at('old', part), path.join(at, part), { recursive: true })
    }
    const found = await examine(at, ask)
    expect(found.state).toBe('problem')
    expect(found.diagnoses[0]).toMatchObject({ code: 'log-behind', details: { signed: peer.version } })
    const none = await examine(at, { peers: { timeoutMs: 100, connect: () => {} } })
    expect(codes(none)).toContain('no-peer')
  })
})

/** A copy that has what the folder did after now: one call more. */
async function withPeer(folder: TemporaryFolder, at: string) {
  const { connect } = await import('@vitra/testkit')
  const alice = await Database.load(at)
  const peer = await Database.load(folder.at('peer'), alice.pubkey)
  const connection = connect(alice, peer)
  await (await alice.call('put', { key: 'more', value: 1 })).whenProcessed()
  await peer.syncFullHistory()
  await connection.close()
  const { version } = peer.index
  await checkDatabase(peer)
  await alice.close()
  return {
    version,
    connect: (storage: LogStorage) => {
      connect(peer, { replicate: (first: boolean) => storage.store.replicate(first) as never })
    },
    [Symbol.asyncDispose]: () => peer.close(),
  }
}

describe('what audits left', () => {
  it('is told: a violation is a problem', async () => {
    await using made = await withDatabase()
    await made.db.index.dangerousBatch([{ type: 'put', path: '/values/a', value: 9 }])
    await expect(made.db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    await made.db.close()
    const found = await examine(made.at)
    expect(found.state).toBe('problem')
    expect(codes(found)).toEqual(['fraud'])
  })

  it('a copy that lacks blocks is fine, an executor is not', async () => {
    await using made = await withDatabase()
    await checkDatabase(made.db)
    const key = made.db.pubkey
    await made.db.close()
    await (await Database.load(made.folder.at('copy'), key)).close()
    const copy = await examine(made.folder.at('copy'))
    expect(copy).toMatchObject({ state: 'ready', role: 'copy', logs: [] })
    expect(codes(copy)).toEqual(['blocks-missing'])
    const db = path.join(made.at, 'logs', 'db')
    for (const name of await readdir(db)) if (/^\d+\.log$/.test(name)) await truncate(path.join(db, name), 0)
    await rm(path.join(made.at, 'journal'), { recursive: true })
    const found = await examine(made.at)
    expect(found.state).toBe('problem')
    expect(codes(found), JSON.stringify(found)).toContain('blocks-missing')
    await using empty = await Database.load(made.at)
    expect(empty.executor).toBe(null)
    expect(empty.index.version).toBe(0)
  })
})

it(
  'a writer that is open is not disturbed by an examination',
  async () => {
    await using made = await withDatabase()
    const { db, at } = made
    for (let n = 0; n < 20; n++) {
      const [found] = await Promise.all([examine(at), db.call('put', { key: `k${n}`, value: n })])
      expect(found.state, JSON.stringify(found.diagnoses)).toBe('ready')
    }
    await db.executor!.sync()
    expect(await checkDatabase(db)).toMatchObject({ ops: 21 })
    await db.close()
    const storage = LogStorage.at(at)
    const { identity } = await storage.load()
    const log = await Log.open(storage, identity!)
    const writer = await LogWriter.open(log, storage, (await storage.keys.get(identity!.signer))!)
    expect(writer.behind || writer.isUnsure).toBe(false)
    await writer.close()
    await storage.close()
  },
  TEST_MS,
)
