/** Arrays, buffers and their views, maps, sets. */
import type { Permit, Permits } from './permit.js'

const LOCALE = 'locale'
const RESIZABLE = 'newer than the pinned edition'
const view: Permit = { keep: 'prototype BYTES_PER_ELEMENT' }
const viewPrototype: Permit = { keep: 'constructor BYTES_PER_ELEMENT' }

export const COLLECTIONS: Permits = {
  Array: { keep: 'prototype isArray from of @@species' },
  'Array.prototype': {
    keep: 'length constructor at concat copyWithin fill find findIndex findLast findLastIndex lastIndexOf pop push reverse shift unshift slice splice includes indexOf keys entries values forEach filter flatMap map every some reduce reduceRight toString toReversed toSpliced with @@iterator',
    replace: {
      'flat join': 'bound nesting',
      'sort toSorted': 'sort by merging: the same calls of the comparator everywhere',
    },
    remove: { toLocaleString: LOCALE, '@@unscopables': 'nothing reads it: modules have no `with`' },
    assignable: 'toString',
  },
  ArrayBuffer: { keep: 'prototype isView @@species' },
  'ArrayBuffer.prototype': {
    keep: 'constructor byteLength slice @@toStringTag',
    remove: { 'maxByteLength resizable resize': RESIZABLE },
  },
  '%TypedArray%': { keep: 'prototype of from @@species' },
  '%TypedArray%.prototype': {
    keep: 'constructor buffer byteLength byteOffset length entries keys values at copyWithin every fill filter find findIndex findLast findLastIndex forEach includes indexOf join lastIndexOf map reverse reduce reduceRight set slice some subarray toString toReversed with @@toStringTag @@iterator',
    replace: { 'sort toSorted': 'sort by merging where there is a comparator' },
    remove: { toLocaleString: LOCALE },
  },
  Uint8Array: view,
  'Uint8Array.prototype': viewPrototype,
  Int8Array: view,
  'Int8Array.prototype': viewPrototype,
  Uint16Array: view,
  'Uint16Array.prototype': viewPrototype,
  Int16Array: view,
  'Int16Array.prototype': viewPrototype,
  Uint32Array: view,
  'Uint32Array.prototype': viewPrototype,
  Int32Array: view,
  'Int32Array.prototype': viewPrototype,
  Uint8ClampedArray: view,
  'Uint8ClampedArray.prototype': viewPrototype,
  BigUint64Array: view,
  'BigUint64Array.prototype': viewPrototype,
  BigInt64Array: view,
  'BigInt64Array.prototype': viewPrototype,
  DataView: { keep: 'prototype' },
  'DataView.prototype': {
    keep: 'constructor buffer byteLength byteOffset getInt8 setInt8 getUint8 setUint8 getInt16 setInt16 getUint16 setUint16 getInt32 setInt32 getUint32 setUint32 getFloat32 getFloat64 getBigInt64 setBigInt64 getBigUint64 setBigUint64 @@toStringTag',
    replace: { 'setFloat32 setFloat64': 'write NaN as 7fc00000 and 7ff8000000000000' },
  },
  Map: { keep: 'prototype @@species' },
  'Map.prototype': {
    keep: 'constructor get set has delete clear entries forEach keys size values @@toStringTag @@iterator',
  },
  Set: { keep: 'prototype @@species' },
  'Set.prototype': {
    keep: 'constructor has add delete clear entries forEach size values keys @@toStringTag @@iterator',
  },
  WeakMap: { keep: 'prototype' },
  'WeakMap.prototype': { keep: 'constructor delete get set has @@toStringTag' },
  WeakSet: { keep: 'prototype' },
  'WeakSet.prototype': { keep: 'constructor delete has add @@toStringTag' },
}
