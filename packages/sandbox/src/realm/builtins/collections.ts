/** Maps and sets: an entry costs what it takes. Their constructors add by these methods. */
import { charge } from '../meter.js'
import { nativesOf } from './native.js'
import { PRICE } from './prices.js'

const map = nativesOf(Map.prototype, 'clear forEach set')
const set = nativesOf(Set.prototype, 'add clear forEach')
const weakMap = nativesOf(WeakMap.prototype, 'set')
const weakSet = nativesOf(WeakSet.prototype, 'add')
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!

export const mapPrototype = {
  set(this: unknown, key: unknown, value: unknown): unknown {
    charge(PRICE.entry)
    return map.set!.call(this, key, value)
  },
  clear(this: unknown): unknown {
    charge(1 + mapSize.call(this))
    return map.clear!.call(this)
  },
  forEach(this: unknown, use: unknown, ...self: unknown[]): unknown {
    charge(1 + mapSize.call(this))
    return map.forEach!.call(this, use, ...self)
  },
}

export const setPrototype = {
  add(this: unknown, item: unknown): unknown {
    charge(PRICE.entry)
    return set.add!.call(this, item)
  },
  clear(this: unknown): unknown {
    charge(1 + setSize.call(this))
    return set.clear!.call(this)
  },
  forEach(this: unknown, use: unknown, ...self: unknown[]): unknown {
    charge(1 + setSize.call(this))
    return set.forEach!.call(this, use, ...self)
  },
}

export const weakMapPrototype = {
  set(this: unknown, key: unknown, value: unknown): unknown {
    charge(PRICE.entry)
    return weakMap.set!.call(this, key, value)
  },
}

export const weakSetPrototype = {
  add(this: unknown, item: unknown): unknown {
    charge(PRICE.entry)
    return weakSet.add!.call(this, item)
  },
}
