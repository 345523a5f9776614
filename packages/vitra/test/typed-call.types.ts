/**
 * What the compiler says about `Database<typeof contract>`. Nothing here runs: `npm run typecheck` is the
 * test. An `@ts-expect-error` without an error below it is an error.
 */
import { expectTypeOf } from 'vitest'
import type {
  ContractMethods,
  Database,
  MethodName,
  MethodParams,
  MethodResponse,
  Transaction,
  Value,
} from '../src/index.js'
import type * as notes from './contracts/notes.js'
import type * as tally from './contracts/tally.js'

type Notes = typeof notes
type Tally = typeof tally

/** Methods are the exported functions, `apply` and `process` left out. */
export function names(): void {
  expectTypeOf<MethodName<Notes>>().toEqualTypeOf<'count' | 'get' | 'list' | 'put'>()
  expectTypeOf<MethodName<Tally>>().toEqualTypeOf<'add' | 'get' | 'names'>()
  expectTypeOf<keyof ContractMethods<Notes>>().toEqualTypeOf<MethodName<Notes>>()
  expectTypeOf<ContractMethods<Notes>['get']>().toEqualTypeOf<Notes['get']>()
  expectTypeOf<MethodName<unknown>>().toEqualTypeOf<string>()
}

/** They take the type of their first parameter. */
export function params(): void {
  expectTypeOf<MethodParams<Notes, 'get'>>().toEqualTypeOf<{ id: string }>()
  expectTypeOf<MethodParams<Notes, 'list'>>().toEqualTypeOf<{ limit?: number }>()
  expectTypeOf<MethodParams<Notes, 'count'>>().toEqualTypeOf<Record<string, never>>()
  expectTypeOf<MethodParams<Tally, 'add'>>().toEqualTypeOf<{ name: string; amount?: number }>()
  expectTypeOf<MethodParams<unknown, 'any'>>().toEqualTypeOf<object>()
}

/** They answer what they return, awaited. */
export function responses(): void {
  expectTypeOf<MethodResponse<Notes, 'get'>>().toEqualTypeOf<notes.Note | null>()
  expectTypeOf<MethodResponse<Notes, 'count'>>().toEqualTypeOf<number>()
  expectTypeOf<MethodResponse<Notes, 'put'>>().toEqualTypeOf<undefined>()
  expectTypeOf<MethodResponse<Tally, 'get'>>().toEqualTypeOf<number>()
  expectTypeOf<MethodResponse<Tally, 'add'>>().toEqualTypeOf<undefined>()
  expectTypeOf<MethodResponse<Tally, 'names'>>().toEqualTypeOf<string[]>()
  expectTypeOf<MethodResponse<unknown, 'any'>>().toEqualTypeOf<unknown>()
}

export async function rightCalls(db: Database<Notes>, other: Database<Tally>): Promise<void> {
  expectTypeOf((await db.call('get', { id: 'a' })).response).toEqualTypeOf<notes.Note | null>()
  expectTypeOf((await db.call('list')).response).toEqualTypeOf<notes.Listed>()
  await db.call('list', {})
  await db.call('list', { limit: 1 }, {})
  await db.call('count', {})
  expectTypeOf(await db.call('put', { id: 'a', text: 'b' })).toEqualTypeOf<Transaction<undefined>>()
  await other.call('add', { name: 'x' })
  expectTypeOf((await other.call('names')).response).toEqualTypeOf<string[]>()
}

export async function wrongCalls(db: Database<Notes>, other: Database<Tally>): Promise<void> {
  // @ts-expect-error there is no such method
  await db.call('remove', { id: 'a' })
  // @ts-expect-error `apply` is no method
  await db.call('apply', {})
  // @ts-expect-error nor is `process`
  await db.call('process', {})
  // @ts-expect-error a constant is none either
  await db.call('version')
  // @ts-expect-error the parameters are missing
  await db.call('get')
  // @ts-expect-error one of them is
  await db.call('put', { id: 'a' })
  // @ts-expect-error it is a text
  await db.call('get', { id: 1 })
  // @ts-expect-error it is a number
  await db.call('list', { limit: 'all' })
  // @ts-expect-error `list` knows no such parameter
  await db.call('list', { offset: 1 })
  // @ts-expect-error `count` takes none
  await db.call('count', { of: 'notes' })
  // @ts-expect-error there may be no note
  void (await db.call('get', { id: 'a' })).response.text
  // @ts-expect-error the same in JSDoc: a parameter is missing
  await other.call('add', { amount: 1 })
  // @ts-expect-error one is of another type
  await other.call('add', { name: 'x', amount: '1' })
  // @ts-expect-error a number is no list
  void (await other.call('get', { name: 'x' })).response.length
}

/** A database of a known contract is a database like any other; one of no known contract stays open. */
export async function openDatabases(known: Database<Notes>, unknown: Database): Promise<Database<Notes>> {
  const open: Database = known
  const tx = await open.call('anything', { at: 'all' }, {})
  expectTypeOf(tx).toEqualTypeOf<Transaction>()
  expectTypeOf(tx.response).toEqualTypeOf<Value | undefined>()
  await open.call('anything')
  // @ts-expect-error parameters are an object
  await open.call('anything', 1)
  return unknown
}

export function creation(): void {
  expectTypeOf<typeof Database.create<Tally>>().returns.resolves.toEqualTypeOf<Database<Tally>>()
  expectTypeOf<typeof Database.load<Tally>>().returns.resolves.toEqualTypeOf<Database<Tally>>()
  expectTypeOf<typeof Database.createSandbox<Tally>>().returns.resolves.toEqualTypeOf<Database<Tally>>()
  expectTypeOf<Database>().toEqualTypeOf<Awaited<ReturnType<typeof Database.create>>>()
}
