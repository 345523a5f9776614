/** Objects, functions, symbols, errors, reflection. */
import type { Permit, Permits } from './permit.js'

const NO_STACK = 'differ between engines'
const standardError: Permit = {
  keep: 'constructor name message',
  // Not `constructor`: by it isolated-vm tells the class of an error that ends the evaluation of a module.
  assignable: 'name message',
}

export const FUNDAMENTALS: Permits = {
  Object: {
    keep: 'prototype assign getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols hasOwn is preventExtensions seal create defineProperties defineProperty freeze getPrototypeOf setPrototypeOf isExtensible isFrozen isSealed keys entries fromEntries values',
  },
  'Object.prototype': {
    keep: 'constructor __defineGetter__ __defineSetter__ hasOwnProperty __lookupGetter__ __lookupSetter__ isPrototypeOf propertyIsEnumerable toString valueOf __proto__ toLocaleString',
    assignable:
      'constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf toLocaleString',
  },
  Function: { keep: 'prototype' },
  'Function.prototype': {
    keep: 'length name constructor call @@hasInstance',
    replace: {
      'apply bind': 'bound arguments',
      toString: 'gives a fixed text: sources show what the instrumenter added',
    },
    remove: { 'arguments caller': 'legacy' },
    assignable: 'constructor toString',
  },
  Boolean: { keep: 'prototype' },
  'Boolean.prototype': { keep: 'constructor toString valueOf' },
  Symbol: {
    keep: 'prototype for keyFor asyncIterator hasInstance isConcatSpreadable iterator match matchAll replace search species split toPrimitive toStringTag unscopables',
  },
  'Symbol.prototype': {
    keep: 'constructor toString valueOf description @@toStringTag @@toPrimitive',
  },
  Error: {
    keep: 'prototype',
    remove: { 'captureStackTrace stackTraceLimit': NO_STACK },
  },
  'Error.prototype': {
    keep: 'constructor name message toString',
    assignable: 'constructor name message toString',
  },
  AggregateError: { keep: 'prototype' },
  'AggregateError.prototype': standardError,
  EvalError: { keep: 'prototype' },
  'EvalError.prototype': standardError,
  RangeError: { keep: 'prototype' },
  'RangeError.prototype': standardError,
  ReferenceError: { keep: 'prototype' },
  'ReferenceError.prototype': standardError,
  SyntaxError: { keep: 'prototype' },
  'SyntaxError.prototype': standardError,
  TypeError: { keep: 'prototype' },
  'TypeError.prototype': standardError,
  URIError: { keep: 'prototype' },
  'URIError.prototype': standardError,
  Reflect: {
    keep: 'defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys preventExtensions set setPrototypeOf @@toStringTag',
    replace: { 'apply construct': 'bound arguments' },
  },
  Proxy: { keep: 'revocable' },
}
