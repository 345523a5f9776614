/** `vitra build`, and contracts in TypeScript wherever a command takes one. */
import { readFile, writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { check } from './database.js'
import { json, vitra } from './vitra.js'

const CONTRACT = `import assert from 'assert'
import type { Emit, Tx } from '@vitra/contract-sdk'
import { read } from './read.js'

export const get = ({ path = '/counter' }: { path?: string }) => read(path)
export function increment({ amount = 1 }: { amount?: number }, emit: Emit) {
  emit({ op: 'INCREMENT', amount })
}
export const apply = {
  async INCREMENT(tx: Tx, { amount }: { amount: number }) {
    assert(amount > 0, 'the counter only goes up')
    tx.put('/counter', (await read('/counter')) + amount)
  },
}
`
const READ = `import { index } from 'contract'
export const read = async (path: string) => (await index.get<number>(path))?.value ?? 0
`

async function author(files: Readonly<Record<string, string>>) {
  const folder = await TemporaryFolder.make()
  for (const [name, text] of Object.entries(files)) await writeFile(folder.at(name), text)
  return folder
}

describe('vitra build', () => {
  it('prints or writes the source that init publishes', async () => {
    await using folder = await author({ 'contract.ts': CONTRACT, 'read.ts': READ })
    const at = { cwd: folder.path }
    const printed = await vitra(['build', 'contract.ts'], at)
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    expect(printed.stdout).toContain('function increment({ amount = 1 }, emit) {')
    expect(printed.stdout).not.toContain(folder.path)
    const written = await vitra(['build', 'contract.ts', '--out', 'contract.js'], at)
    expect(written.stdout).toMatch(/^wrote contract\.js: \d+ bytes, 2 methods\n$/)
    expect(await readFile(folder.at('contract.js'), 'utf8')).toBe(printed.stdout)
    expect((await vitra(['build', 'contract.ts', '--check'], at)).stdout).toMatch(
      /^contract\.ts is a contract: /,
    )
    expect(await json(['build', 'contract.ts'], at)).toMatchObject({
      files: ['contract.ts', 'read.ts'],
      source: printed.stdout,
      methods: [{ name: 'get', params: '{ path = "/counter" }' }, { name: 'increment' }],
      warnings: [],
    })

    await json(['init', 'contract.ts'], at)
    await json(['call', 'increment', '--amount', '2'], at)
    expect((await vitra(['call', 'get'], at)).stdout).toBe('2\n')
    expect((await vitra(['source'], at)).stdout).toBe(printed.stdout)
    await check(folder.at('.vitra'))
  })

  it('says where a mistake is, in the author’s own file', async () => {
    await using folder = await author({
      'syntax.ts': 'export const apply = {\n  X( {}\n}\n',
      'import.ts': "import fs from 'node:fs'\nexport const apply = { X() { fs.rm('/') } }\n",
      'global.ts': "import { b, helper } from './helper.js'\nexport const apply = { X: helper, b }\n",
      'helper.ts': "const a: number = 1\nexport const helper = () => a\nexport const b = () => fetch('/')\n",
      'load.ts':
        "import { helper } from './helper.js'\nconst c = helpers()\nexport const apply = { c, helper }\n",
      'none.ts': 'export const get = (_: object) => 1\n',
      'slow.ts': 'let n: number = 0\nexport const count = (_: object) => ++n\nexport const apply = {}\n',
      'plain.js': 'export const apply = {',
    })
    const at = { cwd: folder.path }
    const said = async (file: string) => {
      const error = await json<{ error: { code: string; message: string } }>(
        ['build', file, '--check'],
        at,
        1,
      )
      return `${error.error.code} ${error.error.message}`
    }
    expect(await said('syntax.ts')).toMatch(/^BUILD_SYNTAX syntax\.ts:3:1: Expected/)
    expect(await said('import.ts')).toMatch(
      /^BUILD_IMPORT import\.ts:1:16: Node's module node:fs is not there/,
    )
    expect(await said('load.ts')).toMatch(/^CONTRACT_LOAD load\.ts:2:11: ReferenceError/)
    expect(await said('none.ts')).toMatch(/^CONTRACT_NO_APPLY /)
    expect(await said('plain.js')).toMatch(/^CONTRACT_SYNTAX plain\.js:1:23: /)
    expect(await said('missing.ts')).toMatch(/^FILE_UNREADABLE missing\.ts cannot be read/)
    const slow = await vitra(['build', 'slow.ts', '--check'], at)
    expect(slow.code).toBe(0)
    expect(slow.stderr).toContain('\n  slow.ts:2:')
    const unknown = await vitra(['build', 'global.ts'], at)
    expect(unknown.stderr).toContain(
      '\n  helper.ts:3:24: there is no `fetch` in a contract: nothing reaches the network',
    )
    expect(await vitra(['init', 'import.ts'], at)).toMatchObject({ code: 1, stdout: '' })
    expect(await vitra(['build', 'slow.ts', '--out', './slow.ts'], at)).toMatchObject({ code: 2 })
    expect(await vitra(['build', 'slow.ts', '--check', '--out', 'a.js'], at)).toMatchObject({ code: 2 })
  })
})
