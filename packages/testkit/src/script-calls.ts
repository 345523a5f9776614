/** Calls of a script in a history (spec/10-scripts), and what a dishonest executor publishes for them instead. */
import { type Change, type Executed, encodeValue, readOp, toHex, type Value } from '@vitra/log'
import type { History, OplogOfHistory, RunOfHistory } from './history.js'

/** A call in a history, where it was executed. */
export interface CallOfHistory {
  readonly call: string
  readonly oplog: OplogOfHistory
  readonly run: RunOfHistory
  readonly executed: Executed
  /** Its place in the run. */
  readonly at: number
}

/** Every executed call of a history, in the order of its index. */
export function callsOf(history: History): CallOfHistory[] {
  const found: CallOfHistory[] = []
  for (const run of history.batches.flatMap(({ runs }) => runs)) {
    const oplog = history.oplogs.find(({ input }) => toHex(input.oplog) === toHex(run.oplog))!
    for (const [at, executed] of run.executed.entries()) {
      const call = callIn(oplog.blocks[run.firstSeq + at]!)
      if (call !== null) found.push({ call, oplog, run, executed, at })
    }
  }
  return found
}

/** The n-th call of a name, from 0. */
export function callOf(history: History, name: string, nth = 0): CallOfHistory {
  const found = callsOf(history).filter(({ call }) => call === name)[nth]
  if (found === undefined) throw new Error(`the history has no such call: ${name}, ${nth}`)
  return found
}

/** Publishes something else for a call. Its time stays. */
export function retellCall({ run, at, executed }: CallOfHistory, told: Partial<ToldCall>): void {
  const changes = told.changes ?? executed.changes
  const outcome = { ...executed.outcome, ...told.outcome, numChanges: changes.length }
  run.executed[at] = { outcome, changes }
}

/** What is told of a call. */
export interface ToldCall {
  readonly outcome: Partial<Executed['outcome']>
  readonly changes: readonly Change[]
}

/** The changes with another value at a path, or without that path. */
export function changed(changes: readonly Change[], path: string, value: Value | undefined): Change[] {
  if (!changes.some((change) => change.path === path)) throw new Error(`the call does not write ${path}`)
  if (value === undefined) return changes.filter((change) => change.path !== path)
  return changes.map((change) => (change.path === path ? { path, value: encodeValue(value) } : change))
}

/** Null for what is no call, as an acknowledgement. */
function callIn(block: Uint8Array): string | null {
  const call = (readOp(block) as { call?: unknown } | null)?.call
  return typeof call === 'string' ? call : null
}
