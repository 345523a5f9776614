/** The types of `db.api` and `db.read`: the functions of a script as its caller sees them. */
import type { Receipt, Value } from '@vitra/log'
import type { Transaction } from '../transaction.js'

/** The functions that a script exports; its variables are left out, and `init`, which runs once by itself. */
export type ScriptFunctions<S> = {
  readonly [Name in keyof S as Name extends 'init' | 'then' | 'default'
    ? never
    : S[Name] extends (...args: never[]) => unknown
      ? Name
      : never]: S[Name]
}

/** The variables that a script exports, as they are kept; before `init` there are none. */
export type ScriptVariables<S> = unknown extends S
  ? Readonly<Record<string, Value>>
  : {
      readonly [Name in keyof S as S[Name] extends (...args: never[]) => unknown ? never : Name]?: S[Name]
    }

/** What a call gave, with the proof of it. */
export interface ScriptResult<R> {
  readonly result: R
  /** Proof that the call was executed, with what outcome and changes. */
  readonly receipt: Receipt
  readonly tx: Transaction
}

/** One function of a script. */
export interface ScriptCall<Args extends readonly unknown[], R> {
  /**
   * Resolves with the return value once the call is executed and on the executor's disk.
   *
   * @throws {ScriptCallError} `CALL_FAILED` for what the script throws
   */
  (...args: Args): Promise<R>
  /** The same, with the receipt. */
  receipt(...args: Args): Promise<ScriptResult<R>>
}

/** What every script has, for its owner, where it exports nothing of that name. */
interface BuiltInCalls {
  /** Admits a participant. @param id public key, hex */
  readonly addParticipant: ScriptCall<[id: string], undefined>
  readonly removeParticipant: ScriptCall<[id: string], undefined>
}

/** Of a script of which nothing is known every name is a function. */
// biome-ignore lint/suspicious/noExplicitAny: a name that nobody knows could else be no function, and could not be called.
type AnyFunctions = any

/** The calls of a script. */
export type ScriptApi<S> = unknown extends S
  ? AnyFunctions
  : { readonly [Name in keyof ScriptFunctions<S>]: CallOf<S[Name & keyof S]> } & Omit<BuiltInCalls, keyof S>

/** The read-only calls of a script. */
export type ScriptReads<S> = unknown extends S
  ? AnyFunctions
  : {
      readonly [Name in keyof ScriptFunctions<S>]: S[Name & keyof S] extends (...args: infer Args) => infer R
        ? (...args: Args) => Promise<Returned<Awaited<R>>>
        : never
    }

type CallOf<F> = F extends (...args: infer Args) => infer R ? ScriptCall<Args, Returned<Awaited<R>>> : never

/** `void` is for functions; what a caller finds is undefined. */
type Returned<R> = R extends void ? undefined : R
