// What the types of a call promise is what it gives; what they refuse is in typed-call.types.ts.
import { readFile } from 'node:fs/promises'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import type * as notes from './contracts/notes.js'
import type * as tally from './contracts/tally.js'

const folder = new URL('./contracts/', import.meta.url)

it('a contract in TypeScript answers as its types say', async () => {
  const { outputText: source } = ts.transpileModule(await readFile(new URL('notes.ts', folder), 'utf8'), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  await using db = await Database.create<typeof notes>(Storage.temporary(), { contract: { source } })
  const tx = await db.call('put', { id: 'a', text: 'hello' })
  expect(tx.response).toBeUndefined()
  await tx.whenProcessed()
  expect((await db.call('get', { id: 'a' })).response?.text).toBe('hello')
  expect((await db.call('get', { id: 'b' })).response).toBeNull()
  expect((await db.call('count')).response.toFixed(1)).toBe('1.0')
  expect((await db.call('list')).response.notes.map(({ note }) => note.text)).toEqual(['hello'])
  expect((await db.call('list', { limit: 0 })).response.notes).toEqual([])
  await checkDatabase(db)
})

it('a contract with JSDoc does too, as it stands on disk', async () => {
  const source = await readFile(new URL('tally.js', folder), 'utf8')
  await using db = await Database.create<typeof tally>(Storage.temporary(), { contract: { source } })
  await (await db.call('add', { name: 'x', amount: 2 })).whenProcessed()
  expect((await db.call('get', { name: 'x' })).response + 1).toBe(3)
  await using copy = await Database.createSandbox<typeof tally>({ from: db })
  expect((await copy.call('names', {}, {})).response.join()).toBe('x')
  await checkDatabase(copy)
  await checkDatabase(db)
})
