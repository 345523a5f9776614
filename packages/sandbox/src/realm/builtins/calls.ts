/** Calls with a list of arguments, proxies, and other functions that need no file of their own. */
import { argumentsMax, charge } from '../meter.js'
import { lengthOf, nativesOf, proxies } from './native.js'
import { BOUND_MAX, PRICE, PROXIES_MAX } from './prices.js'

const EngineProxy = Proxy
const { revocable } = nativesOf(Proxy, 'revocable')
const { apply, construct } = Reflect
const symbols = nativesOf(Symbol, 'for')
const text = nativesOf(globalThis, 'decodeURI decodeURIComponent encodeURI encodeURIComponent')
const { bind } = nativesOf(Function.prototype, 'bind')
/** How many arguments functions are bound to, those that they are made of included. */
const bound = new WeakMap<object, number>()
let proxiesMade = 0

/** Lets a run make as many proxies as any other. */
export function forgetProxies(): void {
  proxiesMade = 0
}

export const functionPrototype = {
  apply(this: unknown, self: unknown, list: unknown): unknown {
    if (list === undefined || list === null) return apply(this as never, self, [])
    checkArguments(list)
    return apply(this as never, self, list as [])
  },
  bind(this: unknown, ...given: unknown[]): unknown {
    const count = boundOf(this) + Math.max(0, given.length - 1)
    if (count > BOUND_MAX) throw new RangeError(`a function is bound to at most ${BOUND_MAX} arguments`)
    charge(1 + given.length * PRICE.slot)
    const made = bind!.call<object>(this, ...given)
    bound.set(made, count)
    return made
  },
  toString(this: unknown): string {
    if (typeof this !== 'function') throw new TypeError('Function.prototype.toString needs a function')
    return 'function () { [native code] }'
  },
}

export const reflectCalls = {
  apply(target: unknown, self: unknown, list: unknown): unknown {
    checkArguments(list)
    return apply(target as never, self, list as [])
  },
  construct(target: unknown, list: unknown, ...newTarget: unknown[]): unknown {
    checkArguments(list)
    return construct(target as never, list as [], ...(newTarget as []))
  },
}

function checkArguments(list: unknown): void {
  if (typeof list !== 'object') return
  const length = lengthOf(list)
  const most = argumentsMax()
  if (length > most) throw new RangeError(`a call takes at most ${most} arguments here`)
  charge(1 + length * PRICE.slot)
}

/** Puts a `Proxy` of ours in the place of the engine's: a run makes a bounded number. */
export function proxyConstructor(): object {
  const make = function (this: unknown, target: unknown, handler: unknown): unknown {
    if (new.target === undefined) return apply(EngineProxy as never, undefined, [])
    countProxy()
    const proxy = construct(EngineProxy, [target, handler]) as object
    proxies.add(proxy)
    bound.set(proxy, boundOf(target))
    return proxy
  }
  // Bound, it has no `prototype`, like the engine's.
  return make.bind(undefined)
}

export const proxy = {
  revocable(target: unknown, handler: unknown): { proxy: object } {
    countProxy()
    const made = revocable!.call<{ proxy: object }>(undefined, target, handler)
    proxies.add(made.proxy)
    bound.set(made.proxy, boundOf(target))
    return made
  },
}

function boundOf(value: unknown): number {
  return bound.get(value as object) ?? 0
}

function countProxy(): void {
  if (proxiesMade >= PROXIES_MAX) throw new RangeError(`a run makes at most ${PROXIES_MAX} proxies`)
  proxiesMade++
  charge(PRICE.proxy)
}

export const symbol = {
  for(key: unknown): symbol {
    const name = `${key as string}`
    charge(PRICE.entry + name.length * PRICE.character)
    return symbols.for!.call(undefined, name)
  },
}

export const globals = {
  decodeURI(uri: unknown): string {
    return converted('decodeURI', uri, PRICE.character)
  },
  decodeURIComponent(uri: unknown): string {
    return converted('decodeURIComponent', uri, PRICE.character)
  },
  encodeURI(uri: unknown): string {
    return converted('encodeURI', uri, PRICE.encoded)
  },
  encodeURIComponent(uri: unknown): string {
    return converted('encodeURIComponent', uri, PRICE.encoded)
  },
}

function converted(name: string, given: unknown, price: number): string {
  const uri = `${given as string}`
  charge(1 + uri.length * price)
  return text[name]!.call(undefined, uri)
}
