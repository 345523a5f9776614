/** Lies about which ops were executed, and in which order. */
import { logKey, newKeyPair, oplogKey, type SignedHead, sodiumCrypto } from '@vitra/log'
import { DishonestExecutor } from '../dishonest-executor.js'
import type { History, RunOfHistory } from '../history.js'

/** The batch and run that most lies are told about: the middle of the history. */
export function middleRun(history: History): { run: RunOfHistory; batch: History['batches'][number] } {
  const batch = history.batches[Math.floor(history.batches.length / 2)]!
  return { batch, run: batch.runs[0]! }
}

export class RepeatsOp extends DishonestExecutor {
  readonly does = 'executes an op twice'
  readonly expected = 'op-repeated'

  override tell(history: History): void {
    const { batch, run } = middleRun(history)
    batch.runs.push({ ...run, executed: [run.executed[0]!] })
  }
}

export class SkipsOp extends DishonestExecutor {
  readonly does = 'passes over an op'
  readonly expected = 'op-skipped'

  override tell(history: History): void {
    const { run } = middleRun(history)
    run.executed.shift()
    run.firstSeq++
    if (run.executed.length > 0) return
    for (const batch of history.batches) batch.runs = batch.runs.filter((other) => other !== run)
    history.batches = renumber(history.batches.filter((batch) => batch.runs.length > 0))
  }
}

export class SwapsOps extends DishonestExecutor {
  readonly does = 'executes the ops of a participant out of order'
  readonly expected = 'op-skipped'

  override tell(history: History): void {
    const own = history.batches.flatMap((batch) => batch.runs)
    const first = own[0]!
    const second = own.find((run) => run !== first && sameOplog(run, first))!
    ;[first.firstSeq, second.firstSeq] = [second.firstSeq, first.firstSeq]
    ;[first.executed, second.executed] = [second.executed, first.executed]
  }
}

export class InventsOp extends DishonestExecutor {
  readonly does = 'executes an op that its participant never signed'
  readonly expected = 'op-invented'

  override tell(history: History): void {
    const { run } = middleRun(history)
    run.executed.push(run.executed.at(-1)!)
    run.head = { ...run.head, length: run.firstSeq + run.executed.length }
  }
}

export class ClaimsLongerHead extends DishonestExecutor {
  readonly does = 'executes an op beyond the head that its participant signed'
  readonly expected = 'op-invented'

  override tell(history: History): void {
    const runs = history.batches.flatMap((batch) => batch.runs)
    const last = runs.findLast((run) => run.firstSeq + run.executed.length === run.head.length)!
    last.executed.push(last.executed.at(-1)!)
  }
}

export class ForgesOplogSignature extends DishonestExecutor {
  readonly does = 'makes up the signature of an oplog head'
  readonly expected = 'op-invented'

  override tell(history: History): void {
    const { run } = middleRun(history)
    const signature = run.head.signature.map((byte) => byte ^ 1)
    run.head = { ...run.head, signature } satisfies SignedHead
  }
}

export class ExecutesStranger extends DishonestExecutor {
  readonly does = 'executes an op from the log of a stranger'
  readonly expected = 'not-a-participant'

  override tell(history: History): void {
    const { run } = middleRun(history)
    const stranger = newKeyPair()
    run.oplog = oplogKey(sodiumCrypto, stranger.publicKey, logKey(sodiumCrypto, history.identity))
  }
}

/** Needs a history in which a participant is removed and has ops after that. */
export class ExecutesRemoved extends DishonestExecutor {
  readonly does = 'executes an op of a participant that was removed'
  readonly expected = 'not-a-participant'
  readonly #oplog: Uint8Array

  constructor(oplog: Uint8Array) {
    super()
    this.#oplog = oplog
  }

  override tell(history: History): void {
    const last = history.batches.at(-1)!
    last.runs[0]!.oplog = this.#oplog
  }
}

export function renumber(batches: History['batches']): History['batches'] {
  return batches.map((batch, at) => ({ ...batch, number: at + 1 }))
}

function sameOplog(a: RunOfHistory, b: RunOfHistory): boolean {
  return Buffer.compare(a.oplog, b.oplog) === 0
}

export const ORDER_LIES = [
  RepeatsOp,
  SkipsOp,
  SwapsOps,
  InventsOp,
  ClaimsLongerHead,
  ForgesOplogSignature,
  ExecutesStranger,
]
