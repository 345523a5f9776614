/** `vitra test`: an author's tests, in a folder that has nothing installed. */
import { cp, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { json, vitra } from './vitra.js'

const PURSE = fileURLToPath(new URL('../../examples/purse', import.meta.url))

const MIXED = `import { describe, it, test } from 'node:test'
import { createTestDatabase, expectChanges } from 'vitra/testing'
const purse = (t) => createTestDatabase(t, { contract: new URL('./contract.ts', import.meta.url) })

describe('a group', () => {
  it('says something', () => console.log('said in the test'))
  it.skip('is left out', () => {})
})
test('expects too much', async (t) => {
  const { changes } = await (await purse(t)).participant('alice').call('put', { amount: 1 })
  expectChanges(changes, { '/balance': 2 })
})
test('the executor lies', async (t) => {
  const { db } = await purse(t)
  await db.index.dangerousBatch([{ type: 'put', path: '/balance', value: 1e6 }])
})
`

interface Summary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly tests: readonly { file: string; name: string; outcome: string; error?: string }[]
}

describe('vitra test', () => {
  it('runs the example in TypeScript of several files', async () => {
    await using folder = await TemporaryFolder.make()
    await cp(PURSE, folder.path, { recursive: true })
    const ran = await vitra(['test'], { cwd: folder.path })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^purse\.test\.ts\n {2}✔ everybody puts in/)
    expect(ran.stdout).toMatch(/\n4 passed\n$/)
    const some = await json<Summary>(['test', 'purse.test.ts', '--name', 'newcomer'], { cwd: folder.path })
    expect(some.passed).toBe(1)
  })

  it('tells what failed and why, and audits every database', async () => {
    await using folder = await TemporaryFolder.make()
    await cp(PURSE, folder.path, { recursive: true })
    await writeFile(folder.at('mixed.test.mjs'), MIXED)
    await writeFile(folder.at('broken.test.ts'), "throw new Error('before any test')")
    const at = { cwd: folder.path }
    const { tests, ...sums } = await json<Summary>(['test', 'mixed.test.mjs', 'broken.test.ts'], at, 1)
    expect(sums).toEqual({ passed: 1, failed: 3, skipped: 1 })
    const of = (name: string) => tests.find((test) => test.name === name)
    expect(of('a group › says something')).toMatchObject({ outcome: 'passed', file: 'mixed.test.mjs' })
    expect(of('a group › is left out')).toMatchObject({ outcome: 'skipped' })
    expect(of('expects too much')!.error).toMatch(
      /'\/balance': 1[\s\S]*'\/balance': 2[\s\S]*mixed\.test\.mjs:11:3/,
    )
    expect(of('the executor lies')!.error).toContain('ContractFraudProof')
    expect(of('the file itself')).toMatchObject({ outcome: 'failed', file: 'broken.test.ts' })
    const said = await vitra(['test', 'mixed.test.mjs', 'broken.test.ts'], at)
    expect(said.code).toBe(1)
    expect(said.stdout).toContain('said in the test')
    expect(said.stdout).toContain('before any test')
    expect(said.stdout).toMatch(/\n1 passed, 3 failed, 1 skipped\n$/)
  })

  it('says what keeps a test from running', async () => {
    await using folder = await TemporaryFolder.make()
    const at = { cwd: folder.path }
    expect(await json(['test'], at, 1)).toMatchObject({ error: { code: 'TESTS_NOT_FOUND' } })
    expect(await json(['test', 'no.test.ts'], at, 1)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } })
    await writeFile(folder.at('a.test.ts'), "import { index } from 'contract'\nindex.get('/')\n")
    expect(await json(['test'], at, 1)).toMatchObject({
      error: {
        code: 'BUILD_IMPORT',
        message: expect.stringMatching(/^a\.test\.ts:1:23: module contract is there/),
      },
    })
  })
})
