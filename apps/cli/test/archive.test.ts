/** The files of a script, as people read them: ls, cat, tree, and export-files. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { check, withDatabase } from './database.js'
import { Terminal } from './terminal.js'
import { EXECUTABLE, json, Live, type Ran, vitra } from './vitra.js'

const LONG_MS = 180_000
const CTRL_C = '\u0003'
/** Files by one call: a map of paths to texts or bytes; null makes a folder. */
const WRITER = `
exports.count = 0
exports.write = async (files) => {
  for (const [path, content] of files) {
    if (content === null) await state.mkdir(path, { recursive: true })
    else await state.writeFile(path, content)
  }
  exports.count += files.length
}
`

type Files = readonly (readonly [path: string, content: string | Uint8Array | null])[]

/** A folder with, in `.vitra`, a database of a script. @param before makes calls */
async function withScript(script: string, before: (db: Database) => Promise<void>) {
  const folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('.vitra'), { contract: { script } })
  await before(db)
  const at = { cwd: folder.path, env: { NO_COLOR: '1', VITRA_BOOTSTRAP: '127.0.0.1:9' } }
  const run = (words: string): Promise<Ran> => vitra(words.split(' '), at)
  return {
    folder,
    at,
    run,
    json: <T = Record<string, unknown>>(words: string, code = 0) => json<T>(words.split(' '), at, code),
    async [Symbol.asyncDispose]() {
      await check(folder.at('.vitra'))
      await folder[Symbol.asyncDispose]()
    },
  }
}

const withFiles = (files: Files) => withScript(WRITER, (db) => db.api().write(files))

const withForum = () =>
  withScript(FORUM_SCRIPT, async (db) => {
    await db.api().addTopic('Hello world')
    await db.api().addPost(1, 'My name is bob')
  })

/** What a folder on disk holds: contents in hex, null for a folder. */
function onDisk(folder: string, below = ''): Record<string, string | null> {
  const found: Record<string, string | null> = {}
  for (const name of readdirSync(path.join(folder, below))) {
    const at = path.posix.join('/', below, name)
    if (statSync(path.join(folder, at)).isDirectory())
      Object.assign(found, { [at]: null }, onDisk(folder, at))
    else found[at] = readFileSync(path.join(folder, at)).toString('hex')
  }
  return found
}

const hex = (content: string | Uint8Array): string => Buffer.from(content as string).toString('hex')

