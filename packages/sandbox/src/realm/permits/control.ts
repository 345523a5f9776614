/** Promises, iterators and generators; most of these objects have no global name. */
import type { Permit, Permits } from './permit.js'

const iterator: Permit = { keep: 'next @@toStringTag' }
const functionConstructor: Permit = { keep: 'prototype' }

export const CONTROL: Permits = {
  Promise: {
    keep: 'prototype resolve reject @@species',
    replace: { 'all allSettled any race': "tell a class of promises nothing of the engine's words" },
  },
  'Promise.prototype': {
    keep: 'constructor catch finally @@toStringTag',
    // biome-ignore lint/suspicious/noThenProperty: a name in a table.
    replace: { then: "hides the engine's words in the errors that handlers get" },
  },
  '%IteratorPrototype%': { keep: '@@iterator' },
  '%ArrayIteratorPrototype%': iterator,
  '%MapIteratorPrototype%': iterator,
  '%SetIteratorPrototype%': iterator,
  '%StringIteratorPrototype%': iterator,
  '%RegExpStringIteratorPrototype%': iterator,
  '%AsyncIteratorPrototype%': { keep: '@@asyncIterator' },
  '%GeneratorFunction%': functionConstructor,
  '%GeneratorFunction.prototype%': { keep: 'constructor prototype @@toStringTag' },
  '%GeneratorPrototype%': { keep: 'constructor next return throw @@toStringTag' },
  '%AsyncFunction%': functionConstructor,
  '%AsyncFunction.prototype%': { keep: 'constructor @@toStringTag' },
  '%AsyncGeneratorFunction%': functionConstructor,
  '%AsyncGeneratorFunction.prototype%': { keep: 'constructor prototype @@toStringTag' },
  '%AsyncGeneratorPrototype%': { keep: 'constructor next return throw @@toStringTag' },
}
