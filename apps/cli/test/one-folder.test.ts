/** The commands on one machine: databases on disk; where a process does something of its own, the commands are processes. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CallsOpUnexecutable, publish, readHistory, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { CONTRACT } from './contract.js'
import { check, withDatabase } from './database.js'
import { json, Live, spawned, vitra } from './vitra.js'

useGuests({ secondLooks: false })

/** For tests of many commands, each a process. */
const LONG_MS = 180_000

describe('a database of one’s own', () => {
  it('is made, called, read, and verified', async () => {
    await using made = await withDatabase()
    const { at, key, folder } = made
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await vitra(['call', 'get'], at)).toMatchObject({ code: 0, stdout: '0\n' })
    const called = await vitra(['call', 'increment', '--amount', '2'], at)
    expect(called).toMatchObject({ code: 0, stderr: '' })
    expect(called.stdout).toBe('executed 1 op\n  put /counter 2\n  returned 2\n')
    expect(
      await json(['call', 'increment', '--params', '-'], { ...at, stdin: '{"amount": 3}' }),
    ).toMatchObject({
      status: 'processed',
      changes: [{ path: '/counter', value: 5, deleted: false }],
      returned: [5],
    })
    expect(await vitra(['get', '/counter'], at)).toMatchObject({ code: 0, stdout: '5\n', stderr: '' })
    expect(await json(['get', '/counter'], at)).toMatchObject({ path: '/counter', value: 5 })
    expect(await json(['list'], at)).toMatchObject({
      entries: [
        { name: '.sys', container: true },
        { name: 'counter', value: 5, container: false },
      ],
      cursor: null,
    })
    const { entries } = await json<{ entries: unknown[] }>(['history'], at)
    expect(entries).toMatchObject([
      { type: 'put', path: '/counter', value: 5 },
      { type: 'put', path: '/counter', value: 2 },
    ])
    expect((await vitra(['methods'], at)).stdout.split('\n')).toContainEqual(
      expect.stringMatching(/^increment\(\{ amount = 1 \}\) +\[--amount 1\]$/),
    )
    expect((await vitra(['source'], at)).stdout).toBe(CONTRACT)
    expect(await json(['info'], at)).toMatchObject({
      key,
      folder: folder.at('.vitra'),
      role: 'executor',
      participants: [{ active: true, local: true }],
      pending: [],
      violations: [],
    })
    expect(await json(['verify'], at)).toMatchObject({ verdict: 'valid', ops: 2 })
    await check(folder.at('.vitra'))
  })

  it('is found from a folder below, by VITRA_DIR and by --dir, in this order of rank', async () => {
    await using made = await withDatabase()
    const { folder, key } = made
    await mkdir(folder.at('a/b'), { recursive: true })
    await writeFile(folder.at('a/other.js'), `${CONTRACT}// another one`)
    const other = await json<{ key: string }>(['init', 'other.js', '--dir', 'db'], { cwd: folder.at('a') })
    const keyOf = async (args: string[], env = {}) =>
      (await json<{ key: string }>(['info', ...args], { cwd: folder.at('a/b'), env })).key
    expect(await keyOf([])).toBe(key)
    expect(await keyOf([], { VITRA_DIR: '../db' })).toBe(other.key)
    expect(await keyOf(['--dir', '../../.vitra'], { VITRA_DIR: '../db' })).toBe(key)
    await check(folder.at('.vitra'))
  })

  it('lists page by page', async () => {
    await using made = await withDatabase()
    for (const name of ['a', 'b', 'c']) {
      await json(['call', 'put', '--path', `/all/${name}`, '--value', name], made.at)
    }
    const first = await json<{ cursor: string }>(['list', '/all', '--limit', '2'], made.at)
    expect(first).toMatchObject({ entries: [{ name: 'a' }, { name: 'b' }], cursor: 'b' })
    const second = await json(['list', '/all', '--limit', '2', '--cursor', first.cursor], made.at)
    expect(second).toMatchObject({ entries: [{ name: 'c' }], cursor: null })
    const last = await json(['list', '/all', '--reverse', '--limit', '1'], made.at)
    expect(last).toMatchObject({ entries: [{ name: 'c' }], cursor: 'c' })
    const note = await vitra(['list', '/all', '--limit', '1'], made.at)
    expect(note).toMatchObject({ stdout: 'a  "a"\n', stderr: 'There is more: add --cursor a\n' })
    expect((await vitra(['history', '--limit', '1', '--quiet'], made.at)).stderr).toBe('')
    await check(made.folder.at('.vitra'))
  })
})

