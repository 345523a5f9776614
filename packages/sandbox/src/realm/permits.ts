/**
 * The one table of what a contract finds in its realm (spec/6-determinism §2): global names that stay,
 * and properties that go or are replaced, each with the reason. Whatever is not listed is removed, so a
 * newer engine brings nothing new.
 */

/** Global names that stay. `console` and the error classes are ours. */
export const GLOBALS: ReadonlySet<string> = new Set([
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Error',
  'EvalError',
  'Float32Array',
  'Float64Array',
  'Function',
  'Infinity',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'SyntaxError',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakSet',
  'console',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'globalThis',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'undefined',
])

/** Removed globals that every engine has, with the reason; the test walks them. */
export const REMOVED_GLOBALS: Readonly<Record<string, string>> = {
  Atomics: 'waiting on memory is a clock',
  Date: 'a clock; ack.ts is the time',
  FinalizationRegistry: 'shows garbage collection',
  Intl: 'depends on locale and on ICU',
  SharedArrayBuffer: 'shared memory is a clock',
  WeakRef: 'shows garbage collection',
  WebAssembly: 'not covered by fuel',
  escape: 'legacy',
  eval: 'makes code at run time, past the pinned parser',
  unescape: 'legacy',
}

/** One property of an intrinsic: `of` is a path from the global object. */
export interface PropertyPermit {
  readonly of: string
  readonly names: readonly string[]
  readonly reason: string
}

const REGEXP_STATICS = ['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9', '$_', '$&', '$+', '$`', "$'"]

/** Properties that go. */
export const REMOVED_PROPERTIES: readonly PropertyPermit[] = [
  { of: 'Math', names: ['random'], reason: 'randomness; util.random derives it from the op' },
  {
    of: 'RegExp',
    names: [...REGEXP_STATICS, 'input', 'lastMatch', 'lastParen', 'leftContext', 'rightContext'],
    reason: 'remember the last match anywhere',
  },
  { of: 'RegExp.prototype', names: ['compile'], reason: 'legacy' },
  { of: 'Number.prototype', names: ['toLocaleString'], reason: 'locale' },
  { of: 'BigInt.prototype', names: ['toLocaleString'], reason: 'locale' },
  { of: 'Array.prototype', names: ['toLocaleString'], reason: 'locale' },
  { of: 'TypedArray.prototype', names: ['toLocaleString'], reason: 'locale' },
]

/** Properties that get a version of ours, for the same reason: no locale. */
export const REPLACED_PROPERTIES: readonly PropertyPermit[] = [
  {
    of: 'String.prototype',
    names: ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'],
    reason: 'locale; order by code points instead',
  },
]

/**
 * Prototypes that are sealed, not frozen: nothing can be added, but what they have stays assignable, or
 * `this.name = 'MyError'` in a constructor, ordinary code, would throw. Nothing of the driver rests on
 * these properties, and no later op sees the realm.
 */
export const SEALED_PROTOTYPES: ReadonlySet<string> = new Set([
  'AggregateError',
  'Error',
  'EvalError',
  'Function',
  'Object',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
])
