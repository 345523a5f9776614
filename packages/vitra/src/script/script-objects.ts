/** `db.api` and `db.read` as objects whose functions are those of the script. */
import type { WaitOptions } from '../transaction-types.js'
import type { ScriptCalls } from './script-calls.js'
import type { ScriptApi, ScriptCall, ScriptReads } from './script-types.js'

/** An object that calls. @param check throws where nothing may be called any more */
export function createApi<S>(calls: ScriptCalls, options: WaitOptions, check: () => void): ScriptApi<S> {
  return byName((name) => {
    const call = async (...args: unknown[]) => {
      check()
      return calls.call(name, args, options)
    }
    const receipt = async (...args: unknown[]) => {
      check()
      return calls.callWithReceipt(name, args, options)
    }
    return Object.assign(call, { receipt })
  }) as ScriptApi<S>
}

/** The same functions, each called when its turn has come. */
export function inTurn<A extends object>(api: A, turn: <T>(call: () => Promise<T>) => Promise<T>): A {
  type Call = ScriptCall<unknown[], unknown>
  const functions = api as Readonly<Record<string, Call>>
  return byName((name) => {
    const { [name]: own } = functions
    const call = (...args: unknown[]) => turn(() => own!(...args))
    return Object.assign(call, { receipt: (...args: unknown[]) => turn(() => own!.receipt(...args)) })
  }) as A
}

/** An object that reads. */
export function createReads<S>(calls: ScriptCalls): ScriptReads<S> {
  return byName(
    (name) =>
      (...args: unknown[]) =>
        calls.read(name, args),
  ) as ScriptReads<S>
}

/** Any name is a function's, but that by which `await` knows a promise. */
function byName(make: (name: string) => unknown): object {
  const made = new Map<string, unknown>()
  return new Proxy(Object.freeze(Object.create(null)), {
    get(_, name) {
      if (typeof name !== 'string' || name === 'then') return undefined
      if (!made.has(name)) made.set(name, make(name))
      return made.get(name)
    },
  })
}