describe('parameters', () => {
  it('reach the contract as they were written', async () => {
    await using made = await withDatabase()
    await writeFile(made.folder.at('text.txt'), 'two\nlines')
    const words = [
      '--text',
      'two words',
      '--n',
      '-2.5',
      '--yes',
      '--list',
      '[1, "a"]',
      '--code-file',
      'text.txt',
    ]
    const more = [
      '--bytes',
      '{"$bytes": "00ff"}',
      '--params',
      '{"more": null}',
      '--json',
      '--',
      '--json',
      'x',
    ]
    const ran = await vitra(['call', 'echo', ...words, ...more], made.at)
    const { response } = JSON.parse(ran.stdout)
    expect(response).toEqual({
      text: 'two words',
      n: -2.5,
      yes: true,
      list: [1, 'a'],
      code: 'two\nlines',
      bytes: { $bytes: '00ff' },
      more: null,
      json: 'x',
    })
    await check(made.folder.at('.vitra'))
  })
})

describe('the parameters that a method names', () => {
  it('are listed, and a flag that none of them has is refused before anything is done', async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    const source = `
      export const apply = (tx, op) => tx.put(op.key, op.value)
      export function set ({ key, value = 'two words', list = [1, { a: 2 }] }, emit) { emit({ key: key.trim(), value }) }
      export const open = (params, emit) => { const { key } = params; emit({ key, value: params.other }) }`
    await writeFile(folder.at('contract.js'), source)
    await json(['init', 'contract.js'], at)
    const { stdout } = await vitra(['methods'], at)
    expect(stdout.split('\n').map((line) => line.replace(/^.*\) {2,}/, ''))).toEqual([
      '--key <value> --other <value>',
      "--key <value> [--value 'two words'] [--list <value>]",
      '',
    ])
    expect(await json(['methods'], at)).toMatchObject({
      methods: [
        { name: 'open', takesOthers: true },
        { name: 'set', parameters: [{ name: 'key' }, { name: 'value', default: "'two words'" }, {}] },
      ],
    })
    expect(await json(['call', 'set', '--key', '/a', '--valeu', 'x'], at, 2)).toMatchObject({
      error: { code: 'PARAMETER_INVALID', hint: expect.stringContaining("[--value 'two words']") },
    })
    const lacking = await vitra(['call', 'set', '--value', 'x'], at)
    expect(lacking).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--key is not given: set takes'),
    })
    expect(await json(['tx', 'list'], at)).toMatchObject({ calls: [] })
    await json(['call', 'set', '--params', '{"key": "/a", "more": 1}'], at)
    await json(['call', 'open', '--key', '/b', '--other', 'x', '--more', '1'], at)
    expect(await json(['get', '/a'], at)).toMatchObject({ value: 'two words' })
    await check(folder.at('.vitra'))
  })
})

