/**
 * UTF-8 (RFC 3629), strict in both directions. Written out here because a sandbox realm has no coders of
 * its own, and both sides of its boundary have to agree on every byte. Browser-safe.
 */

import { Bytes, fromCharCode, type Room } from './natives.js'

/** Code units gathered before they become text; the engine limits how many arguments a call takes. */
const CHUNK_UNITS = 4096

/** Bytes of a text in UTF-8; -1 where it holds a lone surrogate and so has no encoding. */
export function utf8Length(text: string): number {
  const units = text.length
  let length = units
  for (let i = 0; i < units; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else length += 2
    if (unit < 0xd800 || unit > 0xdfff) continue
    // Two units, which would be three bytes each, make four bytes together.
    const low = text.charCodeAt(++i)
    if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) return -1
  }
  return length
}

/** Writes a text of ASCII only, for which there is room. @returns false for any other text */
export function writeAscii(text: string, out: Room, at: number): boolean {
  const units = text.length
  for (let i = 0; i < units; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return false
    out[at + i] = unit
  }
  return true
}

/** Writes a well-formed text, for which there is room. @returns where it ends */
export function writeUtf8(text: string, out: Room, start: number): number {
  const units = text.length
  let at = start
  for (let i = 0; i < units; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      out[at++] = code
      continue
    }
    if (code < 0x800) {
      out[at++] = 0xc0 | (code >> 6)
    } else {
      if (code >= 0xd800 && code <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + text.charCodeAt(++i) - 0xdc00
        out[at++] = 0xf0 | (code >> 18)
        out[at++] = 0x80 | ((code >> 12) & 63)
      } else {
        out[at++] = 0xe0 | (code >> 12)
      }
      out[at++] = 0x80 | ((code >> 6) & 63)
    }
    out[at++] = 0x80 | (code & 63)
  }
  return at
}

/** UTF-8 of a well-formed text. */
export function encodeUtf8(text: string): Uint8Array {
  const out = new Bytes(utf8Length(text))
  writeUtf8(text, out, 0)
  return out
}

/** The text that bytes hold; null where they are not UTF-8: cut short, overlong, surrogates, beyond U+10FFFF. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string | null {
  let text = ''
  let at = start
  // Most texts are ASCII, and a few units at a time go through without an array.
  for (; at + 4 <= end; at += 4) {
    const a = bytes[at]!
    const b = bytes[at + 1]!
    const c = bytes[at + 2]!
    const d = bytes[at + 3]!
    if ((a | b | c | d) >= 0x80) break
    text += fromCharCode(a, b, c, d)
  }
  for (; at < end && bytes[at]! < 0x80; at++) text += fromCharCode(bytes[at]!)
  if (at === end) return text
  const rest = decodeUnits(bytes, at, end)
  return rest === null ? null : text + rest
}

function decodeUnits(bytes: Uint8Array, start: number, end: number): string | null {
  let text = ''
  let units: number[] = []
  let at = start
  while (at < end) {
    const first = bytes[at]!
    if (first < 0x80) {
      units.push(first)
      at++
    } else {
      const code = codePoint(bytes, at, end)
      if (code < 0) return null
      at += code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      if (code < 0x10000) units.push(code)
      else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff))
    }
    if (units.length >= CHUNK_UNITS) {
      text += fromCharCode(...units)
      units = []
    }
  }
  return text + fromCharCode(...units)
}

/** The code point of two to four bytes; -1 where they are none, or have a shorter form. */
function codePoint(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + size > end) return -1
  let code = first & (0x7f >> size)
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i]!
    if (next >> 6 !== 2) return -1
    code = (code << 6) | (next & 63)
  }
  if (size === 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) return -1
  if (size === 4 && (code < 0x10000 || code > 0x10ffff)) return -1
  return code
}