describe.concurrent('the files of a script', () => {
  it(
    'are listed, printed and drawn, the forum of the seed as it stands there',
    async ({ expect }) => {
      await using forum = await withForum()
      const { run } = forum
      expect(await run('cat /topics/1/title')).toEqual({ code: 0, stdout: 'Hello world', stderr: '' })
      expect(await run('cat topics/1/1')).toMatchObject({ stdout: 'My name is bob' })
      expect(await run('ls')).toMatchObject({ code: 0, stdout: 'topics/\n' })
      expect(await run('ls /topics/1')).toMatchObject({ stdout: '1\ntitle\n' })
      expect(await run('ls -l /topics/1')).toMatchObject({
        stdout: 'text    14  1\ntext    11  title\n',
      })
      expect(await run('ls -l')).toMatchObject({ stdout: 'folder  -  topics/\n' })
      expect(await run('ls /topics/1/title --long')).toMatchObject({ stdout: 'text    11  title\n' })
      expect(await run('tree')).toEqual({
        code: 0,
        stdout: '/\n└── topics/\n    └── 1/\n        ├── 1\n        └── title\n',
        stderr: '2 folders, 2 files\n',
      })
      expect(await run('tree topics/1')).toMatchObject({ stdout: 'topics/1\n├── 1\n└── title\n' })
      expect(await forum.json('ls /topics/1')).toMatchObject({
        items: [
          { name: '1', kind: 'text', size: 14 },
          { name: 'title', kind: 'text', size: 11 },
        ],
      })
      expect(await forum.json('tree /topics')).toMatchObject({
        entries: [
          { path: '/topics/1', kind: 'folder', size: null },
          { path: '/topics/1/1', kind: 'text', size: 14 },
          { path: '/topics/1/title', kind: 'text', size: 11 },
        ],
      })
      expect(await forum.json('cat /topics/1/title')).toMatchObject({ content: 'Hello world', size: 11 })
    },
    LONG_MS,
  )

  it(
    'are shown as they were, and written as they were',
    async ({ expect }) => {
      let before = 0
      await using made = await withScript(WRITER, async (db) => {
        await db.api().write([['/motd', 'first']])
        before = db.index.version
        await db.api().write([['/motd', 'second'], ['/new', '']]) // biome-ignore format: two files
      })
      expect(await made.run('cat motd')).toMatchObject({ stdout: 'second' })
      expect(await made.run(`cat motd --at ${before}`)).toMatchObject({ code: 0, stdout: 'first' })
      expect(await made.run(`ls --at ${before}`)).toMatchObject({ stdout: 'motd\n' })
      expect(await made.run(`tree --at ${before}`)).toMatchObject({ stdout: '/\n└── motd\n' })
      expect(await made.json(`ls --at ${before}`)).toMatchObject({ version: before })
      expect(await made.json(`export-files out --at ${before}`)).toMatchObject({ version: before, files: 1 })
      expect(onDisk(made.folder.at('out'))).toEqual({ '/motd': hex('first') })
      const { error } = await made.json<{ error: { code: string; hint: string } }>(`ls --at ${before - 1}`, 1)
      expect(error).toMatchObject({ code: 'NOT_A_BATCH_END', hint: expect.stringContaining('vitra history') })
      expect(await made.run('ls --at then')).toMatchObject({ code: 2 })
    },
    LONG_MS,
  )

  it(
    'go out byte for byte, also through the process that keeps the database, and never raw to a terminal',
    async ({ expect }) => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256)
      await using made = await withFiles([['/bytes', bytes], ['/sly', '\u001b[2Jhello'], ['/utf8', Buffer.from('ä')]]) // biome-ignore format: three files
      const raw = () => spawnSync(process.execPath, [EXECUTABLE, 'cat', '/bytes'], { cwd: made.folder.path })
      expect(raw()).toMatchObject({ status: 0, stdout: Buffer.from(bytes) })
      expect(await made.run('cat /sly')).toMatchObject({ stdout: '\u001b[2Jhello' })
      expect(await made.json('cat /utf8')).toMatchObject({ content: { $bytes: 'c3a4' }, size: 2 })
      {
        await using host = new Live(['host', '--offline'], made.at)
        await host.until(({ event }) => event === 'hosting')
        expect(raw()).toMatchObject({ status: 0, stdout: Buffer.from(bytes) })
        expect(await made.json('export-files served')).toMatchObject({ files: 3, folders: 0, bytes: 70_011 })
        expect(onDisk(made.folder.at('served'))['/bytes']).toBe(hex(bytes))
      }
      await using sly = new Terminal(['cat', '/sly'], made.at)
      await sly.see('\\u001b[2Jhello')
      expect(await sly.ended()).toBe(0)
      await using binary = new Terminal(['cat', '/bytes'], made.at)
      await binary.see('vitra cat /bytes > <file>')
      expect(await binary.ended()).toBe(2)
    },
    LONG_MS,
  )

  it(
    'are refused with what to do, where there are none',
    async ({ expect }) => {
      await using forum = await withForum()
      for (const words of ['cat /none', 'ls /topics/1/title/x', 'tree none'])
        expect(await forum.json(words, 1)).toMatchObject({ error: { code: 'ENTRY_NOT_FOUND' } })
      const folder = await forum.run('cat /topics')
      expect(folder).toMatchObject({ code: 2, stderr: expect.stringContaining('vitra ls /topics') })
      for (const words of ['cat /.exports/topicCounter', 'ls /.sys', 'tree /.script'])
        expect(await forum.run(words)).toMatchObject({
          code: 2,
          stderr: expect.stringContaining('vitra get'),
        })
      await using plain = await withDatabase()
      for (const words of [['ls'], ['cat', '/x'], ['tree'], ['export-files', 'out']]) {
        const said = await vitra(words, plain.at)
        expect(said).toMatchObject({ code: 1, stdout: '' })
        expect(said.stderr).toMatch(/NOT_A_SCRIPT[\s\S]*`vitra get` and `vitra list`/)
      }
      expect(existsSync(plain.folder.at('out'))).toBe(false)
    },
    LONG_MS,
  )

  it(
    'are completed by the shell and in a session, where the commands are too',
    async ({ expect }) => {
      await using forum = await withForum()
      const words = async (line: string) =>
        (await vitra(['completion', 'words', '--', ...line.split(' ')], forum.at)).stdout
          .split('\n')
          .slice(0, -1)
      expect(await words('cat ')).toEqual(['/topics/'])
      expect(await words('ls to')).toEqual(['topics/'])
      expect(await words('cat /topics/1/t')).toEqual(['/topics/1/title'])
      expect(await words('tree /.')).toEqual([])
      expect(await words('ls --lo')).toEqual(['--long'])
      await using session = new Terminal([], forum.at)
      await session.see('Ctrl-D ends.')
      session.enter('.ls /topics/1')
      await session.see(/\n1\s+title\s/)
      session.type('.cat /topics/1/ti\t')
      await session.see('.cat /topics/1/title')
      session.enter('')
      await session.see('Hello world')
      session.enter('.tree')
      await session.see('2 folders, 2 files')
      session.enter('await db.files.readFile("/topics/1/1")')
      await session.see("'My name is bob'")
      session.type('\u0004')
      expect(await session.ended()).toBe(0)
    },
    LONG_MS,
  )
})