describe('what goes wrong', () => {
  let made: Awaited<ReturnType<typeof withDatabase>>
  beforeAll(async () => {
    made = await withDatabase()
  })
  afterAll(() => made[Symbol.asyncDispose]())

  it.each([
    ['no command of this name', ['frob'], 'USAGE', 2],
    ['an argument left out', ['get'], 'USAGE', 2],
    ['an option that there is not', ['info', '--frob'], 'USAGE', 2],
    ['a number that is none', ['list', '--limit', 'x'], 'USAGE', 2],
    ['a time that is none', ['verify', '--timeout', '0'], 'USAGE', 2],
    ['an engine that is no program', ['verify', '--offline', '--engine', '/nonexistent/node'], 'USAGE', 2],
    ['an engine that is another program', ['verify', '--offline', '--engine', '/bin/sh'], 'USAGE', 2],
    ['an empty folder name', ['info', '--dir', ''], 'USAGE', 2],
    ['a node that is none', ['host', '--bootstrap', 'here'], 'USAGE', 2],
    ['a parameter without a name', ['call', 'increment', '5'], 'PARAMETER_INVALID', 2],
    ['a key that is none', ['load', 'zz', '--dir', 'new'], 'KEY_INVALID', 2],
    ['a path that is none', ['get', 'counter'], 'PATH_INVALID', 2],
    ['a path without an entry', ['get', '/nope'], 'ENTRY_NOT_FOUND', 1],
    ['a method that there is not', ['call', 'nope'], 'METHOD_NOT_FOUND', 1],
    ['an op that the contract rejects', ['call', 'increment', '--amount', '-1'], 'OP_REJECTED', 1],
    ['a folder that is taken', ['init', 'contract.js'], 'DATABASE_EXISTS', 1],
    ['a contract that is not there', ['init', 'nope.js', '--dir', 'new'], 'FILE_UNREADABLE', 1],
    ['a folder that is not there', ['info', '--dir', 'nope'], 'FOLDER_NOT_FOUND', 1],
    ['a folder without a database', ['info', '--dir', '.'], 'DATABASE_NOT_FOUND', 1],
    ['another key than the folder’s', ['load', '0'.repeat(64)], 'WRONG_KEY', 1],
    [
      'a method that does not admit',
      ['invite', '1'.repeat(64), '--method', 'nope'],
      'NO_ADMITTING_METHOD',
      1,
    ],
  ])('%s: %j gives %s and exit code %i', async (_, args, code, exit) => {
    const before = await readdir(made.folder.path)
    const ran = await vitra([...args, '--json'], made.at)
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: exit, stdout: '' })
    const { error } = JSON.parse(ran.stderr)
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\w{3}/), hint: expect.any(String) })
    const plain = await vitra(args, made.at)
    expect(plain).toMatchObject({ code: exit, stdout: '' })
    expect(plain.stderr).toContain(`(${code})`)
    expect(plain.stderr).not.toMatch(/^\s+at /m)
    expect(await readdir(made.folder.path)).toEqual(before)
    await check(made.folder.at('.vitra'))
  })

  it.each([
    ['a command line that is wrong', ['list', '--limit', 'x'], 'USAGE', 2],
    ['a command that fails', ['get', '/nope'], 'ENTRY_NOT_FOUND', 1],
  ])('the process ends so as well after %s: %j', async (_, args, code, exit) => {
    const ran = await spawned([...args, '--json'], made.at)
    expect(ran).toEqual(await vitra([...args, '--json'], made.at))
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: exit, stdout: '' })
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code } })
    expect(await spawned(args, made.at)).toEqual(await vitra(args, made.at))
    await check(made.folder.at('.vitra'))
  })

  it('shows a stack trace where it is asked for', async () => {
    expect((await vitra(['get', '/nope', '--debug'], made.at)).stderr).toMatch(/^\s+at /m)
    expect((await vitra(['get', '/nope'], { ...made.at, env: { VITRA_DEBUG: '1' } })).stderr).toMatch(
      /^\s+at /m,
    )
    await check(made.folder.at('.vitra'))
  })

  it('a network named by VITRA_BOOTSTRAP that is none is a wrong command line', async () => {
    const ran = await vitra(['host', '--json'], { ...made.at, env: { VITRA_BOOTSTRAP: 'here' } })
    expect(ran.code).toBe(2)
    expect(JSON.parse(ran.stderr)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringContaining('VITRA_BOOTSTRAP') },
    })
    await check(made.folder.at('.vitra'))
  })

  it('engines are named by options or by VITRA_ENGINES, and have to be there', async () => {
    const named = await vitra(['verify', '--offline', '--engine', process.execPath], made.at)
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining('valid') })
    const name = `v8-${process.versions.v8.split('.').slice(0, 2).join('.')}`
    const verify = (engines: string) =>
      vitra(['verify', '--offline', '--json'], { ...made.at, env: { VITRA_ENGINES: engines } })
    expect((await verify(JSON.stringify({ [name]: { node: process.execPath } }))).code).toBe(0)
    for (const wrong of ['x', '[]', 'null', '{"v8-1.2": {"node": "x"}}', `{"${name}": {}}`]) {
      const ran = await verify(wrong)
      expect(ran.code, wrong).toBe(2)
      expect(JSON.parse(ran.stderr)).toMatchObject({
        error: { code: 'USAGE', message: expect.stringContaining('VITRA_ENGINES') },
      })
    }
    for (const where of ['verify', `check - --key ${'1'.repeat(64)}`]) {
      const ran = await vitra([...where.split(' '), '--engine', '/none/node', '--json'], made.at)
      expect(ran.code, where).toBe(2)
      expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'USAGE' } })
    }
    await check(made.folder.at('.vitra'))
  })

  it('a list of no entries asked for does not pass for an empty one', async () => {
    const ran = await vitra(['list', '--limit', '0'], made.at)
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' })
    await check(made.folder.at('.vitra'))
  })

  it('a contract that is not provably pure is warned of, by line and column, and --json stays JSON', async () => {
    await using folder = await TemporaryFolder.make()
    const source = 'let calls = 0\nexport const apply = {\n  COUNT (tx) { tx.put("/n", ++calls) },\n}\n'
    await writeFile(folder.at('contract.js'), source)
    const at = { cwd: folder.path }
    const made = await vitra(['init', 'contract.js'], at)
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) })
    expect(made.stderr).toMatch(/^ {2}contract\.js:3:\d+: `calls` /m)
    const warnings = [{ line: 3, column: expect.any(Number), reason: expect.stringContaining('calls') }]
    expect(await json(['init', 'contract.js', '--dir', 'other'], at)).toMatchObject({ warnings })
    expect(await json(['info'], at)).toMatchObject({ warnings })
    expect(await json(['source'], at)).toMatchObject({ source, warnings })
    expect((await vitra(['info'], at)).stdout).toContain('contract.js:3:')
    const printed = await vitra(['source'], at)
    expect(printed).toMatchObject({ stdout: source, stderr: expect.stringContaining('contract.js:3:') })
    await check(folder.at('.vitra'))
  })

  it('names of methods do not reach the terminal', async () => {
    await using folder = await TemporaryFolder.make()
    const source = 'export const apply = {}\nfunction f () {}\nexport { f as "a\\u001b[2Jb" }\n'
    await writeFile(folder.at('contract.js'), source)
    const at = { cwd: folder.path }
    await json(['init', 'contract.js'], at)
    expect((await vitra(['methods'], at)).stdout).toBe('a\\u001b[2Jb()\n')
    await check(folder.at('.vitra'))
  })

  it('several commands at once wait for each other', async () => {
    await using made = await withDatabase()
    const ran = await Promise.all([1, 2, 3].map(() => spawned(['call', 'increment'], made.at)))
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0])
    expect((await vitra(['get', '/counter'], made.at)).stdout).toBe('3\n')
    await check(made.folder.at('.vitra'))
  })
})

