/** Proofs: how large they are, how long making and checking one takes, by the length of the logs. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import {
  checkBlocks,
  checkConsistency,
  checkReceipt,
  checkState,
  decodeProof,
  encodeProof,
  type Proof,
  proveConsistency,
  proveInclusion,
  proveReceipt,
  proveState,
  sodiumCrypto,
} from '@vitra/log'
import type { Contestant, Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'
import { entry } from '../workload.js'
import { type Called, fillLogs, type Logs, NEWEST } from './proof-logs.js'

/** Proofs of one round, after a few that warm up. */
const PROOFS = 100
const WARM_UP = 20
const US_PER_MS = 1000

/** A kind of proof of the n-th op. */
interface Kind {
  readonly name: string
  readonly note: string
  /** What has to be at hand before it is made. */
  prepare?(logs: Logs, nth: number): Promise<unknown>
  make(logs: Logs, nth: number): Promise<Proof>
  check(logs: Logs, proof: Proof): boolean | Promise<boolean>
}

const KINDS: readonly Kind[] = [
  {
    name: 'inclusion',
    note: 'an op in its oplog, under the newest head',
    make: ({ oplog }, nth) => proveInclusion(oplog, nth),
    check: ({ oplogKey }, proof) => proof.kind === 'blocks' && checkBlocks(sodiumCrypto, oplogKey, proof),
  },
  receipt(
    'receipt, one op a call',
    'one of the newest ops, each executed before the next call; as it is made at the end of its batch, the head and the run at hand',
    ({ arrayed, length }, nth) => ({ seq: arrayed + (nth % (length - arrayed)), count: 1, under: 'own' }),
  ),
  receipt(
    `receipt, an op of ${ARRAY_OPS} a call`,
    'one of the newest of them; as it is made at the end of its batch, the head and the run at hand',
    ({ arrayed }, nth) => ({ seq: arrayed - 1 - (nth % Math.min(NEWEST, arrayed)), count: 1, under: 'own' }),
  ),
  receipt(
    `receipt, all ${ARRAY_OPS} ops of a call`,
    'one of the newest of these calls; as it is made at the end of its last batch, the head and the runs at hand',
    ({ arrayed }, nth) => {
      const calls = Math.min(NEWEST, arrayed) / ARRAY_OPS
      return { seq: arrayed - ARRAY_OPS * (1 + (nth % calls)), count: ARRAY_OPS, under: 'own' }
    },
  ),
  receipt(
    `receipt, an op of ${ARRAY_OPS} a call, under the newest head`,
    'an op of any age, where the head of its batch is not to be had; not what is made when it is executed',
    (_logs, nth) => ({ seq: nth, count: 1, under: 'newest' }),
  ),
  {
    name: 'state',
    note: 'one entry of the state, at the newest batch end',
    make: ({ index }, nth) => proveState(index, [{ path: `/kv/${entry(nth).key}` }]),
    check: ({ indexKey }, proof) => proof.kind === 'state' && checkState(sodiumCrypto, indexKey, proof),
  },
  {
    name: 'consistency',
    note: 'the newest head of the index extends an older one',
    make: ({ index, olderHead }) => proveConsistency(index, olderHead),
    check: ({ indexKey }, proof) =>
      proof.kind === 'consistency' && checkConsistency(sodiumCrypto, indexKey, proof),
  },
]

/** That ops are in their oplog, their runs, outcomes and changes in the index: made from its small form. */
function receipt(name: string, note: string, called: (logs: Logs, nth: number) => Called): Kind {
  return {
    name,
    note,
    prepare: (logs, nth) => logs.receiptOf(called(logs, nth)),
    make: async (logs, nth) => proveReceipt(logs, await logs.receiptOf(called(logs, nth))),
    check: ({ indexKey }, proof) => proof.kind === 'receipt' && checkReceipt(sodiumCrypto, indexKey, proof),
  }
}

/** @param parent folder in which the logs are kept from row to row */
export function proofRows({ proved }: Sizes, parent: string): Row[] {
  return proved.flatMap((ops) => {
    const folder = path.join(parent, `proved-${ops}`)
    let opened: Promise<Logs> | undefined
    const logs = () => {
      opened ??= fillLogs(folder, ops)
      return opened
    }
    const contestants = (measure: (kind: Kind, nth: number) => Promise<number>): Contestant[] =>
      KINDS.map((kind) => ({
        name: `Vitra, ${kind.name}`,
        note: kind.note,
        measure: () => series(ops, (nth) => measure(kind, nth)),
      }))
    const title = (what: string) => `${what}, ${ops} ops in the logs`
    return [
      {
        id: `proof-bytes-${ops}`,
        title: title('Size of a proof'),
        unit: 'bytes',
        contestants: contestants(async (kind, nth) => encodeProof(await kind.make(await logs(), nth)).length),
      },
      {
        id: `proof-make-${ops}`,
        title: title('Make a proof, its blocks not in memory but in the cache of the system'),
        unit: 'µs',
        contestants: contestants(async (kind, nth) => {
          const from = await logs()
          await kind.prepare?.(from, nth)
          const startedAt = performance.now()
          encodeProof(await kind.make(from, nth))
          return (performance.now() - startedAt) * US_PER_MS
        }),
      },
      {
        id: `proof-check-${ops}`,
        title: title('Check the bytes of a proof'),
        unit: 'µs',
        contestants: contestants(async (kind, nth) => {
          const from = await logs()
          const bytes = encodeProof(await kind.make(from, nth))
          const startedAt = performance.now()
          const holds = await kind.check(from, decodeProof(bytes))
          const took = (performance.now() - startedAt) * US_PER_MS
          if (!holds) throw new Error(`a proof of ${kind.name} does not check`)
          return took
        }),
        close: async () => {
          await (await opened)?.close()
          opened = undefined
          await rm(folder, { recursive: true, force: true })
        },
      },
    ] satisfies Row[]
  })
}

/** A figure for each of many ops, spread over all of them. */
async function series(ops: number, measure: (nth: number) => Promise<number>): Promise<number[]> {
  const figures: number[] = []
  for (let n = 0; n < WARM_UP + PROOFS; n++) {
    const nth = Math.imul(n + 1, 0x9e3779b1) >>> 0
    const figure = await measure(nth % ops)
    if (n >= WARM_UP) figures.push(figure)
  }
  return figures
}
