/** What an audit is told to look at (spec/7-proofs §8), from the options of `db.verify`. */
import type { IndexLog } from '@vitra/log'
import type { AuditPart } from '@vitra/verifier'
import { drawParts, rangeParts } from '@vitra/verifier/replay'
import { DatabaseError } from './errors.js'
import type { VerifyOptions } from './options.js'

/** The parts to look at; null for everything. @throws {DatabaseError} `OPTIONS_INVALID` */
export async function verifyScope(
  index: IndexLog,
  { range, sample }: VerifyOptions,
): Promise<{ parts: readonly AuditPart[]; draws?: number } | null> {
  if (range !== undefined && sample !== undefined)
    throw new DatabaseError('OPTIONS_INVALID', 'an audit checks a range or a sample: leave one of them out')
  if (sample !== undefined) {
    assertNumber('sample', sample, 1)
    return { parts: await drawParts(index, sample), draws: sample }
  }
  if (range === undefined) return null
  const { from = 0, to = index.length } = range
  assertNumber('range.from', from, 0)
  assertNumber('range.to', to, 0)
  const parts = await rangeParts(index, from, to)
  if (parts.length > 0 || index.length === 0) return { parts }
  throw new DatabaseError(
    'OPTIONS_INVALID',
    `nothing of the index lies between ${from} and ${to}: its length is ${index.length}`,
  )
}

function assertNumber(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new DatabaseError('OPTIONS_INVALID', `${name} is a whole number from ${least} on, not ${value}`)
}
