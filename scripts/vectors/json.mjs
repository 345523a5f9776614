// How vectors are written down: bytes as {"$hex": "…"}, everything else as JSON has it.

/** JSON text with one vector a line, so that a change shows as the lines it touches. */
export function toJson(content) {
  const parts = Object.entries(content).map(([name, value]) =>
    Array.isArray(value)
      ? `  ${JSON.stringify(name)}: [\n${value.map((item) => `    ${line(item)}`).join(',\n')}\n  ]`
      : `  ${JSON.stringify(name)}: ${line(value)}`,
  )
  return `{\n${parts.join(',\n')}\n}\n`
}

function line(value) {
  return JSON.stringify(tagBytes(value))
}

function tagBytes(value) {
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString('hex') }
  if (Array.isArray(value)) return value.map(tagBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, tagBytes(item)]))
}

/** Bytes of a hex text. */
export function hex(text) {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

export function text(value) {
  return new TextEncoder().encode(value)
}

/** 32 bytes, all alike. */
export function filled(byte) {
  return new Uint8Array(32).fill(byte)
}

/** The first bit of the byte at `at` changed. */
export function flipped(bytes, at = 0) {
  const out = new Uint8Array(bytes)
  out[at] ^= 1
  return out
}
