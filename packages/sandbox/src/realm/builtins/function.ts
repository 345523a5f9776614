/** Functions: none is made from text, and none shows its source. */
import type { Bag } from '../intrinsics.js'

/** Puts constructors that always throw in the place of `Function` and its three relatives, which no global names. */
export function closeFunctionConstructors(): void {
  const samples = [function f() {}, async function f() {}, function* f() {}, async function* f() {}]
  for (const sample of samples) closeConstructor(sample.constructor as unknown as Bag)
}

function closeConstructor(engine: Bag): void {
  const name = String(engine.name)
  function closed(): never {
    throw new TypeError(`${name} cannot make code at run time: write the function in the contract`)
  }
  const { prototype } = engine as { prototype: object }
  Object.defineProperty(closed, 'name', { value: name })
  Object.defineProperty(closed, 'length', { value: 1 })
  Object.defineProperty(closed, 'prototype', { value: prototype, writable: false })
  Object.defineProperty(prototype, 'constructor', { value: closed, writable: false, configurable: true })
  if (name === 'Function')
    Object.defineProperty(globalThis, name, { value: closed, writable: true, configurable: true })
  else Object.setPrototypeOf(closed, Function)
}
