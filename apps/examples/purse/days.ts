/** What contract and test share: days, as the executor's clock counts them. */

export const DAY_MS = 24 * 60 * 60 * 1000

/** The day of a time, counted from 1970: there is no Date in a contract. @param ts ms since 1970 */
export function dayOf(ts: number): number {
  return Math.floor(ts / DAY_MS)
}
