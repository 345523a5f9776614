/**
 * UTF-8 for the realm (spec/5-values), which has no coders of its own. Strings are well-formed when they get
 * here, and bytes were encoded by the host.
 */

const CHUNK_UNITS = 4096

export function encodeUtf8(text: string): Uint8Array {
  const ascii = encodeAscii(text)
  if (ascii !== null) return ascii
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

function encodeAscii(text: string): Uint8Array | null {
  const out = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) return null
    out[i] = code
  }
  return out
}

function writeCodePoint(out: Uint8Array, start: number, code: number): number {
  let at = start
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

export function decodeUtf8(bytes: Uint8Array): string {
  let text = ''
  let units: number[] = []
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at++]!
    let code = first
    if (first >= 0xf0) code = ((first & 7) << 18) | (next() << 12) | (next() << 6) | next()
    else if (first >= 0xe0) code = ((first & 15) << 12) | (next() << 6) | next()
    else if (first >= 0xc0) code = ((first & 31) << 6) | next()
    if (code < 0x10000) units.push(code)
    else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff))
    if (units.length >= CHUNK_UNITS) {
      text += String.fromCharCode(...units)
      units = []
    }
  }
  return text + String.fromCharCode(...units)

  function next(): number {
    return bytes[at++]! & 63
  }
}

/** As much of the standard coders as the shared path rules use. */
export class RealmTextEncoder {
  encode(text: string): Uint8Array {
    return encodeUtf8(text)
  }
}

export class RealmTextDecoder {
  decode(bytes: Uint8Array): string {
    return decodeUtf8(bytes)
  }
}
