/** Texts: no locale. */

export const stringPrototype = {
  localeCompare(this: unknown, other: unknown): number {
    return compareCodePoints(String(this), String(other))
  },
  toLocaleLowerCase(this: unknown): string {
    return String(this).toLowerCase()
  },
  toLocaleUpperCase(this: unknown): string {
    return String(this).toUpperCase()
  },
}

/** The order of UTF-8 bytes, as listings have it. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    const isLeftHigh = left >= 0xd800 && left < 0xe000
    const isRightHigh = right >= 0xd800 && right < 0xe000
    if (isLeftHigh !== isRightHigh) return isLeftHigh ? 1 : -1
    return left < right ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}
