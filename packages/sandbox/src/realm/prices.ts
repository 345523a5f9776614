/**
 * What the driver's services cost (spec/6-determinism §8): fixed prices, and prices by size for what a service makes in
 * the realm. Whether the answer was at hand or had to be fetched makes no difference.
 */

/** Fixed price of each service. */
export const PRICE = {
  get: 200,
  list: 1000,
  listItem: 100,
  write: 200,
  grant: 1000,
  oplog: 200,
  console: 200,
} as const

const ITEM = 32
const BYTE = 1

/**
 * Price of a value given to the contract: its encoded bytes, and every item in them, since each becomes an object, a
 * slot or a text.
 */
export function valuePrice(bytes: Uint8Array): number {
  return BYTE * bytes.length + ITEM * countItems(bytes)
}

/** Items of canonical CBOR, containers included. */
function countItems(bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < bytes.length; count++) {
    const initial = bytes[at]!
    const major = initial >> 5
    const info = initial & 0x1f
    const extra = info < 24 ? 0 : 1 << (info - 24)
    let size = info
    if (extra > 0) {
      size = 0
      for (let n = 1; n <= extra; n++) size = size * 256 + bytes[at + n]!
    }
    at += 1 + extra
    if (major === 2 || major === 3) at += size
  }
  return count
}
