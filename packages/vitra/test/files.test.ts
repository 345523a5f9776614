// The files of a script as programs read them, compared with a folder on disk (spec/10-scripts §3).
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Log, Storage as LogStorage } from '@vitra/log'
import { connect, FORUM_SCRIPT, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Database, type PastFiles } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

/** Times the cases of an ordinary run; `files.soak.ts` has more. */
const CASES = process.env.MODE === 'soak' ? 20 : 1
const TEST_MS = 180_000 * CASES

/** Does operations of `state`, as they were asked for; those that fail are left out. */
const FILES = `
exports.done = 0
exports.bytes = null
exports.init = () => {}
exports.run = async (ops) => {
  for (const [name, ...args] of ops) {
    try { await state[name](...args); exports.done++ } catch (error) { if (!error.code) throw error }
  }
}
exports.write = (path, content) => state.writeFile(path, content)
exports.mkdirs = (path) => state.mkdir(path, { recursive: true })
`

type Op = readonly [name: string, ...args: unknown[]]
type View = Pick<Database['files'], 'access' | 'readFile' | 'readdir' | 'stat'>

const paths = fc
  .array(fc.constantFrom('a', 'b', 'ü', 'c d', '.e'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`)
const contents = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 40 }))
const ops: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(fc.constant('mkdir'), paths, fc.constantFrom({}, { recursive: true })),
  fc.tuple(fc.constantFrom('writeFile', 'appendFile'), paths, contents),
  fc.tuple(fc.constant('writeFile'), paths, contents, fc.constant({ flag: 'wx' })),
  fc.tuple(fc.constantFrom('unlink', 'rmdir'), paths),
  fc.tuple(fc.constant('rename'), paths, paths),
  fc.tuple(fc.constant('rm'), paths, fc.constantFrom({}, { recursive: true }, { force: true })),
)

/** The same operation by Node, in a folder. */
async function onDisk(folder: string, [name, ...args]: Op): Promise<void> {
  const [first, second, third] = args
  const at = path.join(folder, first as string)
  if (name === 'mkdir') await mkdir(at, second as object)
  if (name === 'writeFile') await writeFile(at, second as string, third as object)
  if (name === 'appendFile') await writeFile(at, second as string, { flag: 'a' })
  if (name === 'unlink') await unlink(at)
  if (name === 'rmdir') await rmdir(at)
  if (name === 'rename') await rename(at, path.join(folder, second as string))
  if (name === 'rm') await rm(at, second as object)
}

/** Everything that a view shows, in its order. */
async function contentsOf(view: View): Promise<[string, string | null][]> {
  const names = await view.readdir('/', { recursive: true })
  const items = await view.readdir('/', { recursive: true, withFileTypes: true })
  expect(items.map(({ name, parentPath }) => path.posix.join(parentPath, name).slice(1))).toEqual(names)
  const found: [string, string | null][] = []
  for (const [n, name] of names.entries()) {
    const stats = await view.stat(name)
    expect(stats.isDirectory()).toBe(items[n]!.isDirectory())
    expect(stats.isFile()).toBe(!stats.isDirectory())
    const bytes = stats.isFile() ? await view.readFile(`/${name}`, { encoding: null }) : null
    if (bytes !== null) expect(stats.size).toBe(bytes.length)
    found.push([name, bytes === null ? null : Buffer.from(bytes).toString('hex')])
  }
  return found
}

/** The same of a folder on disk, in byte order, each folder before what it holds. */
async function contentsOnDisk(folder: string, below = ''): Promise<[string, string | null][]> {
  const names = await readdir(path.join(folder, below))
  const found: [string, string | null][] = []
  for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const at = below === '' ? name : `${below}/${name}`
    if ((await stat(path.join(folder, at))).isDirectory())
      found.push([at, null], ...(await contentsOnDisk(folder, at)))
    else found.push([at, (await readFile(path.join(folder, at))).toString('hex')])
  }
  return found
}

/** How an operation fails; null where it does not. */
async function failureOf(work: Promise<unknown>): Promise<object | null> {
  return work.then(
    () => null,
    ({ code, syscall }) => ({ code, syscall }),
  )
}

describe.concurrent('the files of a script', () => {
  it(
    'are those that the same operations make on disk, at every version',
    async ({ expect }) => {
      let files = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(ops, { minLength: 20, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
          fc.array(paths, { minLength: 10 }),
          async (calls, probes) => {
            await using folder = await TemporaryFolder.make()
            await mkdir(folder.at('disk'))
            await using db = await Database.create(folder.at('db'), { contract: { script: FILES } })
            const api = db.api()
            const seen: [PastFiles, [string, string | null][]][] = []
            for (const call of calls) {
              await api.run(call)
              for (const op of call) await onDisk(folder.at('disk'), op).catch(() => {})
              seen.push([await db.files.at(), await contentsOnDisk(folder.at('disk'))])
              expect(await contentsOf(db.files)).toEqual(seen.at(-1)![1])
            }
            files += seen.at(-1)![1].length
            for (const [past, before] of seen) {
              expect(await contentsOf(past)).toEqual(before)
              expect(await contentsOf(await db.files.at(past.version))).toEqual(before)
            }
            for (const probe of probes) {
              const at = path.join(folder.at('disk'), probe)
              expect(await failureOf(db.files.readFile(probe))).toEqual(await failureOf(readFile(at)))
              expect(await failureOf(db.files.readdir(probe))).toEqual(await failureOf(readdir(at)))
              expect(await failureOf(db.files.stat(probe))).toEqual(await failureOf(stat(at)))
            }
            await checkDatabase(db)
          },
        ),
        { numRuns: 6 * CASES },
      )
      expect(files).toBeGreaterThan(0)
    },
    TEST_MS,
  )

  it(
    'are the forum of the seed, with its variables, at past versions too',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using db = await Database.create(folder.at('db'), { contract: { script: FORUM_SCRIPT } })
      expect(await db.variables()).toEqual({ postCounter: 0, topicCounter: 0 })
      const { version } = db.index
      const forum = db.api()
      await forum.addTopic('Hello world')
      await forum.addPost(1, 'My name is bob')
      expect(await db.files.readdir('/', { recursive: true })).toEqual([
        'topics',
        'topics/1',
        'topics/1/1',
        'topics/1/title',
      ])
      expect(await db.files.readFile('topics/1/../1//title')).toBe('Hello world')
      expect(await db.files.readFile('/topics/1/1', 'utf8')).toBe('My name is bob')
      expect(await db.variables()).toEqual({ postCounter: 1, topicCounter: 1 })
      await using before = await db.files.at(version)
      expect(before.version).toBe(version)
      expect(await before.readdir('/')).toEqual(['topics'])
      await expect(before.readFile('/topics/1/title')).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await db.variables({ version })).toEqual({ postCounter: 0, topicCounter: 0 })
      await expect(db.files.at(version - 1)).rejects.toMatchObject({ code: 'NOT_A_BATCH_END' })
      // The batch of the genesis comes before `init`.
      const genesis = await firstVersion(db)
      expect(await (await db.files.at(genesis)).readdir('/')).toEqual([])
      expect(await db.variables({ version: genesis })).toEqual({})
      await checkDatabase(db)
    },
    TEST_MS,
  )

  it(
    'fail as those of Node do, and show nothing that is reserved',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using db = await Database.create(folder.at('db'), { contract: { script: FILES } })
      const api = db.api()
      await api.write('/text', 'ä')
      await api.write('/bytes', Uint8Array.of(0xff, 0))
      await api.mkdirs('/folder')
      const { files } = db
      const failure = {
        message: "ENOENT: no such file or directory, open '/none'",
        code: 'ENOENT',
        syscall: 'open',
        path: '/none',
      }
      await expect(files.readFile('/none')).rejects.toMatchObject(failure)
      expect(await failureOf(files.readFile('/text/x'))).toEqual({ code: 'ENOTDIR', syscall: 'open' })
      expect(await failureOf(files.readFile('/folder'))).toEqual({ code: 'EISDIR', syscall: 'read' })
      expect(await failureOf(files.readFile('/bytes', 'utf8'))).toEqual({ code: 'EINVAL', syscall: 'read' })
      expect(await failureOf(files.readFile(''))).toEqual({ code: 'ENOENT', syscall: 'open' })
      const long = `/${'x'.repeat(2000)}`
      expect(await failureOf(files.stat(long))).toEqual({ code: 'ENAMETOOLONG', syscall: 'stat' })
      expect(await failureOf(files.readFile('/text', { encoding: 'latin1' as 'utf8' }))).toMatchObject({
        code: 'ERR_INVALID_ARG_VALUE',
      })
      expect(await failureOf(files.readFile(7 as never))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
      for (const reserved of ['/.sys', '/.script', '/.exports', '/.exports/done', 'folder/../.sys/batch']) {
        expect(await failureOf(files.stat(reserved))).toEqual({ code: 'EPERM', syscall: 'stat' })
        expect(await failureOf(files.readdir(reserved))).toEqual({ code: 'EPERM', syscall: 'scandir' })
        expect(await failureOf(files.readFile(reserved))).toEqual({ code: 'EPERM', syscall: 'open' })
      }
      expect(await files.readdir('/')).toEqual(['bytes', 'folder', 'text'])
      await files.access('/text')
      expect(await failureOf(files.access('/text', 2))).toEqual({ code: 'EROFS', syscall: 'access' })
      expect(await failureOf(files.access('/none'))).toEqual({ code: 'ENOENT', syscall: 'access' })
      expect(await files.readFile('/text')).toBe('ä')
      expect(await files.readFile('/text', { encoding: null })).toEqual(Uint8Array.of(0xc3, 0xa4))
      expect(await files.readFile('/bytes')).toEqual(Uint8Array.of(0xff, 0))
      for (const name of ['writeFile', 'mkdir', 'unlink', 'rm', 'rename']) expect(name in files).toBe(false)
      await checkDatabase(db)
      await db.close()
      await expect(files.readdir('/')).rejects.toMatchObject({ code: 'DATABASE_CLOSED' })
    },
    TEST_MS,
  )

  it(
    'are read on a copy that has no blocks yet, and while the executor goes on',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using alice = await Database.create(folder.at('alice'), { contract: { script: FILES } })
      const api = alice.api()
      for (let n = 0; n < 20; n++) {
        await api.mkdirs(`/${n % 4}`)
        await api.write(`/${n % 4}/${n}`, 'x'.repeat(500) + n)
      }
      await takeHead(alice, folder.at('bob'))
      await using bob = await Database.load(folder.at('bob'))
      expect(bob.progress().missingBlocks).toBeGreaterThan(0)
      const connection = connect(alice, bob)
      expect(await bob.files.readFile('/3/7', 'utf8')).toBe(`${'x'.repeat(500)}7`)
      await using held = await bob.files.at()
      const names = await held.readdir('/', { recursive: true })
      expect(names).toHaveLength(24)
      const writing = (async () => {
        for (let n = 20; n < 60; n++) await api.write(`/${n % 4}/${n}`, `${n}`)
      })()
      // Each write adds one name: any state in between has all names up to one of them.
      for (let n = 0; n < 10; n++) {
        const numbers = (await bob.files.readdir('/', { recursive: true })).flatMap((name) =>
          name.includes('/') ? [Number(name.split('/')[1])] : [],
        )
        expect(Math.max(...numbers)).toBe(numbers.length - 1)
      }
      await writing
      expect(await held.readdir('/', { recursive: true })).toEqual(names)
      await bob.syncLatest()
      expect(await bob.files.readFile('/3/59', 'utf8')).toBe('59')
      expect(await bob.variables()).toEqual({ bytes: null, done: 0 })
      await connection.close()
      await checkDatabase(alice)
    },
    TEST_MS,
  )

  it(
    'are told from entries that no script has written',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using db = await Database.create(folder.at('db'), { contract: { script: FILES } })
      await db.api().write('/file', 'x')
      await db.index.dangerousBatch([
        { type: 'put', path: '/odd', value: { answer: 42 } },
        { type: 'put', path: '/no-folder/file', value: 'y' },
        { type: 'put', path: '/.exports/__proto__', value: { polluted: true } },
      ])
      const { files } = db
      for (const options of [undefined, 'utf8', { encoding: null }] as never[])
        await expect(files.readFile('/odd', options)).rejects.toMatchObject({
          code: 'EINVAL',
          path: '/odd',
          message: expect.stringContaining('neither text nor bytes'),
        })
      expect(await files.readdir('/')).toEqual(['file', 'no-folder', 'odd'])
      await expect(files.readdir('/', { recursive: true })).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await files.readFile('/file')).toBe('x')
      const variables = await db.variables()
      expect(Object.getPrototypeOf(variables)).toBe(Object.prototype)
      expect(variables).not.toHaveProperty('polluted')
      await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    },
    TEST_MS,
  )

  it(
    'are none where the contract is no script',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
      const refused = { code: 'NOT_A_SCRIPT', message: expect.stringContaining('db.index') }
      await expect(db.files.readdir('/')).rejects.toMatchObject(refused)
      await expect(db.files.at(db.index.version)).rejects.toMatchObject(refused)
      await expect(db.variables()).rejects.toMatchObject(refused)
      await checkDatabase(db)
    },
    TEST_MS,
  )
})

/** Makes a copy that has the head of the newest version, and none of its blocks. */
async function takeHead(alice: Database, folder: string): Promise<void> {
  await (await Database.load(folder, alice.pubkey)).close()
  await using storage = LogStorage.at(folder)
  await storage.load()
  const index = await Log.open(storage, alice.pubkey) // asks for no block
  const connection = connect(alice, { replicate: (first) => storage.store.replicate(first) as never })
  while (index.length < alice.index.version) await new Promise(setImmediate)
  await connection.close()
}

/** The first batch end. */
async function firstVersion(db: Database): Promise<number> {
  for await (const { path: at, seq } of db.index.history()) if (at === '/.sys/batch') return seq + 1
  throw new Error('there is no batch')
}
