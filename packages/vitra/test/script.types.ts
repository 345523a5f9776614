/**
 * What the compiler says about `db.api<typeof script>()` and `db.read`. Nothing here runs: `npm run typecheck` is the test.
 * An `@ts-expect-error` without an error below it is an error.
 */
import { expectTypeOf } from 'vitest'
import type {
  Database,
  Receipt,
  ScriptApi,
  ScriptFunctions,
  ScriptReads,
  StateDirent,
  Transaction,
  Value,
} from '../src/index.js'
import type * as forum from './contracts/forum.js'

type Forum = typeof forum

/** Calls are the exported functions; variables and `init` are left out. */
export function names(): void {
  expectTypeOf<keyof ScriptFunctions<Forum>>().toEqualTypeOf<'addTopic' | 'clear' | 'topics'>()
  expectTypeOf<keyof ScriptApi<Forum>>().toEqualTypeOf<
    'addTopic' | 'clear' | 'topics' | 'addParticipant' | 'removeParticipant'
  >()
  expectTypeOf<keyof ScriptReads<Forum>>().toEqualTypeOf<'addTopic' | 'clear' | 'topics'>()
}

/** They take what the functions take, and give promises of what those return. */
export async function calls(db: Database): Promise<void> {
  const api = db.api<Forum>()
  expectTypeOf(api.addTopic).parameters.toEqualTypeOf<
    [title: string, options?: { readonly pinned?: boolean }]
  >()
  expectTypeOf(await api.addTopic('a')).toEqualTypeOf<number>()
  expectTypeOf(await api.topics()).toEqualTypeOf<string[]>()
  expectTypeOf(await api.clear()).toEqualTypeOf<undefined>()
  expectTypeOf(await api.addParticipant('00')).toEqualTypeOf<undefined>()
  const { result, receipt, tx } = await api.addTopic.receipt('b', { pinned: true })
  expectTypeOf(result).toEqualTypeOf<number>()
  expectTypeOf(receipt).toEqualTypeOf<Receipt>()
  expectTypeOf(tx).toEqualTypeOf<Transaction>()
  // @ts-expect-error a title is a text
  await api.addTopic(1)
  // @ts-expect-error a title is needed
  await api.addTopic()
  // @ts-expect-error init runs by itself
  await api.init()
  // @ts-expect-error a variable is no call
  await api.topicCounter()
  // @ts-expect-error there is none of this name
  await api.removeTopic('a')
}

/** Files have Node's names, and variables are what the script exports besides functions. */
export async function archive(db: Database<Forum>, open: Database): Promise<void> {
  const kept = await db.variables()
  expectTypeOf<keyof typeof kept>().toEqualTypeOf<'tags' | 'topicCounter'>()
  expectTypeOf(kept.topicCounter).toEqualTypeOf<number | undefined>()
  expectTypeOf((await open.variables()).anything).toEqualTypeOf<Value | undefined>()
  expectTypeOf(await db.files.readFile('/a', 'utf8')).toEqualTypeOf<string>()
  expectTypeOf(await db.files.readFile('/a', { encoding: null })).toEqualTypeOf<Uint8Array>()
  expectTypeOf(await db.files.readFile('/a')).toEqualTypeOf<string | Uint8Array>()
  expectTypeOf(await db.files.readdir('/')).toEqualTypeOf<string[]>()
  expectTypeOf(await db.files.readdir('/', { withFileTypes: true })).toEqualTypeOf<StateDirent[]>()
  // @ts-expect-error nothing is written here
  await db.files.writeFile('/a', '')
}

/** `Database<typeof script>` says so for both. */
export async function typed(db: Database<Forum>, open: Database): Promise<void> {
  expectTypeOf(await db.api().addTopic('a')).toEqualTypeOf<number>()
  expectTypeOf(await db.read.topics()).toEqualTypeOf<string[]>()
  // @ts-expect-error there is none of this name
  await db.read.nothing()
  await open.api().anything(1, 'two')
  await open.read.anything()
}
