// The project's own UTF-8 against the platform's (spec/5-values §2): realms have none, and all must agree.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8, utf8Length } from '../src/values/utf8.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function platformDecode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

describe('UTF-8', () => {
  it('writes and reads every code point', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x11000 ? 1 : 97) {
      if (code >= 0xd800 && code < 0xe000) continue
      const text = `${String.fromCodePoint(code)}a`
      const bytes = encodeUtf8(text)
      if (Buffer.compare(bytes, encoder.encode(text)) !== 0) expect(bytes).toBe(text)
      if (decodeUtf8(bytes) !== text) expect(decodeUtf8(bytes)).toBe(text)
    }
    const long = 'aé水𐅑'.repeat(5000)
    expect(decodeUtf8(encodeUtf8(long))).toBe(long)
    expect(decodeUtf8(encodeUtf8('\ufeffx'))).toBe('\ufeffx')
  })

  it('reads what the platform reads and refuses what it refuses', () => {
    const lead = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    )
    const next = fc.constantFrom(0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0)
    const bytes = fc.array(fc.oneof(lead, next, next, fc.integer({ min: 0, max: 255 })), { maxLength: 12 })
    fc.assert(
      fc.property(bytes, (given) => {
        expect(decodeUtf8(Uint8Array.from(given))).toBe(platformDecode(Uint8Array.from(given)))
      }),
      { numRuns: 20_000 },
    )
  })

  it('knows the length of a text, and that one with a lone surrogate has none', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '水', '𐅑', '\ud800', '\udc00') }), (text) => {
        expect(utf8Length(text)).toBe(text.isWellFormed() ? encoder.encode(text).length : -1)
      }),
      { numRuns: 2000 },
    )
  })
})
