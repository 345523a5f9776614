/** An executor that tells one lie. Each lie is a small class in `lies/`. */
import type { Change } from '@vitra/log'
import type { FindingCode, ViolationCode } from '@vitra/verifier'
import type { History } from './history.js'

export abstract class DishonestExecutor {
  /** What it does, as the title of a test. */
  abstract readonly does: string
  /** What an audit must find. */
  abstract readonly expected: ViolationCode | FindingCode

  /** Changes what the executor claims to have executed. */
  tell(_history: History): void {}

  /** Changes the entries of one batch, run blocks and batch record included; batch 0 is genesis. */
  entries(changes: Change[], _number: number): Change[] {
    return changes
  }

  /** Splits a batch into Hyperbee flushes; an honest one is a single flush. */
  layOut(changes: Change[], _number: number): Change[][] {
    return [changes]
  }

  /** Changes the blocks that are signed and appended. */
  blocks(blocks: Uint8Array[], _number: number): Uint8Array[] {
    return blocks
  }
}