describe('the doctor', () => {
  it(
    'says what a folder is: ready, none, with a problem, in use by whom',
    async () => {
      await using made = await withDatabase()
      const { at, key, folder } = made
      await vitra(['call', 'increment'], at)
      const fine = await json(['doctor'], at)
      expect(fine).toMatchObject({ state: 'ready', key, role: 'executor', diagnoses: [] })
      expect((await vitra(['doctor'], at)).stdout).toMatch(/^state\s+it can be used$/m)
      expect(await json(['doctor', '--dir', 'nowhere'], at, 1)).toMatchObject({
        state: 'none',
        diagnoses: [{ code: 'not-a-database' }],
      })
      const journals = folder.at('.vitra', 'journal')
      for (const name of await readdir(journals)) await rm(path.join(journals, name))
      const lost = await vitra(['doctor'], at)
      expect(lost.code).toBe(1)
      expect(lost.stdout).toContain('vitra doctor --alone')
      expect(lost.stdout).toContain('(journal-lost)')
      expect((await vitra(['doctor', '--alone'], at)).code).toBe(0)
      expect(await vitra(['call', 'increment'], at)).toMatchObject({ code: 0 })
      await using live = new Live(['host', '--offline'], at)
      await live.until(({ event }) => event === 'hosting')
      expect(await json(['doctor'], at)).toMatchObject({
        state: 'ready',
        diagnoses: [{ code: 'in-use', message: expect.stringContaining('host') }],
      })
      await live.stop()
      await check(folder.at('.vitra'))
    },
    LONG_MS,
  )
})

