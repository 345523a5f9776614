/** `vitra dev`, from scripts and at a real pseudo-terminal. */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { check } from './database.js'
import { Terminal } from './terminal.js'
import { json, Live, spawned, vitra } from './vitra.js'

const RULES = 'export const STEP_MAX: number = 10\n'
const CONTRACT = `import assert from 'assert'
import { index, type Emit, type Tx } from 'contract'
import { STEP_MAX } from './rules.js'

export async function get() {
  return (await index.get<number>('/counter'))?.value ?? 0
}
export function increment({ amount = 1 }: { amount?: number }, emit: Emit) {
  emit({ op: 'INCREMENT', amount })
}
export const apply = {
  async INCREMENT(tx: Tx, { amount }: { amount: number }) {
    assert(amount <= STEP_MAX, 'too large a step')
    console.log('adds', amount)
    tx.put('/counter', (await get()) + amount)
  },
}
`

/** An author's folder, and a folder for temporary files in which nothing may be left. */
async function author() {
  const folder = await TemporaryFolder.make()
  await mkdir(folder.at('tmp'))
  await writeFile(folder.at('contract.ts'), CONTRACT)
  await writeFile(folder.at('rules.ts'), RULES)
  const at = { cwd: folder.path, env: { TMPDIR: folder.at('tmp') } }
  const left = () => readdir(folder.at('tmp'))
  return { folder, at, left, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** As editors write a file: another one takes its place. */
async function replaced(file: string, text: string): Promise<void> {
  await writeFile(`${file}.swp`, text)
  await rename(`${file}.swp`, file)
}

describe('vitra dev', () => {
  it('names the author’s own files where something is thrown', async () => {
    await using made = await author()
    const checks = `interface Sized { length: number }

export const full = (text: Sized) => {
  if (text.length > 3) throw new RangeError('too long')
}
`
    await writeFile(made.folder.at('checks.ts'), checks)
    const script = `import { full } from './checks.ts'
type Title = string
export const add = async (title: Title): Promise<void> => {
  full(title)
  await state.writeFile('/nowhere/' + title, title)
}
export const peek = () => state.readFile('/nowhere')
`
    await writeFile(made.folder.at('forum.ts'), script)
    const stdin = 'call add titles\ncall add me\ncall --read peek\n'
    const ran = await spawned(['dev', '--script', 'forum.ts'], { ...made.at, stdin })
    const told = [...ran.stderr.matchAll(/thrown at (\S+)/g)].map(([, place]) => place)
    const at = (file: string, text: string, what: string) => {
      const before = text.slice(0, text.indexOf(what)).split('\n')
      return `${file}:${before.length}:${before.at(-1)!.length + 1}`
    }
    expect(told.map((place) => place!.replace(/,$/, ''))).toEqual([
      at('checks.ts', checks, 'new RangeError'),
      at('forum.ts', script, 'writeFile'),
      at('forum.ts', script, 'readFile'),
    ])
    await using dev = new Terminal(['dev', '--script', 'forum.ts'], made.at)
    await dev.see('> ')
    dev.type("add('titles')\r")
    await dev.see("file: 'checks.ts'")
    dev.type('\u0004')
    expect(await dev.ended()).toBe(0)
    await using contract = new Terminal(['dev', 'contract.ts'], made.at)
    await contract.see('> ')
    contract.type('.call increment --amount 11\r')
    const [, txId] = /tx show (\S+)`/.exec(await contract.see(/tx show \S+`/))!
    contract.type(`.tx show ${txId}\r`)
    await contract.see(`thrown at ${at('contract.ts', CONTRACT, 'assert(amount')}`)
    contract.type('\u0004')
    expect(await contract.ended()).toBe(0)
    expect(await made.left()).toEqual([])
  })

  it('runs commands from a pipe, shows what they do, and leaves nothing', async () => {
    await using made = await author()
    const stdin =
      'call increment --amount 2\n# a comment\n\n.call get\ncall increment --amount 11\nget /counter\ndev x\n'
    const ran = await spawned(['dev', 'contract.ts'], { ...made.at, stdin })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toMatch(/methods: get, increment\n/)
    expect(ran.stdout).toMatch(/contract log: adds 2\n/)
    expect(ran.stdout).toMatch(
      /op \d+ of [0-9a-f]{12}… \{"op":"INCREMENT","amount":2\}: ok \([\d,]+ fuel\)\n {2}put \/counter 2\n2\n/,
    )
    expect(ran.stdout).toMatch(/op \d+ of .*: rejected, too large a step \([\d,]+ fuel\)\n2\n$/)
    expect(ran.stderr).toContain('OP_REJECTED')
    expect(ran.stderr).toContain('dev makes no sense here')
    expect((await spawned(['dev', 'contract.ts'], { ...made.at, stdin: 'call increment\n' })).code).toBe(0)
    expect(await made.left()).toEqual([])
    expect(await readdir(made.folder.path)).not.toContain('.vitra')
  })

  it('goes on with every change of a file, and tells which ops end differently', async () => {
    await using made = await author()
    await using dev = new Live(['dev', 'contract.ts'], made.at)
    const { participant } = await dev.until(({ event }) => event === 'dev')
    for (const amount of [3, 9]) {
      dev.enter(`call increment --amount ${amount}`)
      await dev.until(({ event, op }) => event === 'op' && (op as { amount: number }).amount === amount)
    }
    await dev.until(({ event, text }) => event === 'log' && text === 'adds 9')
    await replaced(made.folder.at('rules.ts'), 'export const STEP_MAX = 5\n')
    expect(await dev.until(({ event }) => event === 'changed')).toMatchObject({ replayed: 2, differing: 1 })
    expect(await dev.until(({ event }) => event === 'differs')).toMatchObject({
      before: { participant, outcome: 'ok', changes: [{ path: '/counter', value: 12 }] },
      after: { participant, outcome: 'failed', failure: 'too large a step', changes: [] },
    })
    await writeFile(made.folder.at('contract.ts'), `${CONTRACT}}`)
    expect(await dev.until(({ event }) => event === 'refused')).toMatchObject({
      code: 'BUILD_SYNTAX',
      message: expect.stringMatching(/^contract\.ts:18:1: /),
    })
    dev.enter('call get')
    expect(await dev.until(({ line }) => line === 'call get')).toMatchObject({
      code: 0,
      result: { response: 3 },
    })
    await writeFile(made.folder.at('contract.ts'), CONTRACT.replace('+ amount', '+ 10 * amount'))
    await dev.until(({ event, differing }) => event === 'changed' && differing === 1 && differsBy(dev, 30))
    dev.enter('get /counter')
    expect(await dev.until(({ line }) => line === 'get /counter')).toMatchObject({ result: { value: 30 } })
    expect(await dev.stop()).toBe(0)
    expect(dev.events.at(-1)).toMatchObject({ event: 'stopped' })
    expect(await made.left()).toEqual([])
  })

  it('takes away what one that was killed has left, and nothing else', async () => {
    await using made = await author()
    const { at, left, folder } = made
    await mkdir(folder.at('tmp/vitra-dev-others'))
    const others = await left()
    const begun = (live: Live) => live.until(({ event }) => event === 'dev')
    await using living = new Live(['dev', 'contract.ts'], at)
    await begun(living)
    const before = await left()
    {
      await using killed = new Live(['dev', 'contract.ts'], at)
      await begun(killed)
      expect(await left()).toHaveLength(before.length + 1)
    }
    expect(await left()).toHaveLength(before.length + 1)
    const ran = await spawned(['dev', 'contract.ts'], { ...at, stdin: 'call get\n' })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(await left()).toEqual(before)
    await living.stop()
    expect(await left()).toEqual(others)
    {
      await using killed = new Live(['dev', 'contract.ts', '--dir', 'kept'], at)
      await begun(killed)
    }
    const again = await spawned(['dev', 'contract.ts', '--dir', 'kept'], { ...at, stdin: 'call get\n' })
    expect(again.stderr).toMatch(/warning: .* killed has left its database in .*kept\.dev-\w{6}: move/)
    await check(folder.at('kept'))
    expect((await readdir(folder.path)).filter((name) => name.includes('.dev-'))).toHaveLength(1)
  })

  it('begins anew with --reset, and keeps the database with --dir', async () => {
    await using made = await author()
    {
      await using dev = new Live(['dev', 'contract.ts', '--reset', '--dir', 'kept'], made.at)
      await dev.until(({ event }) => event === 'dev')
      dev.enter('call increment --amount 3')
      await dev.until(({ event }) => event === 'op')
      await writeFile(made.folder.at('rules.ts'), 'export const STEP_MAX = 5\n')
      expect(await dev.until(({ event }) => event === 'changed')).toMatchObject({ replayed: 0, differing: 0 })
      dev.enter('call increment --amount 4')
      await dev.until(
        ({ event, changes }) => event === 'op' && (changes as { value?: unknown }[])[0]?.value === 4,
      )
      expect(await dev.stop('SIGTERM')).toBe(0)
    }
    expect(await readdir(made.folder.path)).toEqual(['contract.ts', 'kept', 'rules.ts', 'tmp'])
    expect((await vitra(['get', '/counter', '--dir', 'kept'], made.at)).stdout).toBe('4\n')
    await check(made.folder.at('kept'))
    expect(await json(['dev', 'contract.ts', '--dir', 'kept'], made.at, 1)).toMatchObject({
      error: { code: 'FILE_EXISTS' },
    })
    expect(await made.left()).toEqual([])
  })

  it('begins with a copy of a database, of a served one, and of a backup, and never writes as it', async () => {
    await using made = await author()
    const { at } = made
    await json(['init', 'contract.ts', '--dir', 'live'], at)
    await json(['call', 'increment', '--amount', '7', '--dir', 'live'], at)
    await json(['export', 'backup.tgz', '--dir', 'live'], at)
    const before = await json<{ key: string; version: number }>(['info', '--dir', 'live'], at)
    const tried = async (words: readonly string[]) => {
      const ran = await spawned(['dev', ...words, '--json'], {
        ...at,
        stdin: 'call increment --amount 2\ncall get\n',
      })
      expect(ran.code, ran.stderr).toBe(0)
      const events = ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(events[0].key).not.toBe(before.key)
      return events.at(-1).result.response
    }
    expect(await tried(['--from', 'live'])).toBe(9)
    expect(await tried(['--from', 'backup.tgz'])).toBe(9)
    await writeFile(made.folder.at('rules.ts'), 'export const STEP_MAX = 2\n')
    await json(['serve', 'start', '--offline', '--dir', 'live'], at)
    try {
      expect(await tried(['contract.ts', '--from', 'live'])).toBe(9)
    } finally {
      await json(['serve', 'stop', '--dir', 'live'], at)
    }
    expect(await json(['info', '--dir', 'live'], at)).toMatchObject({
      key: before.key,
      version: before.version,
    })
    await check(made.folder.at('live'))
    expect(await json(['dev', '--from', 'nowhere'], at, 1)).toMatchObject({
      error: { code: 'FILE_UNREADABLE' },
    })
    expect(await json(['dev'], at, 2)).toMatchObject({ error: { code: 'USAGE' } })
    expect(await json(['dev', 'nowhere.ts'], at, 1)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } })
    expect(await made.left()).toEqual([])
  })

  it('runs a script as a contract', async () => {
    await using made = await author()
    await writeFile(
      made.folder.at('count.js'),
      'exports.count = 0\nexports.add = (n) => (exports.count += n)\n',
    )
    const stdin = 'call add 3\n'
    const ran = await spawned(['dev', '--script', 'count.js'], { ...made.at, stdin })
    expect(ran.stdout).toMatch(/op \d+ of .*: ok/)
    expect(ran.stdout).toMatch(/methods: add, addParticipant, removeParticipant\n/)
    expect(ran.code).toBe(0)
    {
      await using dev = new Live(['dev', '--script', 'count.js'], made.at)
      await dev.until(({ event }) => event === 'dev')
      dev.enter('call add 3')
      await dev.until(({ line }) => line === 'call add 3')
      const script = (count: number) =>
        `exports.count = ${count}\nexports.add = (n) => (exports.count += n)\n`
      // What a script begins with is its own; only calls are replayed.
      await writeFile(made.folder.at('count.js'), `${script(0)}exports.none = () => null\n`)
      expect(await dev.until(({ event }) => event === 'changed')).toMatchObject({ replayed: 1, differing: 0 })
      await writeFile(made.folder.at('count.js'), script(7))
      await dev.until(({ event, differing }) => event === 'changed' && differing === 2)
      expect(await dev.stop()).toBe(0)
    }
    await writeFile(made.folder.at('count.js'), 'exports.count = ')
    expect(await json(['dev', '--script', 'count.js'], made.at, 1)).toMatchObject({
      error: { code: 'SCRIPT_SYNTAX' },
    })
    expect(await made.left()).toEqual([])
  })

  it('is a session at a terminal, and stays one while the contract changes', async () => {
    await using made = await author()
    await using session = new Terminal(['dev', 'contract.ts'], made.at)
    await session.see('Ctrl-D ends.')
    await session.see(/[0-9a-f]{8}> /)
    session.enter('increment({ amount: 2 })')
    await session.see(/status: 'processed'[\s\S]*fuel\)|fuel\)[\s\S]*status: 'processed'/)
    session.enter('const before = 40')
    await session.see(/[0-9a-f]{8}> /)
    await writeFile(
      made.folder.at('contract.ts'),
      `${CONTRACT}export const half = async () => (await get()) / 2\n`,
    )
    await session.see('reloaded: the contract has changed, 1 op replayed')
    session.enter('.call half')
    await session.see(/\n1\n/)
    session.enter('before + await half()')
    await session.see('41')
    await writeFile(made.folder.at('rules.ts'), 'export const STEP_MAX = ')
    await session.see('not loaded: rules.ts:')
    session.enter('.bg')
    await session.see('Invalid REPL keyword')
    session.enter('.get /counter')
    await session.see(/\n2\n/)
    session.type('\u0004')
    expect(await session.ended()).toBe(0)
    expect(await made.left()).toEqual([])
  })

  it('ends with Ctrl-C at a terminal, also while a method runs, and leaves nothing', async () => {
    await using made = await author()
    await using session = new Terminal(['dev', 'contract.ts'], made.at)
    await session.see(/[0-9a-f]{8}> /)
    session.enter('new Promise(() => {})')
    await new Promise((resolve) => setTimeout(resolve, 500))
    session.type('\u0003')
    await session.see('interrupted')
    session.type('\u0003')
    await session.see('press Ctrl+C again')
    session.type('\u0003')
    expect(await session.ended()).toBe(0)
    expect(await made.left()).toEqual([])
  })
})

/** True once an op has been told that writes this value now. */
function differsBy(dev: Live, value: number): boolean {
  return dev.events.some(({ event, after }) => {
    if (event !== 'differs') return false
    const { changes } = after as { changes: readonly { value?: unknown }[] }
    return changes.some((change) => change.value === value)
  })
}
