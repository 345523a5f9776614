/** Proofs at the command line: made where a database is, checked where none is. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { CONTRACT } from './contract.js'
import { json, vitra } from './vitra.js'

useGuests({ secondLooks: false })

const TIMEOUT_MS = 180_000

interface Made {
  readonly kind: string
  readonly bytes: number
  readonly key: string
}

interface Told {
  readonly ok: boolean
  readonly code: string
  readonly explanation: string
  readonly proves: Record<string, unknown> | null
}

/** A database in `.vitra` with a few calls, and a folder with none. */
async function prepare() {
  const folder = await TemporaryFolder.make()
  const away = await TemporaryFolder.make()
  await writeFile(folder.at('contract.js'), CONTRACT)
  const at = { cwd: folder.path }
  const { key } = await json<{ key: string }>(['init', 'contract.js'], at)
  const { txId } = await json<{ txId: string }>(['call', 'increment', '--amount', '2'], at)
  const { version } = await json<{ version: number }>(['info'], at)
  await json(['call', 'put', '--path', '/all/a', '--value', 'x'], at)
  await json(['call', 'increment', '--amount', '3'], at)
  return {
    folder,
    at,
    key,
    txId,
    version,
    away: { cwd: away.path },
    proof: away.at('some.proof'),
    check: (file: string, code = 0, database = key) =>
      json<Told>(['check', file, '--key', database], { cwd: away.path }, code),
    async [Symbol.asyncDispose]() {
      await using db = await Database.load(folder.at('.vitra'))
      await checkDatabase(db)
      await db.close()
      await away[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('a proof', () => {
  it(
    'replaces no file, unless it is told to',
    async () => {
      await using made = await prepare()
      const { at, folder, proof } = made
      await writeFile(proof, 'mine')
      const words = ['prove', 'head', '--out', proof]
      expect(await json(words, at, 1)).toMatchObject({
        error: { code: 'FILE_EXISTS', hint: expect.stringContaining('--force') },
      })
      expect(await readFile(proof, 'utf8')).toBe('mine')
      await json([...words, '--force'], at)
      expect(await made.check(proof)).toMatchObject({ ok: true })
      expect(await vitra(['prove', 'head', '--out', '/dev/null'], at)).toMatchObject({ code: 0 })
      expect(await vitra(['prove', 'head', '--out', folder.at('.vitra')], at)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('FILE_UNWRITABLE'),
      })
    },
    TIMEOUT_MS,
  )

  it(
    'is made of an older version than the newest, which `get` and `list` read too',
    async () => {
      await using made = await prepare()
      const { at, version } = made
      expect(await json(['get', '/counter', '--at', String(version)], at)).toEqual({
        path: '/counter',
        value: 2,
        version,
      })
      expect(await json(['get', '/counter'], at)).toMatchObject({ value: 5 })
      const then = await json<{ entries: { path: string }[] }>(['list', '--at', String(version)], at)
      expect(then).toMatchObject({ version })
      expect(then.entries.map(({ path }) => path)).toEqual(['/.sys', '/counter'])
      expect(await json(['get', '/all/a', '--at', String(version)], at, 1)).toMatchObject({
        error: { code: 'ENTRY_NOT_FOUND', hint: expect.stringContaining(`vitra list --at ${version}`) },
      })
      expect(await json(['get', '/counter', '--at', String(version + 1)], at, 1)).toMatchObject({
        error: { code: 'NOT_A_BATCH_END' },
      })
    },
    TIMEOUT_MS,
  )

  it(
    'of each kind is checked in a folder without a database, and says what it proves',
    async () => {
      await using made = await prepare()
      const { at, key, txId, version, proof, check } = made
      const prove = async (...words: string[]) => {
        const told = await json<Made>(['prove', ...words, '--out', proof, '--force'], at)
        expect(told).toMatchObject({ key, bytes: (await readFile(proof)).length })
        return told.kind
      }
      expect(await prove('tx', txId)).toBe('receipt')
      expect(await check(proof)).toMatchObject({
        ok: true,
        code: 'proved',
        explanation: expect.stringContaining('executed'),
        proves: {
          ops: [
            {
              seq: 0,
              op: { op: 'INCREMENT', amount: 2 },
              outcome: 'ok',
              returned: 2,
              changes: [{ path: '/counter', present: true, value: 2 }],
            },
          ],
        },
      })
      expect(await prove('state', '/counter')).toBe('state')
      expect((await check(proof)).proves).toMatchObject({ answers: [{ path: '/counter', value: 5 }] })
      const text = await vitra(['check', proof, '--key', key], made.away)
      expect(text).toMatchObject({ code: 0, stderr: '' })
      expect(text.stdout).toMatch(/^proved: at version \d+ .*\n {2}\/counter {2}5\n$/)
      await prove('state', '/counter', '--at', String(version))
      expect((await check(proof)).proves).toMatchObject({ version, answers: [{ value: 2 }] })
      await prove('state', '/nothing/here')
      expect((await check(proof)).proves).toMatchObject({ answers: [{ present: false }] })
      await prove('list', '/all')
      expect((await check(proof)).proves).toMatchObject({
        answers: [{ prefix: '/all', children: [{ name: 'a', value: 'x', container: false }] }],
      })
      expect(await prove('head')).toBe('head')
      expect((await check(proof)).proves).toMatchObject({ kind: 'head', log: 'index' })
      expect(await prove('consistency', String(version))).toBe('consistency')
      expect((await check(proof)).proves).toMatchObject({ from: { length: version } })
      expect(await prove('block', '1')).toBe('blocks')
      expect((await check(proof)).proves).toMatchObject({
        blocks: [{ seq: 1, path: '/.sys/contract/source', value: CONTRACT }],
      })
    },
    TIMEOUT_MS,
  )

  it(
    'goes as JSON too, through a pipe, and a call carries its receipt',
    async () => {
      await using made = await prepare()
      const { at, key, txId, away } = made
      const { stdout } = await vitra(['prove', 'state', '/counter'], at)
      const checked = await vitra(['check', '-', '--key', key], { ...away, stdin: stdout })
      expect(checked).toMatchObject({ code: 0, stderr: '' })
      expect(checked.stdout).toContain('/counter  5')
      const db = await Database.load(made.folder.at('.vitra'))
      const tx = (await db.findTransaction(txId))!
      const bare = JSON.stringify(tx)
      await tx.fetchReceipt()
      const whole = JSON.stringify(tx)
      await db.close()
      const checkTx = (stdin: string, code: number) =>
        json<Told>(['check', '-', '--key', key], { ...away, stdin }, code)
      expect(await checkTx(whole, 0)).toMatchObject({ proves: { kind: 'receipt', ops: [{ returned: 2 }] } })
      expect(await checkTx(bare, 1)).toMatchObject({ ok: false, code: 'not-proved' })
      expect(
        await checkTx(whole.replace('"INCREMENT","amount":2', '"INCREMENT","amount":9'), 1),
      ).toMatchObject({
        code: 'not-proved',
      })
      expect(await checkTx(whole.replace('"format":1', '"format":9'), 1)).toMatchObject({
        code: 'format-invalid',
      })
    },
    TIMEOUT_MS,
  )

  it(
    'that does not hold is told as such, with exit code 1, and a wrong command line with 2',
    async () => {
      await using made = await prepare()
      const { at, proof, check, away, key } = made
      await json(['prove', 'state', '/counter', '--out', proof], at)
      const bytes = await readFile(proof)
      expect(await check(proof, 1, '00'.repeat(32))).toMatchObject({ ok: false, code: 'other-database' })
      bytes[bytes.length >> 1]! ^= 1
      await writeFile(proof, bytes)
      expect(await check(proof, 1)).toMatchObject({ ok: false, proves: null })
      for (const junk of ['', 'frob', '{"a": 1}', '{', '[]']) {
        await writeFile(proof, junk)
        expect(await check(proof, 1), junk).toMatchObject({ ok: false })
      }
      await rm(proof)
      expect(await check(proof, 1)).toMatchObject({ error: { code: 'FILE_UNREADABLE' } })
      expect((await vitra(['check', proof], away)).code).toBe(2)
      expect((await vitra(['check', proof, '--key', key.slice(1)], away)).code).toBe(2)
      const wrong = [
        ['prove', 'frob'],
        ['prove', 'tx'],
        ['prove', 'state'],
        ['prove', 'consistency', 'x'],
        ['prove', 'head', '/counter'],
        ['prove', 'tx', 'x', '--at', '3'],
        ['prove', 'state', 'counter'],
      ]
      for (const words of wrong) expect((await vitra(words, at)).code, words.join(' ')).toBe(2)
      expect(await json(['prove', 'tx', 'frob'], at, 1)).toMatchObject({ error: { code: 'TX_NOT_FOUND' } })
      expect(await json(['prove', 'state', '/counter', '--at', '3'], at, 1)).toMatchObject({
        error: { code: 'NOT_A_BATCH_END' },
      })
    },
    TIMEOUT_MS,
  )
})

describe('a violation', () => {
  it(
    'is listed, shown, handed out as a file, and proved to somebody without a database',
    async () => {
      await using made = await prepare()
      const { at, key, proof, check } = made
      expect(await json(['fraud', 'list'], at)).toEqual({ frauds: [] })
      expect(await json(['fraud', 'check'], at)).toEqual({ results: [] })
      expect(await json(['fraud', 'show'], at, 1)).toMatchObject({ error: { code: 'FRAUD_NOT_FOUND' } })
      await using copy = await TemporaryFolder.make()
      const liar = { cwd: copy.path }
      await writeFile(copy.at('contract.js'), CONTRACT)
      const { key: liarsKey } = await json<{ key: string }>(['init', 'contract.js'], liar)
      await json(['call', 'increment'], liar)
      const db = await Database.load(copy.at('.vitra'))
      await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 9 }])
      await db.close()
      expect((await vitra(['verify', '--offline'], liar)).code).toBe(3)
      const { frauds } = await json<{ frauds: { violation: { code: string }; bytes: number }[] }>(
        ['fraud', 'list'],
        liar,
      )
      expect(frauds).toMatchObject([{ number: 1, violation: { code: 'unprompted-change' }, unproved: null }])
      expect((await vitra(['fraud', 'show'], liar)).stdout).toContain('unprompted-change')
      expect(await json(['fraud', 'show', '1'], liar)).toMatchObject({ proof: { kind: 'fraud' } })
      expect(await json(['fraud', 'check'], liar, 3)).toMatchObject({
        results: [{ ok: true, code: 'proved' }],
      })
      expect(await json(['fraud', 'show', '2'], liar, 1)).toMatchObject({
        error: { code: 'FRAUD_NOT_FOUND' },
      })
      const told = await json<Made>(['fraud', 'show', '1', '--out', proof], liar)
      expect(told).toMatchObject({ key: liarsKey, bytes: frauds[0]!.bytes })
      expect(await check(proof, 3, liarsKey)).toMatchObject({
        ok: true,
        code: 'proved',
        proves: { kind: 'fraud', violation: { code: 'unprompted-change' } },
      })
      expect(await check(proof, 1, key)).toMatchObject({ ok: false, code: 'other-database' })
      for (const words of [['frob'], ['list', '1'], ['check', '--out', proof]])
        expect((await vitra(['fraud', ...words], liar)).code).toBe(2)
      await using again = await Database.load(copy.at('.vitra'))
      await expect(checkDatabase(again)).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    },
    TIMEOUT_MS,
  )
})
