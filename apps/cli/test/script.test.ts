/** A script from the command line: made, called, read and audited. */
import { readFile, writeFile } from 'node:fs/promises'
import { FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { json, vitra } from './vitra.js'

/** Line and column of the last place of a text, 1-based. */
function placeIn(script: string, text: string): { line: number; column: number } {
  const lines = script.slice(0, script.lastIndexOf(text)).split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}

it('is made from its file, called with words, and read', async () => {
  await using folder = await TemporaryFolder.make()
  const at = { cwd: folder.path }
  const text = `${FORUM_SCRIPT}exports.topics = () => state.readdir('/topics')\n`
  await writeFile(folder.at('forum.js'), text)
  await json(['init', '--script', 'forum.js'], at)
  expect((await vitra(['methods'], at)).stdout.split('\n').slice(0, 3)).toEqual([
    'addTopic(title)',
    'addPost(id, content)',
    'topics()',
  ])
  expect(await vitra(['call', 'addTopic', 'Hello world'], at)).toMatchObject({ code: 0, stdout: '1\n' })
  const posted = await json(['call', 'addPost', '1', 'My name is bob'], at)
  expect(posted).toMatchObject({ status: 'processed', result: 1, changes: [{ path: '/topics/1/1' }, {}] })
  expect(await json(['call', 'addTopic', '--params', '["3"]'], at)).toMatchObject({ result: 2 })
  expect(await json(['call', '--read', 'topics'], at)).toEqual({ status: 'read', result: ['1', '2'] })
  const failed = await json(['call', 'addPost', '9', 'x'], at, 1)
  const place = placeIn(text, 'writeFile(')
  const details = { call: 'addPost', failure: 'contract', reason: 'ENOENT', place }
  const message = "ENOENT: no such file or directory, open '/topics/9/2'"
  expect(failed).toMatchObject({ error: { code: 'CALL_FAILED', message, details } })
  const { txId } = (failed as { error: { details: { txId: string } } }).error.details
  const thrown = `thrown at line ${place.line}:${place.column}`
  expect((await vitra(['tx', 'show', txId], at)).stdout).toContain(
    `${thrown}: Error, code ENOENT, ENOENT: no such`,
  )
  expect(await vitra(['call', 'addPost', '9', 'x'], at)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(
      `${message} (CALL_FAILED)\ncode ENOENT, ${thrown} of the script\nnothing was changed`,
    ),
  })
  expect(await json(['call', '--read', 'addTopic', 'x'], at, 1)).toMatchObject({
    error: { code: 'CALL_FAILED', details: { reason: 'EROFS' } },
  })
  expect(await json(['call', 'addTopics', 'x'], at, 1)).toMatchObject({ error: { code: 'METHOD_NOT_FOUND' } })
  expect((await vitra(['source'], at)).stdout).toBe(text)
  expect((await vitra(['source', '--compiled'], at)).stdout).toMatch(/^\/\/ vitra script 1 commonjs\n/)
  await writeFile(folder.at('wrong.js'), 'exports.a = 1\nexports.b = () => {\n')
  const refused = await vitra(['init', '--script', 'wrong.js', '--dir', 'other'], at)
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/wrong\.js:3:1: .*SCRIPT_SYNTAX/) })
  await using db = await Database.load(folder.at('.vitra'))
  await checkDatabase(db)
})

it('in TypeScript and of several files is built to one plain script, which is what is published', async () => {
  await using folder = await TemporaryFolder.make()
  const at = { cwd: folder.path }
  await writeFile(
    folder.at('notes.ts'),
    `import { assertText } from './checks.js'
declare const state: { writeFile(path: string, text: string): Promise<void> }
export let count: number = 0
export async function note(text: string): Promise<number> {
  assertText(text)
  await state.writeFile(\`/\${++count}\`, text)
  return count
}
`,
  )
  await writeFile(
    folder.at('checks.ts'),
    `import assert from 'assert'
export function assertText(text: unknown): asserts text is string {
  assert(typeof text === 'string', 'a note is a text')
}
`,
  )
  expect((await vitra(['build', '--script', 'notes.ts', '--out', 'notes.js'], at)).stdout).toMatch(
    /^wrote notes\.js: \d+ bytes, 1 function\n$/,
  )
  const built = await readFile(folder.at('notes.js'), 'utf8')
  expect(built).toContain('async function note(text) {\n')
  expect((await vitra(['build', '--script', 'notes.js', '--check'], at)).stdout).toMatch(
    /^notes\.js is a script: /,
  )
  await json(['init', '--script', 'notes.ts'], at)
  expect((await vitra(['source'], at)).stdout).toBe(built)
  expect(await vitra(['call', 'note', 'Hello'], at)).toMatchObject({ code: 0, stdout: '1\n' })
  expect(await json(['call', 'note', '5'], at, 1)).toMatchObject({
    error: {
      code: 'CALL_FAILED',
      message: 'a note is a text',
      details: { place: placeIn(built, 'assert(typeof') },
    },
  })
  await writeFile(folder.at('wrong.ts'), 'export const a = (\n')
  expect(await json(['init', '--script', 'wrong.ts', '--dir', 'other'], at, 1)).toMatchObject({
    error: { code: 'BUILD_SYNTAX', message: expect.stringMatching(/^wrong\.ts:2:1: /) },
  })
  await using db = await Database.load(folder.at('.vitra'))
  await checkDatabase(db)
})
