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
  fromHex,
  IndexLog,
  Log,
  oplogIdentity,
  type Proof,
  type ProofSource,
  proofSource,
  proveConsistency,
  proveInclusion,
  proveReceipt,
  proveState,
  readInputs,
  type SignedHead,
  type SmallReceipt,
  Storage,
  sodiumCrypto,
} from '@vitra/log'
import type { Contestant, Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { entry } from '../workload.js'
import { fillDatabase } from './start.js'

/** Proofs of one round, after a few that warm up. */
const PROOFS = 100
const WARM_UP = 20
const US_PER_MS = 1000

/** A kind of proof of the n-th op. */
interface Kind {
  readonly name: string
  readonly note: string
  make(logs: Logs, nth: number): Promise<Proof>
  check(logs: Logs, proof: Proof): boolean | Promise<boolean>
}

/** The logs of a database with one op a block, and what proofs of it start from. */
interface Logs {
  readonly index: ProofSource
  readonly indexKey: Uint8Array
  readonly oplog: ProofSource
  readonly oplogKey: Uint8Array
  readonly olderHead: SignedHead
  receiptOf(nth: number): Promise<SmallReceipt>
  close(): Promise<void>
}

const KINDS: readonly Kind[] = [
  {
    name: 'inclusion',
    note: 'an op in its oplog, under the newest head',
    make: ({ oplog }, nth) => proveInclusion(oplog, nth),
    check: ({ oplogKey }, proof) => proof.kind === 'blocks' && checkBlocks(sodiumCrypto, oplogKey, proof),
  },
  {
    name: 'receipt',
    note: 'an op in its oplog, its run, outcome and change in the index; made from its small form',
    make: async (logs, nth) => proveReceipt(logs, await logs.receiptOf(nth)),
    check: ({ indexKey }, proof) => proof.kind === 'receipt' && checkReceipt(sodiumCrypto, indexKey, proof),
  },
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

/** @param parent folder in which the logs are kept from row to row */
export function proofRows({ proved }: Sizes, parent: string): Row[] {
  return proved.flatMap((ops) => {
    const folder = path.join(parent, `proved-${ops}`)
    let opened: Promise<Logs> | undefined
    const logs = () => {
      opened ??= fillDatabase(folder, ops).then((key) => openLogs(folder, fromHex(key)))
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
          if (kind.name === 'receipt') await from.receiptOf(nth)
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

async function openLogs(folder: string, key: Uint8Array): Promise<Logs> {
  const storage = Storage.at(folder)
  await storage.load()
  const log = await Log.open(storage, key)
  const index = await IndexLog.open(log)
  const [input] = await index.read(({ source }) => readInputs(source))
  const oplog = await Log.open(storage, oplogIdentity(input!.signer, key))
  const head = (await log.head())!
  const { prevEnd, prevTreeHash, prevSignature } = await index.batchEnd(head.length)
  const small = new Map<number, SmallReceipt>()
  return {
    index: proofSource(log),
    indexKey: key,
    oplog: proofSource(oplog),
    oplogKey: oplog.key,
    olderHead: { length: prevEnd, treeHash: prevTreeHash, signature: prevSignature },
    async receiptOf(seq) {
      const known = small.get(seq)
      if (known !== undefined) return known
      const { seq: run } = (await index.runOf(oplog.key, seq))!
      const found = { oplog: oplog.key, seq, count: 1, runs: [run], head }
      small.set(seq, found)
      return found
    },
    async close() {
      await index.close()
      for (const open of [oplog, log]) await open.close()
      await storage.close()
    },
  }
}
