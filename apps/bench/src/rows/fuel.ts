/** What metering costs: contracts as they run, and their authors' own text in the same guest. */
import { encodeOp } from '@vitra/log'
import type * as sandbox from '@vitra/sandbox'
import { plainSandbox } from '../../bundle/plain.js'
import { LOOP, Subject, TRANSFERS } from '../contestants/contracts.js'
import { type Contestant, each, type Row } from '../harness.js'
import type { Sizes } from '../sizes.js'

type SandboxPackage = typeof sandbox

/** Ops of a round that are timed, after as many that are not. */
const OPS = 10
/** A turn of the loop takes so much less than a transfer. */
const TURNS_PER_TRANSFER = 100_000
const US_PER_MS = 1000
const NS_PER_MS = 1e6
const PLAIN = 'Not metered'
const SAME = 'built-in functions and services of the driver are the same, prices included'

export function fuelRows({ turns }: Sizes): Row[] {
  const transfers = Math.max(1, turns / TURNS_PER_TRANSFER)
  const op = { from: 'ann', to: 'bob', amount: 0, memo: 'rent for may' }
  const transfer = (source: () => Promise<SandboxPackage>) =>
    timed(source, TRANSFERS, { op: 'TRANSFER', times: transfers, ...op }, transfers / US_PER_MS)
  const loop = (source: () => Promise<SandboxPackage>) =>
    timed(source, LOOP, { op: 'LOOP', times: turns }, turns / NS_PER_MS)
  return [
    {
      id: 'fuel-apply',
      title: 'The work of a typical apply, metered and not: a transfer',
      unit: 'µs',
      contestants: both(transfer, `${transfers} transfers in one op; the cost of an op itself counts little`),
    },
    {
      id: 'fuel-loop',
      title: 'A turn of a tight loop, metered and not',
      unit: 'ns',
      contestants: both(loop, `${turns} turns in one op each an exclusive or`),
    },
  ]
}

function both(
  measure: (source: () => Promise<SandboxPackage>) => Promise<number[]>,
  note: string,
): Contestant[] {
  return [
    { name: 'Vitra', note, measure: () => measure(() => import('@vitra/sandbox')) },
    {
      name: PLAIN,
      note: `the author's text in a guest of its own; ${SAME}`,
      measure: () => measure(plainSandbox),
    },
  ]
}

/** The time of each of several ops, in ms by `parts`. */
async function timed(
  source: () => Promise<SandboxPackage>,
  contract: string,
  op: object,
  parts: number,
): Promise<number[]> {
  const from = await source()
  await using sandbox = await from.Sandbox.open()
  const subject = await Subject.load(sandbox, contract, from)
  const block = encodeOp(op)
  await subject.execute(block, OPS)
  const times = await each(OPS, () => subject.execute(block))
  return times.map((ms) => ms / parts)
}
