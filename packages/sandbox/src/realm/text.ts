/**
 * UTF-8 for the realm (spec/5-values): the two standard coders as far as the value model needs them.
 * Strings are well-formed when they get here; bytes come from the host or are refused.
 */

const CHUNK_UNITS = 4096

export class RealmTextEncoder {
  encode(text: string): Uint8Array {
    const out = new Uint8Array(text.length * 3)
    let at = 0
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i)
      if (code >= 0xd800 && code < 0xdc00)
        code = 0x10000 + ((code - 0xd800) << 10) + text.charCodeAt(++i) - 0xdc00
      at = writeCodePoint(out, at, code)
    }
    return out.slice(0, at)
  }
}

function writeCodePoint(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    out[at++] = code
    return at
  }
  if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6)
  } else {
    if (code < 0x10000) {
      out[at++] = 0xe0 | (code >> 12)
    } else {
      out[at++] = 0xf0 | (code >> 18)
      out[at++] = 0x80 | ((code >> 12) & 63)
    }
    out[at++] = 0x80 | ((code >> 6) & 63)
  }
  out[at++] = 0x80 | (code & 63)
  return at
}

/** Always fatal, never strips a byte order mark. */
export class RealmTextDecoder {
  decode(bytes: Uint8Array): string {
    let text = ''
    let units: number[] = []
    let at = 0
    while (at < bytes.length) {
      const first = bytes[at]!
      const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
      const code = length === 1 ? first : readCodePoint(bytes, at, length)
      at += length
      if (code < 0x10000) units.push(code)
      else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff))
      if (units.length >= CHUNK_UNITS) {
        text += String.fromCharCode(...units)
        units = []
      }
    }
    return text + String.fromCharCode(...units)
  }
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000]

function readCodePoint(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at]!
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) throw new TypeError('not UTF-8')
  let code = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i]!
    if ((next & 0xc0) !== 0x80) throw new TypeError('not UTF-8')
    code = (code << 6) | (next & 63)
  }
  if (code < SMALLEST[length]! || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    throw new TypeError('not UTF-8')
  return code
}
