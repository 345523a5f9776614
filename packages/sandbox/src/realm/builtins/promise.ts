/**
 * Promises: a handler costs what it takes, and the combinators attach theirs by the same method. What is wrong with what a
 * combinator is given, it tells the class that it is called on: without the engine's words.
 */
import { clean } from '../errors.js'
import { charge } from '../meter.js'
import { construct, nativesOf } from './native.js'
import { PRICE } from './prices.js'

/** The one that cleans errors: this file is evaluated after the prelude. */
const { then } = nativesOf(Promise.prototype, 'then')
const native = nativesOf(Promise, 'all allSettled any race')
const EnginePromise = Promise
const EngineProxy = Proxy

export const promisePrototype = {
  // biome-ignore lint/suspicious/noThenProperty: the method of that name.
  then(this: unknown, onFulfilled: unknown, onRejected: unknown): unknown {
    charge(PRICE.handler)
    return then!.call(this, onFulfilled, onRejected)
  },
}

export const promise = {
  all(this: unknown, values: unknown): unknown {
    return combined('all', this, values)
  },
  allSettled(this: unknown, values: unknown): unknown {
    return combined('allSettled', this, values)
  },
  any(this: unknown, values: unknown): unknown {
    return combined('any', this, values)
  },
  race(this: unknown, values: unknown): unknown {
    return combined('race', this, values)
  },
}

function combined(name: keyof typeof promise, type: unknown, values: unknown): unknown {
  const isForeign = type !== EnginePromise && typeof type === 'function'
  return native[name]!.call(isForeign ? cleaning(type) : type, values)
}

/** A class of promises whose `reject` is told clean errors only. */
function cleaning(type: object): object {
  return new EngineProxy(type, {
    construct(_, [executor]) {
      const clear = (resolve: unknown, reject: unknown): unknown => {
        const rejectCleaned = (reason: unknown) => (reject as (reason: unknown) => unknown)(clean(reason))
        return executor(resolve, typeof reject === 'function' ? rejectCleaned : reject)
      }
      return construct(type as never, [clear]) as object
    },
  })
}