describe('a dishonest executor', () => {
  it(
    'is found out with exit code 3, the evidence is named, and calls refuse',
    async () => {
      await using made = await withDatabase()
      const { at, folder } = made
      await vitra(['call', 'increment', '--amount', '5'], at)
      {
        await using db = await Database.load(folder.at('.vitra'))
        await checkDatabase(db)
        await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      }
      const verified = await spawned(['verify'], at)
      expect(verified.code).toBe(3)
      expect(verified.stdout).toContain('FRAUD')
      expect(verified.stdout).toContain('unprompted-change')
      expect(verified.stdout).toContain(folder.at('.vitra', 'fraud'))
      const kept = (await readdir(folder.at('.vitra', 'fraud'))).sort()
      expect(kept).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.proof$/)])
      expect(await json(['verify'], at, 3)).toMatchObject({
        verdict: 'fraud',
        violation: { code: 'unprompted-change' },
        evidence: folder.at('.vitra', 'fraud'),
      })
      expect(await json(['call', 'increment'], at, 3)).toMatchObject({ error: { code: 'CONTRACT_VIOLATED' } })
      expect(await json(['doctor'], at, 3)).toMatchObject({ diagnoses: [{ code: 'fraud' }] })
      expect(await json(['info'], at)).toMatchObject({ violations: [{ code: 'unprompted-change' }] })
      const monitored = await vitra(['monitor', '--offline', '--json'], at)
      expect(monitored.code).toBe(3)
      expect(monitored.stdout).toContain('"event":"violation"')
      await using unread = new Live(['verify'], at)
      unread.closeOutput()
      expect(await unread.ended()).toBe(3)
    },
    LONG_MS,
  )
})

describe('an executor that says it could not run an op which runs', () => {
  it('is suspect: exit code 4, told by a monitor, kept, and shown by info', async () => {
    await using made = await withDatabase()
    const { folder } = made
    await vitra(['call', 'increment', '--amount', '5'], made.at)
    await check(folder.at('.vitra'))
    const history = await readHistory(folder.at('.vitra'))
    const liar = new CallsOpUnexecutable()
    liar.tell(history)
    await publish(history, folder.at('copy'), liar)
    const at = { cwd: folder.path, env: { VITRA_DIR: folder.at('copy') } }
    const verified = await vitra(['verify', '--offline'], at)
    expect(verified.code).toBe(4)
    expect(verified.stdout).toMatch(
      /disputed: .*\(batch 1, block \d+ of the index, op 0, oplog [0-9a-f]{12}…\)/,
    )
    expect(verified.stdout).toContain('suspect')
    const finding = { code: 'disputed', suspect: true, at: { batch: 1, seq: 0 } }
    expect(await json(['verify', '--offline'], at, 4)).toMatchObject({ findings: [finding] })
    {
      await using monitor = new Live(['monitor', '--offline'], at)
      expect(await monitor.until(({ event }) => event === 'suspect')).toMatchObject({ findings: [finding] })
      expect(await monitor.stop()).toBe(0)
      expect(monitor.events.at(-1)).toMatchObject({ event: 'stopped', status: 'suspect' })
    }
    expect(await json(['info'], at)).toMatchObject({ suspects: [finding], violations: [] })
    expect((await vitra(['info'], at)).stdout).toContain('suspect')
    await using db = await Database.load(folder.at('copy'))
    await checkDatabase(db, { verdict: 'inconclusive' })
  })
})

describe('a copy without peers', () => {
  it('verifies nothing with exit code 4, and says what is missing', async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    await json(['load', '1'.repeat(64), '--offline'], at)
    const verified = await spawned(['verify', '--offline'], at)
    expect(verified.code).toBe(4)
    expect(verified.stdout).toContain('index-empty')
    expect(await json(['verify', '--offline'], at, 4)).toMatchObject({
      verdict: 'inconclusive',
      findings: [{ code: 'index-empty' }],
    })
    expect(await json(['info'], at)).toMatchObject({ role: 'reader', version: 0 })
  })
})
