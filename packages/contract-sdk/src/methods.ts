/**
 * What a contract can be called with, read from the type of its module (spec/4-execution §2): the types
 * behind `Database.create<typeof contract>`. Types only; the module itself runs in the sandbox and nowhere else.
 */

/** Stands for a contract of which nothing is known: every name is a method, every object its parameters. */
// biome-ignore lint/suspicious/noExplicitAny: a database of a known contract has to be usable where any database is.
export type AnyContract = any

/** Exported functions that are no methods. */
type Reserved = 'apply' | 'process' | 'default'

/**
 * The methods of a contract: every exported function except `apply` and `process`.
 *
 * @example type Methods = ContractMethods<typeof import('./counter.js')> // { get: …; increment: … }
 */
export type ContractMethods<M> = {
  readonly [Name in keyof M as Name extends Reserved
    ? never
    : M[Name] extends (...args: never[]) => unknown
      ? Name
      : never]: M[Name]
}

/** Names of the methods; any text where the contract is not known. */
export type MethodName<M> = unknown extends M ? string : keyof ContractMethods<M> & string

/** What a method takes: the type of its first parameter; an empty object where there is none. */
export type MethodParams<M, Name extends MethodName<M>> = unknown extends M
  ? object
  : FirstParameter<M[Name & keyof M]>

/** What a method answers, once awaited; undefined where it returns nothing, unknown for an unknown contract. */
export type MethodResponse<M, Name extends MethodName<M>> = unknown extends M
  ? unknown
  : M[Name & keyof M] extends (...args: never[]) => infer R
    ? Answer<Awaited<R>>
    : never

type FirstParameter<F> = F extends (...args: infer Args) => unknown
  ? Args extends []
    ? Record<string, never>
    : NonNullable<Args[0]>
  : never

/** `void` is for functions; what a caller finds is undefined. */
type Answer<R> = R extends void ? undefined : R
