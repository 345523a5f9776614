/** The sandbox by itself, process boundary included: what an op, a call and a start cost. */
import { Sandbox } from '@vitra/sandbox'
import { COUNTER, STATEFUL_COUNTER, Subject } from '../contestants/contracts.js'
import { type Contestant, each, elapsedMs, type Row } from '../harness.js'
import type { Sizes } from '../sizes.js'

/** Ops in one batch. */
const BATCH_OPS = 500
/** Ops and calls before the first that is counted: by then the engine has compiled what they run. */
const WARM_UP_OPS = 10_000
const WARM_UP_CALLS = 500
const US_PER_MS = 1000

export function sandboxRows({ sandboxBatches, calls }: Sizes): Row[] {
  return [
    {
      id: 'sandbox-op',
      title: 'Ops of the counter in the sandbox, time of one',
      unit: 'µs',
      contestants: [
        {
          name: `Vitra, batches of ${BATCH_OPS}`,
          note: `the state in memory, nothing signed, nothing on disk; after ${WARM_UP_OPS} ops`,
          measure: () => perOp(COUNTER, sandboxBatches, BATCH_OPS),
        },
        {
          name: 'Vitra, one by one',
          note: 'a message each way for every op',
          measure: () => perOp(COUNTER, sandboxBatches * BATCH_OPS, 1),
        },
        {
          name: `Vitra, stateful contract, batches of ${BATCH_OPS}`,
          note: 'a fresh context for every op, in which the module is evaluated again',
          measure: () => perOp(STATEFUL_COUNTER, 1, BATCH_OPS, BATCH_OPS),
        },
      ],
    },
    {
      id: 'sandbox-call',
      title: 'Calls of a contract that is warm',
      unit: 'µs',
      contestants: [
        {
          name: 'Vitra',
          note: `one reading method of the counter, one caller, state in memory; after ${WARM_UP_CALLS} calls`,
          async measure() {
            await using sandbox = await Sandbox.open()
            const counter = await Subject.load(sandbox, COUNTER)
            await counter.increment(1)
            await each(WARM_UP_CALLS, () => counter.call())
            return (await each(calls * 5, () => counter.call())).map((ms) => ms * US_PER_MS)
          },
        },
      ],
    },
    {
      id: 'sandbox-start',
      title: 'Start of a guest, to its first answer',
      unit: 'ms',
      contestants: [start()],
    },
  ]
}

/** The time of an op in each of several batches, in µs. */
async function perOp(
  source: string,
  batches: number,
  size: number,
  warmUpOps = WARM_UP_OPS,
): Promise<number[]> {
  await using sandbox = await Sandbox.open()
  const counter = await Subject.load(sandbox, source)
  for (let ops = 0; ops < warmUpOps; ops += BATCH_OPS) await counter.increment(BATCH_OPS)
  const times = await each(batches, () => counter.increment(size))
  return times.map((ms) => (ms / size) * US_PER_MS)
}

let started = 0

function start(): Contestant {
  return {
    name: 'Vitra',
    note: 'process spawned, engine loaded, first answer; no contract yet',
    async measure() {
      let sandbox: Sandbox | undefined
      // Sandboxes with other limits share no guests.
      const loadMs = 5000 + ++started
      const ms = await elapsedMs(async () => {
        sandbox = await Sandbox.open({ loadMs, guests: 1 })
      })
      await sandbox!.close()
      return [ms]
    },
  }
}
