/** Structural equality for `assert.deepEqual`: leaves by `Object.is`, so no value equals one of another type. */

/** True where both hold the same data. Cycles are followed once. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map())
}

function compare(a: unknown, b: unknown, open: Map<object, object>): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (open.get(a) === b) return true
  open.set(a, b)
  if (a instanceof Map && b instanceof Map) return sameMap(a, b, open)
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => b.has(item))
  return sameProperties(a, b, open)
}

function sameMap(a: Map<unknown, unknown>, b: Map<unknown, unknown>, open: Map<object, object>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !compare(value, b.get(key), open)) return false
  return true
}

function sameProperties(a: object, b: object, open: Map<object, object>): boolean {
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false
  if (a instanceof Error && b instanceof Error && (a.name !== b.name || a.message !== b.message)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      compare((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], open),
  )
}
