/** The global object. */
import type { Permits } from './permit.js'

export const GLOBALS: Permits = {
  globalThis: {
    keep: 'Array BigInt64Array BigUint64Array Boolean DataView Infinity Int16Array Int32Array Int8Array JSON Map Math NaN Number Object Promise Reflect Set String Symbol Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite isNaN parseFloat parseInt undefined',
    replace: {
      RegExp: 'refuses flags, modifiers and repeated names of groups that ECMAScript 2022 does not have',
      Proxy: 'makes a bounded number in a run',
      BigInt: 'bounds what a text may hold',
      ArrayBuffer: 'makes none that can be resized',
      'AggregateError Error EvalError RangeError ReferenceError SyntaxError TypeError URIError':
        'keep no stack, and remember which errors a contract made',
      Function: 'throws: it would make code past the pinned parser',
      console: 'reaches the log of the machine, with limits',
    },
    remove: {
      Atomics: 'waiting on memory is a clock',
      Date: 'a clock; ack.ts is the time',
      FinalizationRegistry: 'shows garbage collection',
      'Float32Array Float64Array': 'show the bits of NaN, which differ once code is compiled',
      Intl: 'depends on locale and on ICU',
      SharedArrayBuffer: 'shared memory is a clock',
      WeakRef: 'shows garbage collection',
      WebAssembly: 'not covered by fuel',
      'escape unescape': 'legacy',
      eval: 'makes code at run time, past the pinned parser',
    },
  },
  '%GlobalPrototype%': { keep: '', remove: { constructor: "V8's own" } },
  console: { keep: 'debug error info log warn' },
}
