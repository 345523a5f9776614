/**
 * Initial bytes of CBOR items, as far as values use them (spec/5-values §2; RFC 8949 §3). Single constants,
 * since a sandbox realm is cold and looks each one up.
 */

/** Major types, in the upper three bits of the initial byte. */
export const UINT = 0x00
export const NEGATIVE = 0x20
export const BYTES = 0x40
export const TEXT = 0x60
export const LIST = 0x80
export const MAP = 0xa0
/** The bits of a major type. */
export const MAJOR_BITS = 0xe0

/** Items of major type 7; a float's bytes follow. */
export const FALSE = 0xf4
export const TRUE = 0xf5
export const NULL = 0xf6
export const HALF = 0xf9
export const SINGLE = 0xfa
export const DOUBLE = 0xfb

/** Numbers below this one stand in the initial byte itself; from here on it tells how many bytes follow. */
export const INFO_ONE_BYTE = 24