describe.concurrent('vitra export-files', () => {
  const name = fc.constantFrom('a', 'b', 'ü', 'c d', '.e', '$(f)')
  const files = fc.array(
    fc.tuple(
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 30 }))),
    ),
    { minLength: 5, maxLength: 25 },
  )

  it(
    'writes what the script has, whatever that is',
    async ({ expect }) => {
      await fc.assert(
        fc.asyncProperty(files, async (given) => {
          const wanted = new Map<string, string | null>()
          const written: (readonly [string, string | Uint8Array | null])[] = []
          for (const [names, content] of given) {
            const at = (depth: number) => `/${names.slice(0, depth).join('/')}`
            const folders = names.slice(1).map((_, n) => at(n + 1))
            if (folders.some((one) => wanted.get(one) !== undefined && wanted.get(one) !== null)) continue
            const self = at(names.length)
            if (wanted.has(self) && (wanted.get(self) === null) !== (content === null)) continue
            for (const one of folders) wanted.set(one, null)
            if (folders.length > 0) written.push([folders.at(-1)!, null])
            written.push([self, content])
            wanted.set(self, content === null ? null : hex(content))
          }
          await using made = await withFiles(written)
          const said = await made.json<{ files: number; folders: number }>('export-files out')
          expect(onDisk(made.folder.at('out'))).toEqual(Object.fromEntries(wanted))
          expect(said.files + said.folders).toBe(wanted.size)
        }),
        { numRuns: 3 },
      )
    },
    LONG_MS,
  )

  it(
    'replaces nothing unless it is told to, and never leaves its folder',
    async ({ expect }) => {
      await using made = await withFiles([['/a', null], ['/a/x', 'new'], ['/link', 'mine'], ['/.vitra', null], ['/.vitra/vitra.json', 'evil']]) // biome-ignore format: files
      const { folder } = made
      mkdirSync(folder.at('empty/.vitra-partial-0123456789abcdef/rest'), { recursive: true })
      expect(await made.run('export-files empty')).toMatchObject({
        code: 0,
        stdout: 'wrote 3 files and 2 folders to empty\n',
      })
      const whole = {
        '/a': null,
        '/a/x': hex('new'),
        '/link': hex('mine'),
        '/.vitra': null,
        '/.vitra/vitra.json': hex('evil'),
      }
      expect(onDisk(folder.at('empty'))).toEqual(whole)
      writeFileSync(folder.at('empty/a/x'), 'old')
      writeFileSync(folder.at('empty/a/other'), 'kept')
      expect(await made.json('export-files empty', 1)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
      expect(readFileSync(folder.at('empty/a/x'), 'utf8')).toBe('old')
      await made.json('export-files empty --force')
      expect(onDisk(folder.at('empty'))).toEqual({ ...whole, '/a/other': hex('kept') })
      // Links that lead out of the folder are replaced as files, and not followed as folders.
      mkdirSync(folder.at('outside'))
      writeFileSync(folder.at('outside/victim'), 'safe')
      for (const [target, links] of [
        ['linked', { link: 'outside/victim' }],
        ['led', { a: 'outside' }],
      ] as const) {
        mkdirSync(folder.at(target))
        for (const [at, to] of Object.entries(links)) symlinkSync(folder.at(to), folder.at(`${target}/${at}`))
      }
      await made.json('export-files linked --force')
      expect(onDisk(folder.at('linked'))).toEqual(whole)
      expect(await made.json('export-files led --force', 1)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
      expect(readdirSync(folder.at('led'))).toEqual(['a'])
      expect(onDisk(folder.at('outside'))).toEqual({ '/victim': hex('safe') })
      for (const target of ['.', '.vitra', '.vitra/files'])
        expect(await made.json(`export-files ${target} --force`, 1)).toMatchObject({
          error: { code: 'FILE_EXISTS' },
        })
      expect(existsSync(folder.at('.vitra/files'))).toBe(false)
      expect(await made.json('export-files empty/a/x', 1)).toMatchObject({ error: { code: 'FILE_EXISTS' } })
    },
    LONG_MS,
  )

  it(
    'writes all or nothing: a name that the disk cannot hold, and Ctrl-C, leave no part',
    async ({ expect }) => {
      const long = `/${'n'.repeat(300)}`
      await using unusable = await withFiles([['/fine', 'x'], [long, 'y']]) // biome-ignore format: two files
      expect(await unusable.json('export-files deep/out', 1)).toMatchObject({
        error: { code: 'FILE_UNWRITABLE', message: expect.stringContaining(long) },
      })
      expect(existsSync(unusable.folder.at('deep'))).toBe(false)
      expect(await unusable.run(`cat ${long}`)).toMatchObject({ stdout: 'y' })

      const many = Array.from({ length: 12 }, (_, n) =>
        Array.from({ length: 250 }, (_, m) => [`/${n}/${m}`, `${n} ${m}`] as const),
      )
      await using made = await withScript(WRITER, async (db) => {
        for (const [n, some] of many.entries()) await db.api().write([[`/${n}`, null], ...some])
      })
      await using slow = new Terminal(['export-files', 'out'], made.at, 60)
      await slow.see(/wrote \d+ of 3000 files/)
      slow.type(CTRL_C)
      const code = await slow.ended()
      if (code !== 0) {
        expect(code).toBe(130)
        expect(slow.shown).toMatch(/nothing was written; begin again with:\s+vitra export-files out/)
        expect(existsSync(made.folder.at('out'))).toBe(false)
      }
      // One that is killed leaves nothing that could be taken for the whole, and the next one takes it away.
      await using killed = new Live(['export-files', 'again', '--force'], made.at)
      while (!existsSync(made.folder.at('again')) || readdirSync(made.folder.at('again')).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await killed.stop('SIGKILL')
      const left = readdirSync(made.folder.at('again'))
      if (left.length === 1) expect(left[0]).toMatch(/^\.vitra-partial-/)
      expect(left.filter((one) => /^\d+$/.test(one)).length).toBeLessThanOrEqual(12)
      expect(await made.json('export-files again --force')).toMatchObject({ files: 3000, folders: 12 })
      expect(readdirSync(made.folder.at('again')).sort()).toEqual(many.map((_, n) => `${n}`).sort())
    },
    LONG_MS,
  )
})

it('examples of the help run', async () => {
  await using forum = await withForum()
  for (const name of ['ls', 'cat', 'tree', 'export-files']) {
    const { stdout } = await vitra([name, '--help'], forum.at)
    const lines = stdout
      .split('Examples:\n')[1]!
      .split('\n')
      .map((line) => line.split('  # ')[0]!.trim())
    const examples = lines.filter((line) => line.startsWith('vitra ') && !/[<>]|picture/.test(line))
    expect(examples.length).toBeGreaterThan(0)
    for (const line of examples)
      expect(await forum.run(line.slice('vitra '.length))).toMatchObject({ code: 0 })
  }
})
