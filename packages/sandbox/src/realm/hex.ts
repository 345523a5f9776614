/** Keys as contracts see them: in hex. */
import { sameBytes } from '@vitra/log/values'

const DIGITS = '0123456789abcdef'

let last: readonly [bytes: Uint8Array, text: string] = [new Uint8Array(0), '']

/** The key in hex. The ops of a batch mostly come from one signer, whose key is written out once. */
export function hex(key: Uint8Array): string {
  if (!sameBytes(last[0], key)) last = [key, write(key)]
  return last[1]
}

function write(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += DIGITS[byte >> 4]! + DIGITS[byte & 15]!
  return text
}
