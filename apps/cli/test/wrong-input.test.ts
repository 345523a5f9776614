/** What people hand over by mistake: it is told in their words, and leaves nothing. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { withDatabase } from './database.js'
import { EXECUTABLE, json, surroundingsOf, vitra } from './vitra.js'

it('a place where no file can be written is told, and a name that a shell would part is quoted', async () => {
  await using made = await withDatabase()
  const { at, folder } = made
  writeFileSync(folder.at('file'), '')
  for (const place of ['none/x', 'file/x', '.'])
    for (const words of [
      ['export', place, '--force'],
      ['prove', 'head', '--out', place],
      ['build', 'contract.js', '--out', place],
    ])
      expect(await json(words, at, 1)).toMatchObject({
        error: { code: 'FILE_UNWRITABLE', hint: expect.stringContaining('folder') },
      })
  expect(await json(['export', '-'], at, 2)).toMatchObject({ error: { code: 'USAGE' } })
  expect(existsSync(folder.at('-'))).toBe(false)
  expect((await vitra(['export', 'two words.tgz'], at)).stderr).toContain("vitra import 'two words.tgz'")
  expect((await vitra(['prove', 'head', '--out', 'a b'], at)).stdout).toContain("vitra check 'a b'")
})

it('output that finds no room is told, without a stack', async () => {
  await using made = await withDatabase()
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', '"$@" > /dev/full', 'sh', process.execPath, EXECUTABLE, 'info'],
    {
      ...surroundingsOf(made.at),
      encoding: 'utf8',
    },
  )
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('(FILE_UNWRITABLE)') })
  expect(stderr).not.toMatch(/^ +at /m)
})

it('what is no contract makes no database and leaves no folder; the place is that in the file', async () => {
  await using folder = await TemporaryFolder.make()
  const at = { cwd: folder.path }
  const files = {
    'empty.js': ' \n',
    'open.js': 'export const apply = {\n',
    'none.js': 'export const x = 1\n',
    'open-script.js': 'exports.a = () => {\n',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(folder.at(name), text)
  for (const [words, code, message] of [
    [['init', 'empty.js'], 'FILE_UNREADABLE', /^empty\.js is empty$/],
    [['init', '--script', 'empty.js'], 'FILE_UNREADABLE', /^empty\.js is empty$/],
    [['init', '-'], 'FILE_UNREADABLE', /^standard input is empty$/],
    [['init', 'open.js'], 'CONTRACT_SYNTAX', /^open\.js:2:1: /],
    [['init', 'none.js'], 'CONTRACT_NO_APPLY', /apply/],
    [['init', '--script', 'open-script.js'], 'SCRIPT_SYNTAX', /^open-script\.js:2:1: /],
  ] as const) {
    const { error } = await json<{ error: object }>([...words], at, 1)
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/mend|name the file/),
    })
    expect(existsSync(folder.at('.vitra')), words.join(' ')).toBe(false)
  }
})

it('a backup that cannot be read is told with what keeps it from being read', async () => {
  await using folder = await TemporaryFolder.make()
  writeFileSync(folder.at('file'), '')
  for (const [name, why] of [
    ['none.tgz', 'there is no such file'],
    ['file/x.tgz', 'its folder is a file'],
    ['.', 'it is no file'],
  ] as const) {
    const { error } = await json<{ error: object }>(['import', name], { cwd: folder.path }, 1)
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: `${name} cannot be read: ${why}` })
  }
})
