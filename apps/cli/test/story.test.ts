import { FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { withDatabase } from './database.js'
import { vitra } from './vitra.js'

const LONG_MS = 180_000

it(
  'prints the logs of the seed’s forum as the seed does',
  async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    let bob: string
    {
      await using db = await Database.create(folder.at('.vitra'), { contract: { script: FORUM_SCRIPT } })
      bob = db.localOplog!.publicKey.toString('hex').slice(0, 8)
      const forum = db.api()
      const topicId = await forum.addTopic('Hello world')
      await forum.addPost(topicId, "My name's bob")
      await expect(forum.addPost(7, '')).rejects.toThrow('ENOENT')
      await checkDatabase(db)
    }
    {
      await using db = await Database.load(folder.at('.vitra'))
      await db.executor!.sync()
      await checkDatabase(db)
    }
    const own = [
      `${bob}+1 init()`,
      `${bob}+2 ACK host+1`,
      `${bob}+3 addTopic('Hello world')`,
      `${bob}+4 ACK host+2`,
      `${bob}+5 addPost(1, 'My name\\'s bob')`,
      `${bob}+6 ACK host+3`,
      `${bob}+7 addPost(7, '')`,
      `${bob}+8 ACK host+4`,
    ]
    const host = [
      `host+1 init() (ACK ${bob}+1)`,
      `host+2 addTopic('Hello world') (ACK ${bob}+3) result: 1`,
      `host+3 addPost(1, 'My name\\'s bob') (ACK ${bob}+5) result: 1`,
      `host+4 addPost(7, '') (ACK ${bob}+7) error: ENOENT: no such file or directory, open '/topics/7/2'`,
    ]
    const printed = async (...args: string[]) => {
      const { code, stdout } = await vitra(['history', ...args], at)
      expect(code).toBe(0)
      return stdout.split('\n').slice(0, -1)
    }
    const story = [0, 1, 2, 3].flatMap((n) => [own[2 * n], host[n], own[2 * n + 1]])
    expect(await printed('--story')).toEqual(story)
    expect(await printed('--story', '--limit', '4')).toEqual(story.slice(-4))
    expect(await printed('--story', '--limit', '4', '--oldest-first')).toEqual(story.slice(0, 4))
    expect(await printed('--story', '--all')).toEqual(story)
    expect(await printed('--log', 'host')).toEqual(host)
    expect(await printed('--log', 'me')).toEqual(own)
    expect(await printed('--log', bob, '--limit', '2')).toEqual(own.slice(-2))
    const lines = (await printed('--log', 'host', '--json')).map((line) => JSON.parse(line))
    expect(lines[3]).toMatchObject({
      event: 'result',
      name: 'host',
      position: 4,
      call: 7,
      participant: expect.stringMatching(/^[0-9a-f]{64}$/),
      op: { call: 'addPost', args: [7, ''] },
      outcome: { kind: 'failed', code: 'contract' },
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
