/** Lies about who takes part in a database of a script: strangers let in, members put out, and calls of those who are neither. */
import {
  type Change,
  encodeInput,
  type Input,
  inputPath,
  logKey,
  newKeyPair,
  oplogKey,
  sodiumCrypto,
} from '@vitra/log'
import type { DishonestExecutor } from '../dishonest-executor.js'
import type { BatchOfHistory, History } from '../history.js'
import { type CallOfHistory, callOf, changed, retellCall } from '../script-calls.js'
import { AddsFounder } from './genesis.js'
import { renumber } from './order.js'
import { LiesAboutCalls } from './script.js'

function lie(does: string, expected: LiesAboutCalls['expected'], tell: (history: History) => void) {
  return new LiesAboutCalls(does, expected, tell)
}

/**
 * About a history of the club: alice, its owner, lets bob in; he fails to let somebody in and to put alice out; both let
 * carol in, who leaves; bob is put out. Carol and bob have calls behind that, which nobody executes.
 */
export const CLUB_LIES: readonly DishonestExecutor[] = [
  lie('lets a stranger in with a call that lets nobody in', 'wrong-changes', (history) =>
    adds(callOf(history, 'note', 0), admitted(stranger(history))),
  ),
  lie('lets a participant in too early, and executes what it calls', 'wrong-changes', (history) => {
    const told = callOf(history, 'note', 0)
    const first = callOf(history, 'note', 1)
    executesAfter(history, told, first)
    adds(told, admitted(first.oplog.input))
  }),
  lie('executes a call of somebody who is not let in yet', 'not-a-participant', (history) =>
    executesAfter(history, callOf(history, 'note', 0), callOf(history, 'note', 1)),
  ),
  lie('lets a stranger in behind the calls of a batch', 'unprompted-change', (history) =>
    batchOf(history, callOf(history, 'vouch', 0)).unprompted.push(admitted(stranger(history))),
  ),
  lie('puts a member out behind the calls of a batch', 'unprompted-change', (history) =>
    batchOf(history, callOf(history, 'vouch', 0)).unprompted.push(
      putOut(callOf(history, 'note', 1).oplog.input),
    ),
  ),
  lie('says that a member who is not the owner has let somebody in', 'wrong-changes', (history) =>
    succeeds(callOf(history, 'addParticipant', 1), [admitted(stranger(history))]),
  ),
  lie('says so, and changes nothing', 'wrong-outcome', (history) =>
    succeeds(callOf(history, 'addParticipant', 1), []),
  ),
  lie('says that a member who is not the owner has put the owner out', 'wrong-changes', (history) =>
    succeeds(callOf(history, 'removeParticipant', 0), [putOut(callOf(history, 'init').oplog.input)]),
  ),
  lie('lets in somebody else than the owner does', 'wrong-changes', (history) =>
    retellCall(callOf(history, 'addParticipant', 0), { changes: [admitted(stranger(history))] }),
  ),
  lie('lets in a stranger besides whom the owner lets in', 'wrong-changes', (history) =>
    adds(callOf(history, 'addParticipant', 0), admitted(stranger(history))),
  ),
  lie('gives the log of a new member to a stranger', 'wrong-changes', (history) => {
    const { oplog } = callOf(history, 'note', 1).oplog.input
    const told = callOf(history, 'addParticipant', 0)
    retellCall(told, { changes: [admitted({ ...stranger(history), oplog })] })
  }),
  lie('does not let in whom the owner lets in', 'wrong-changes', (history) =>
    retellCall(callOf(history, 'addParticipant', 0), { changes: [] }),
  ),
  lie('lets somebody in for whom one vouches where the script wants two', 'wrong-changes', (history) =>
    adds(callOf(history, 'vouch', 0), admitted(callOf(history, 'leave').oplog.input)),
  ),
  lie('does not let somebody in for whom two vouch', 'wrong-changes', (history) => {
    const told = callOf(history, 'vouch', 1)
    const path = inputPath(callOf(history, 'leave').oplog.input.oplog)
    retellCall(told, { changes: changed(told.executed.changes, path, undefined) })
  }),
  lie('puts a member out with a call that puts nobody out', 'wrong-changes', (history) =>
    adds(callOf(history, 'vouch', 0), putOut(callOf(history, 'note', 1).oplog.input)),
  ),
  lie('keeps in whom the owner puts out', 'wrong-changes', (history) =>
    retellCall(callOf(history, 'removeParticipant', 1), { changes: [] }),
  ),
  lie('keeps in a member that leaves', 'wrong-changes', (history) =>
    retellCall(callOf(history, 'leave'), { changes: [] }),
  ),
  lie('writes that a member is gone without a trace', 'wrong-changes', (history) => {
    const told = callOf(history, 'removeParticipant', 1)
    retellCall(told, { changes: told.executed.changes.map(({ path }) => ({ path, value: null })) })
  }),
  lie('executes a call of a member that has left', 'not-a-participant', (history) => {
    const { run, at, oplog, executed } = callOf(history, 'leave')
    const last = history.batches.at(-1)!
    const { outcome, changes } = callOf(history, 'note', 2).executed
    const { ts } = last.runs.at(-1)!.executed.at(-1)!.outcome
    const late = { changes, outcome: { ...outcome, ts } }
    if (executed.outcome.kind !== 'ok' || oplog.blocks.length !== run.firstSeq + at + 2)
      throw new Error('she leaves, and calls once more')
    last.runs.push({ ...run, firstSeq: run.firstSeq + at + 1, executed: [late] })
  }),
  new AddsFounder(),
]

/** Public keys of somebody whom nobody knows. */
function stranger({ identity }: History): Omit<Input, 'active'> {
  const { publicKey: signer } = newKeyPair()
  return { signer, oplog: oplogKey(sodiumCrypto, signer, logKey(sodiumCrypto, identity)) }
}

function admitted({ signer, oplog }: Omit<Input, 'active'>): Change {
  return { path: inputPath(oplog), value: encodeInput({ signer, oplog, active: true }) }
}

function putOut({ signer, oplog }: Input): Change {
  return { path: inputPath(oplog), value: encodeInput({ signer, oplog, active: false }) }
}

function adds(told: CallOfHistory, change: Change): void {
  retellCall(told, { changes: [...told.executed.changes, change] })
}

/** A failed call that succeeded, with these changes. */
function succeeds({ run, at, executed }: CallOfHistory, changes: readonly Change[]): void {
  const { kind, ts, fuel } = executed.outcome
  if (kind !== 'failed') throw new Error('the call should have failed')
  run.executed[at] = { outcome: { kind: 'ok', ts, fuel, numChanges: changes.length }, changes }
}

/** The batch of a call right behind that of another one, as if it had happened at the same time. */
function executesAfter(history: History, before: CallOfHistory, { run }: CallOfHistory): void {
  const first = batchOf(history, before)
  const early = history.batches.find(({ runs }) => runs.includes(run))!
  const { ts } = before.executed.outcome
  for (const [at, { outcome, changes }] of run.executed.entries())
    run.executed[at] = { changes, outcome: { ...outcome, ts } }
  const others = history.batches.filter((batch) => batch !== early)
  others.splice(others.indexOf(first) + 1, 0, { ...early, lastTs: ts })
  history.batches = renumber(others)
}

function batchOf(history: History, { run }: CallOfHistory): BatchOfHistory {
  return history.batches.find(({ runs }) => runs.includes(run))!
}
