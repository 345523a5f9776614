/** docs/scripts.md: its script, its program and its commands run as they stand and print what their comments say. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { vitra } from './vitra.js'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const DOC = await readFile(path.join(REPO, 'docs/scripts.md'), 'utf8')
// Inside the repository, so that `vitra` resolves to the built package as it would when installed.
const FOLDER = path.join(REPO, 'tmp', `scripts-doc-${process.pid}`)

/** A code block of this kind, by default the first one. */
function block(kind: string, n = 0): string {
  const found = [...DOC.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))][n]
  expect(found, kind).toBeDefined()
  return found![1]!
}

/** Words of a command line as a shell takes them. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!)

describe('docs/scripts.md', () => {
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true })
    await writeFile(path.join(FOLDER, 'forum.js'), block('js forum.js'))
  })
  afterAll(() => rm(FOLDER, { recursive: true, force: true }))

  it.each(['program.mjs', 'read.mjs'])('has a program that prints what it says: %s', async (name) => {
    const code = block(`js ${name}`)
    await writeFile(path.join(FOLDER, name), code)
    const { stdout } = await promisify(execFile)(process.execPath, [name], { cwd: FOLDER })
    const said = [...code.matchAll(/\/\/ => (.*)$/gm)].map((match) => match[1])
    expect(said.length).toBeGreaterThan(0)
    expect(stdout.trim().split('\n')).toEqual(said)
  })

  it('has commands that print what it says', async () => {
    const lines = block('sh').trim().split('\n')
    for (const line of lines) {
      const [command, says] = line.split(/ +# /)
      const [, ...args] = words(command!)
      const { code, stdout } = await vitra(args, { cwd: FOLDER })
      expect([line, code]).toEqual([line, 0])
      if (says !== undefined && /^[\d[]/.test(says)) expect(stdout.trim().replace(/\s+/g, '')).toBe(says)
    }
    await using db = await Database.load(path.join(FOLDER, '.vitra'))
    expect((await checkDatabase(db)).ops).toBeGreaterThanOrEqual(3)
  })

  it('has a test that passes', async () => {
    await writeFile(path.join(FOLDER, 'forum.test.js'), block('js forum.test.js'))
    const { code, stdout } = await vitra(['test'], { cwd: FOLDER })
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed') })
  })

  it('has commands that read the archive', async () => {
    for (const line of block('sh', 1).trim().split('\n')) {
      const [command, says] = line.split(/ +# /)
      const [, ...args] = words(command!)
      const { code, stdout } = await vitra(args, { cwd: FOLDER })
      expect([line, code]).toEqual([line, 0])
      if (args[0] === 'cat') expect(stdout).toBe(says)
    }
    expect(await readFile(path.join(FOLDER, 'archive/topics/1/1'), 'utf8')).toBe('My name is bob')
  })
})
