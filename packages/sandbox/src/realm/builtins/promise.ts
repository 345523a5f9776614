/** Promises: a handler costs what it takes. Their combinators attach theirs by this method too. */
import { charge } from '../meter.js'
import { nativesOf } from './native.js'
import { PRICE } from './prices.js'

/** The one that cleans errors: this file is evaluated after the prelude. */
const { then } = nativesOf(Promise.prototype, 'then')

export const promisePrototype = {
  // biome-ignore lint/suspicious/noThenProperty: the method of that name.
  then(this: unknown, onFulfilled: unknown, onRejected: unknown): unknown {
    charge(PRICE.handler)
    return then!.call(this, onFulfilled, onRejected)
  },
}
