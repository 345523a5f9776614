/** The interactive session, at a real pseudo-terminal. */
import { writeFile } from 'node:fs/promises'
import { FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { check, withDatabase } from './database.js'
import { Terminal } from './terminal.js'
import { json, vitra } from './vitra.js'

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const UP = '\u001b[A'
const PROMPT = /[0-9a-f]{8}> /

const offline = { VITRA_BOOTSTRAP: '127.0.0.1:9' }

async function opened(made: { at: { cwd: string } }, columns?: number): Promise<Terminal> {
  const terminal = new Terminal([], { ...made.at, env: offline }, columns)
  await terminal.see('Ctrl-D ends.')
  await terminal.see(PROMPT)
  return terminal
}

/** Lines that a terminal breaks and that could have been broken between words; command lines to be copied stay whole. */
function tooWide(shown: string, columns: number): string[] {
  return shown
    .split('\n')
    .filter((line) => line.length > columns && /\S +\S/.test(line.slice(0, columns)))
    .filter((line) => !/^ *vitra |[`']|^\w+( \w+)? {2,}\S+$/.test(line))
}

describe('a session', () => {
  it('runs commands, methods and JavaScript, and completes what is typed', async () => {
    await using made = await withDatabase()
    {
      await using session = await opened(made)
      session.enter('.call increment --amount 2')
      await session.see('put /counter 2')
      await session.see(PROMPT)
      session.enter('increment({ amount: 3 })')
      await session.see("status: 'processed'")
      await session.see('returned: [ 5 ]')
      await session.see(PROMPT)
      session.enter('const { value } = await db.index.get("/counter")')
      await session.see(PROMPT)
      session.enter('value * 100')
      await session.see('500')
      session.enter('increment({ amount: -1 })')
      await session.see('the counter only goes up (OP_REJECTED)')
      session.enter('get()')
      await session.see(/\n5\n/)
      session.type('.verif\t')
      await session.see('.verify')
      session.enter(' --offline')
      await session.see(/valid: everything/)
      await session.see(PROMPT)
      session.type(`.compl\t${CTRL_C}.dest\t`)
      await session.see('.destroy')
      expect(session.shown).not.toContain('.completion')
      session.type(CTRL_C)
      await session.see(PROMPT)
      session.type('.get /cou\t')
      await session.see('.get /counter')
      session.enter('')
      await session.see(/\n5\n/)
      session.enter('.nonsense')
      await session.see('Invalid REPL keyword')
      session.type(CTRL_D)
      expect(await session.ended()).toBe(0)
    }
    await using again = await opened(made)
    again.type(UP + UP)
    await again.see('.get /counter')
    again.type(`${CTRL_C}${CTRL_D}`)
    expect(await again.ended()).toBe(0)
    await check(made.folder.at('.vitra'))
  })

  it('stops what runs with Ctrl-C, and goes on', async () => {
    await using made = await withDatabase()
    await using session = await opened(made)
    session.enter('.monitor --offline')
    await session.see('valid up to version')
    session.type(CTRL_C)
    await session.see('stopped at version')
    await session.see(PROMPT)
    session.enter('new Promise(() => {})')
    await new Promise((resolve) => setTimeout(resolve, 500))
    session.type(CTRL_C)
    await session.see('interrupted')
    session.enter('1 + 1')
    await session.see(/\n2\n/)
    session.type(CTRL_D)
    expect(await session.ended()).toBe(0)
  })

  it('shares the database with other commands and sessions, and tells what they do', async () => {
    await using made = await withDatabase()
    await using first = await opened(made)
    expect(await json(['call', 'increment', '--amount', '7'], made.at)).toMatchObject({ status: 'processed' })
    await first.see(/executed 1 op of [0-9a-f]+…, version/)
    await using second = await opened(made)
    second.enter('get()')
    await second.see(/\n7\n/)
    second.type(CTRL_D)
    expect(await second.ended()).toBe(0)
    first.enter('get()')
    await first.see(/\n7\n/)
    first.type(CTRL_D)
    expect(await first.ended()).toBe(0)
  })

  it('says of a call that fails what the script says, and nothing of what runs it', async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    await writeFile(folder.at('forum.js'), FORUM_SCRIPT)
    await json(['init', '--script', 'forum.js'], at)
    await using session = await opened({ at })
    session.enter("addPost(7, 'nobody reads it')")
    await session.see('Uncaught:')
    await session.see("[ENOENT: no such file or directory, open '/topics/7/1' (CALL_FAILED)] {")
    await session.see("reason: 'ENOENT'")
    await session.see(PROMPT)
    expect(session.shown).not.toMatch(/\n +at |node:|vitra\.js|cause]/)
    session.enter('_error.cause.code')
    await session.see('OP_REJECTED')
    session.type(CTRL_D)
    expect(await session.ended()).toBe(0)
    await check(folder.at('.vitra'))
  })

  it('goes to the background and comes back', async () => {
    await using made = await withDatabase()
    await using session = await opened(made)
    session.enter('.bg')
    await session.see('this session goes on there')
    await session.see(PROMPT)
    session.enter('.call increment')
    await session.see('put /counter 1')
    expect(await json(['serve', 'status'], made.at)).toMatchObject({ command: 'host' })
    for (const wrong of ['nobody()', '(() => { nobody() })()', 'null.x']) {
      session.enter(wrong)
      await session.see('Uncaught')
      await session.see(PROMPT)
    }
    expect(session.shown).not.toMatch(/node:|vitra\.js/)
    session.enter('.fg')
    await session.see('Ctrl-D ends.')
    await session.see(PROMPT)
    expect(await json(['serve', 'status'], made.at)).toMatchObject({ command: 'session' })
    session.enter('get()')
    await session.see(/\n1\n/)
    session.type(CTRL_D)
    expect(await session.ended()).toBe(0)
    expect(await json(['serve', 'status'], made.at, 1)).toMatchObject({ running: false })
    await check(made.folder.at('.vitra'))
  })

  it('ends and says so where the process that keeps the database dies', async () => {
    await using made = await withDatabase()
    const { pid } = await json<{ pid: number }>(['serve', 'start', '--offline'], made.at)
    await using session = await opened(made)
    process.kill(pid, 'SIGKILL')
    await session.see('HOLDER_GONE')
    expect(session.shown).toMatch(/\nerror: /)
    expect(await session.ended()).toBe(1)
    await using again = await opened(made)
    again.type(CTRL_D)
    expect(await again.ended()).toBe(0)
  })

  it('fits 60 columns, and needs a terminal', async () => {
    await using made = await withDatabase()
    await using session = await opened(made, 60)
    for (const [line, last] of [
      ['.info', 'participants'],
      ['.status', 'monitor'],
      ['.doctor', 'state'],
      ['.verify --offline', 'in 1 batch'],
      ['.monitor start', 'ends it.'],
      ['.monitor status', 'from version'],
      ['.get /nowhere', '(ENTRY_NOT_FOUND)'],
      ['.sync --help', 'Examples:'],
      ['.help', 'ends the session'],
    ] as const) {
      session.enter(line)
      await session.see(last)
      await session.see(PROMPT)
    }
    session.type(CTRL_D)
    expect(await session.ended()).toBe(0)
    expect(tooWide(session.shown, 60)).toEqual([])
    expect(await vitra(['session'], made.at)).toMatchObject({ code: 2 })
    expect((await vitra([], made.at)).stdout).toContain('Start here')
  })

  it.each([
    '--help',
    'verify --help',
    'call --help',
    'monitor --help',
    'verify --offline',
    'load zz',
    'sync',
  ])('`vitra %s` fits 60 columns', async (words) => {
    await using made = await withDatabase()
    await using terminal = new Terminal(words.split(' '), { ...made.at, env: offline }, 60)
    await terminal.ended()
    expect(terminal.shown).toMatch(/\w{3}/)
    expect(tooWide(terminal.shown, 60)).toEqual([])
  })
})
