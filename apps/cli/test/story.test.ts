/** `vitra history --story` and `--log`: the logs as people read them. */
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { withDatabase } from './database.js'
import { vitra } from './vitra.js'

const LONG_MS = 180_000
/** What a compiled script looks like from outside: its mark, and ops that are calls. */
const SCRIPT = `// vitra script 1 commonjs
export function addTopic ({ title }, emit) { emit({ call: 'addTopic', args: [title] }) }
export function addPost ({ id, content }, emit) { emit({ call: 'addPost', args: [id, content] }) }
export function apply (tx, { call, args }) {
  if (args[0] === '') throw new Error('a topic needs a title')
  tx.put('/' + call, args)
  return 1
}`

it(
  'prints the logs of a script as calls, results and acknowledgements',
  async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    await writeFile(folder.at('forum.js'), SCRIPT)
    await vitra(['init', 'forum.js', '--quiet'], at)
    expect(await vitra(['history', '--story'], at)).toMatchObject({ code: 0, stdout: '' })
    for (const call of [
      ['addTopic', '--title', 'Hello world'],
      ['addPost', '--id', '1', '--content', "My name's bob"],
    ])
      expect((await vitra(['call', ...call], at)).code).toBe(0)
    expect((await vitra(['call', 'addTopic', '--title', ''], at)).code).toBe(1)
    let bob: string
    {
      await using db = await Database.load(folder.at('.vitra'))
      await db.executor!.sync()
      bob = db.localOplog!.publicKey.toString('hex').slice(0, 8)
      await checkDatabase(db)
    }
    const own = [
      `${bob}+1 addTopic('Hello world')`,
      `${bob}+2 ACK host+1`,
      `${bob}+3 addPost(1, 'My name\\'s bob')`,
      `${bob}+4 ACK host+2`,
      `${bob}+5 addTopic('')`,
      `${bob}+6 ACK host+3`,
    ]
    const host = [
      `host+1 addTopic('Hello world') (ACK ${bob}+1) result: 1`,
      `host+2 addPost(1, 'My name\\'s bob') (ACK ${bob}+3) result: 1`,
      `host+3 addTopic('') (ACK ${bob}+5) error: a topic needs a title`,
    ]
    const printed = async (...args: string[]) => {
      const { code, stdout } = await vitra(['history', ...args], at)
      expect(code).toBe(0)
      return stdout.split('\n').slice(0, -1)
    }
    const story = [own[0], host[0], own[1], own[2], host[1], own[3], own[4], host[2], own[5]]
    expect(await printed('--story')).toEqual(story)
    expect(await printed('--story', '--limit', '4')).toEqual(story.slice(-4))
    expect(await printed('--story', '--limit', '4', '--oldest-first')).toEqual(story.slice(0, 4))
    expect(await printed('--story', '--all')).toEqual(story)
    expect(await printed('--log', 'host')).toEqual(host)
    expect(await printed('--log', 'me')).toEqual(own)
    expect(await printed('--log', bob, '--limit', '2')).toEqual(own.slice(-2))
    const lines = (await printed('--log', 'host', '--json')).map((line) => JSON.parse(line))
    expect(lines[2]).toMatchObject({
      event: 'result',
      name: 'host',
      position: 3,
      call: 5,
      participant: expect.stringMatching(/^[0-9a-f]{64}$/),
      op: { call: 'addTopic', args: [''] },
      outcome: { kind: 'failed', code: 'contract', message: 'a topic needs a title' },
    })
    expect(await vitra(['history', '--story', '--limit', '2'], at)).toMatchObject({
      stderr: 'There is more: raise --limit, or give --all\n',
    })
  },
  LONG_MS,
)

it(
  'prints ops of other contracts, cuts what is long, and lets no text move the cursor',
  async () => {
    await using made = await withDatabase()
    const { at } = made
    await vitra(['call', 'increment'], at)
    await vitra(['call', 'increment', '--amount', '-1'], at)
    const value = {
      text: `\u001b[2J${'x'.repeat(200)}`,
      many: Array.from({ length: 20 }, (_, n) => n),
      'a b': null,
    }
    await vitra(['call', 'put', '--params', JSON.stringify({ path: '/p', value })], at)
    const { stdout } = await vitra(['history', '--log', 'host'], at)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^host\+1 INCREMENT \{amount: 1\} \(ACK [0-9a-f]{8}\+1\) result: 1$/)
    expect(lines[1]).toMatch(
      /^host\+2 INCREMENT \{amount: -1\} \(ACK [0-9a-f]{8}\+2\) error: the counter only goes up$/,
    )
    const text = `'\\u001b[2J${'x'.repeat(56)}…'`
    expect(lines[2]).toContain(
      `PUT {path: '/p', value: {'a b': null, many: [0, 1, 2, 3, 4, 5, 6, 7, …], text: ${text}}}`,
    )
    expect(stdout).not.toContain('\u001b')
    for (const args of [['--path', '/p'], ['--system']])
      expect(await vitra(['history', '--story', ...args], at)).toMatchObject({ code: 2 })
    const refused = await vitra(['history', '--log', 'nobody'], at)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('nobody takes part whose public key begins like this')
  },
  LONG_MS,
)
