// Where a violation stands, and changes of what was published of an op.
import { TS } from './database.mjs'

/** Where a violation stands: nowhere in genesis. */
export const inGenesis = () => ({ number: 0 })
export const inRecord = ({ ends }) => ({ number: 2, block: ends[2] - 1 })
export const inRun =
  (nth, seq, number = 2) =>
  ({ runs }) => ({ number, block: runs[number][nth], seq })
export const inBlock =
  (nth) =>
  ({ ends }) => ({ number: 2, block: ends[1] + nth })

/** The first op of the second batch, Alice's third. */
export const first = (batches) => batches[1].runs[0].executed[0]

export function oneByOne(entries) {
  return entries.map((entry) => [entry])
}

/** Executed at another time. */
export function at(executed, ts) {
  return { ...executed, outcome: { ...executed.outcome, ts: TS + ts } }
}

export function withChanges({ outcome, ...executed }, changes) {
  return { ...executed, outcome: { ...outcome, numChanges: changes.length }, changes }
}

export function withOutcome(executed, patch) {
  return { ...executed, outcome: { ...executed.outcome, ...patch } }
}
