/** A number that only goes up, in an exported variable: it is written after each call that changed it. */
export let count = 0
/** Who counted how far; a variable may hold what a file cannot. */
export const byCaller = {}

export function increment(amount = 1) {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new RangeError('the counter only goes up, by whole numbers')
  byCaller[caller.id] = (byCaller[caller.id] ?? 0) + amount
  count += amount
  return count
}

export const get = () => count
