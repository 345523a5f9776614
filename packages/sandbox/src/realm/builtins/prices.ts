/**
 * What built-in functions take from a run's fuel (spec/6-determinism §2): about one for each byte that they may
 * allocate, and one for some items that they only look at. Taken before the work where its size is known.
 */
export const PRICE = {
  /** A character of a new text: one or two bytes. */
  character: 2,
  /** So many characters or bytes are looked at for one unit. */
  scanned: 8,
  /** A slot of an array. */
  slot: 8,
  /** A piece of a text in an array. */
  piece: 40,
  /** An entry of a Map or Set, a property of an object. */
  entry: 64,
  /** What a handler of a promise takes. */
  handler: 256,
  /** A proxy. */
  proxy: 256,
  /** A character of a text read as JSON. */
  parsed: 16,
  /** The square of the number of characters in a row that may be marks, by this, is a unit of `normalize`. */
  sorted: 256,
  /** A character of a URI, which becomes up to nine. */
  encoded: 9,
} as const

/** Most arguments that a function is bound to: they lie on the engine's stack with every call. */
export const BOUND_MAX = 64
/** Deepest nesting that `join`, `flat` and JSON follow. */
export const NESTING_MAX = 200
/** Deepest nesting of groups in a pattern made of a text. */
export const PATTERN_DEPTH_MAX = 255
/** Most proxies that a run makes. */
export const PROXIES_MAX = 1000
/** Largest integer that a text, `asIntN` or `asUintN` makes, in bits. */
export const BIGINT_BITS_MAX = 2 ** 16

/** What is charged, by object, in the words of the specification; sizes are those before the call unless said. */
export const CHARGES: Readonly<Record<string, string>> = {
  globalThis: '`decodeURI decodeURIComponent` character; `encodeURI encodeURIComponent` encoded',
  Array: 'called with one length, `of`, `from`: slot for each item',
  'Array.prototype':
    '`push unshift concat fill slice with toReversed toSpliced map filter flat flatMap`: slot for each item of the result; `sort toSorted`: slot and the bits of the length for each item; `join`: character for each of the result; `shift copyWithin`: scanned; `splice`: one for each item, and slot for each removed; others that take a function or look for an item, and `reverse`: one for each item',
  'typed arrays': 'what makes one: its bytes and entry; methods: one for each item',
  ArrayBuffer: 'its bytes and entry',
  '`BigInt` of a text and `BigInt.prototype.toString`':
    'one for each digit, and the square of their number divided by 4096; for integers beyond 64 bits digits are hexadecimal',
  '`asIntN` and `asUintN`': 'the bits divided by 8',
  '`Function.prototype.apply` and `bind`, `Reflect.apply` and `construct`': 'slot for each argument',
  JSON: '`parse`: parsed for each character; `stringify`: character for each of the result, and slot for each value',
  '`Number`, `isFinite`, `isNaN`, `parseFloat` and `parseInt` of a text':
    'scanned, where it is longer than 64',
  '`String` of a BigInt': 'as its `toString`',
  'Object.prototype': '`isPrototypeOf`: one for each prototype',
  'Map, Set, WeakMap, WeakSet': '`set add`: entry; `clear forEach`: one for each entry',
  Object:
    '`keys values getOwnPropertyNames getOwnPropertySymbols`: slot for each; `entries assign fromEntries defineProperties`: entry for each; `getOwnPropertyDescriptors`: two entries for each; `freeze isFrozen isSealed seal`: one for each indexed item; indexed items of texts, arrays and views count before the call',
  'Promise.prototype': '`then`: handler',
  Proxy: 'proxy',
  RegExp:
    'making one: entry, and slot for each character; `exec`: scanned from where it starts to the end of the match, and piece for each group',
  'String.prototype':
    '`concat normalize padEnd padStart repeat replace replaceAll toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase toWellFormed`: character for each of the result; `split`: piece for each, and scanned; `endsWith includes indexOf isWellFormed lastIndexOf localeCompare startsWith trim trimEnd trimStart`: scanned; `normalize`: sorted for each row of units from U+0300 on, squared, rounded down',
  String: '`fromCharCode fromCodePoint raw`: character for each of the result',
  Symbol: '`for`: entry, and character for each of its key',
}
