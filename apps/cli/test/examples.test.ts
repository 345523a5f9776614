/**
 * What help and README show is run as it stands, wherever it needs no network: the README in a shell, with the built executable; of help,
 * what is more to a shell than words.
 */
import { spawnSync } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { COMMANDS } from '@vitra/cli'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { EXECUTABLE, vitra } from './vitra.js'

const TIMEOUT_MS = 600_000
/** What takes peers, another Node, other databases, or the home of whoever runs it. */
const NEEDS_MORE =
  /<|~|--sync|--bootstrap|--engine|^vitra (?:host|monitor|serve|session|use|import|destroy|ls|cat|tree|export-files|(?:init|dev|build) --script|call (?:--read|addTopic))/

/** Words between single blanks: a shell makes of them what `split` does. */
const PLAIN = /^vitra(?: [\w./:=,@%+-]+)+$/

/** For `vitra test`. */
const TEST = `import { test } from 'node:test'
import { createTestDatabase, expectChanges } from 'vitra/testing'

test('the counter goes up', async (t) => {
  const counter = await createTestDatabase(t, { contract: new URL('./counter.ts', import.meta.url) })
  const { changes } = await counter.participant('alice').call('increment', { amount: 2 })
  expectChanges(changes, { '/counter': 2 })
})
`

/** Runs lines of a shell in a folder; `vitra` is the built executable. */
async function shell(folder: TemporaryFolder) {
  await symlink(EXECUTABLE, folder.at('vitra'))
  const nodes = path.dirname(process.execPath)
  const env = {
    ...process.env,
    PATH: `${folder.path}:${nodes}:${process.env.PATH}`,
    VITRA_DIR: '',
    HOME: folder.path,
    NO_COLOR: '1',
  }
  return (line: string) => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
      cwd: folder.path,
      env,
      encoding: 'utf8',
    })
    return { line, status, stdout, stderr }
  }
}

async function readme(): Promise<{ contract: string; lines: string[] }> {
  const text = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const [, contract] = /```js counter\.js\n([\s\S]*?)```/.exec(text)!
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => match[1]!.trim().split('\n'))
  return { contract: contract!, lines: blocks.filter((line) => line.startsWith('vitra ')) }
}

it(
  'the README leads to a verified database, and every example of help runs on it',
  async () => {
    await using folder = await TemporaryFolder.make()
    const { contract, lines } = await readme()
    await writeFile(folder.at('counter.js'), contract)
    await writeFile(folder.at('counter.ts'), contract)
    await writeFile(folder.at('counter.test.ts'), TEST)
    const run = await shell(folder)
    const ran = lines.map(run)
    expect(ran.filter(({ status }) => status !== 0)).toEqual([])
    expect(ran.find(({ line }) => line === 'vitra get /counter')!.stdout).toBe('2\n')
    expect(ran.at(-1)!.stdout).toMatch(/^valid: /)

    const examples = COMMANDS.flatMap((command) => command.examples.map((example) => example.run))
    const local = examples.filter((line) => !NEEDS_MORE.test(line) && line !== 'vitra init counter.js')
    expect(local.length).toBeGreaterThan(20)
    const here = { cwd: folder.path, env: { VITRA_DIR: '', HOME: folder.path, NO_COLOR: '1' } }
    const wrong = []
    for (const line of local) {
      if (!PLAIN.test(line)) wrong.push(...[run(line)].filter(({ status }) => status !== 0))
      else {
        const { code, ...said } = await vitra(line.split(' ').slice(1), here)
        if (code !== 0) wrong.push({ line, code, ...said })
      }
    }
    expect(wrong).toEqual([])
    await using db = await Database.load(folder.at('.vitra'))
    await checkDatabase(db)
  },
  TIMEOUT_MS,
)
