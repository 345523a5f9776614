/** Load held: one executor, a participant and a monitor in a process, ops at a steady rate; what `load.test.ts` and its soak form share. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { Database, type Transaction } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { childProcesses, connect, TemporaryFolder } from '../src/index.js'

/** The state stays small, so that what grows is what was kept of the work. */
const CONTRACT = `
import { index } from 'contract'
export function add ({ keys }, emit) { for (const key of keys) emit({ op: 'ADD', key }) }
export function admit ({ pubkey }, emit) { emit({ op: 'ADMIT', pubkey }) }
export const apply = {
  async ADD (tx, op) { tx.put('/counts/' + op.key, ((await index.get('/counts/' + op.key))?.value ?? 0) + 1) },
  ADMIT (tx, op) { tx.addOplog({ pubkey: op.pubkey }) }
}`
const KEYS = 500
/** Calls each second and caller, each with several ops. */
const CALLS_PER_SECOND = 10
const OPS_PER_CALL = 10

export interface LoadReport {
  readonly ops: number
  /** MB of memory that this process holds, by tenths of the time; medians. */
  readonly hostMb: readonly number[]
  /** The same of what the heap holds after a collection. */
  readonly heapMb: readonly number[]
  /** The same of its guests together. */
  readonly guestsMb: readonly number[]
  readonly secondsToCatchUp: number
}

export async function holdLoad(seconds: number): Promise<LoadReport> {
  await using folder = await TemporaryFolder.make()
  const others = childProcesses()
  await using alice = await Database.create(folder.at('alice'), { contract: { source: CONTRACT } })
  await using bob = await Database.load(folder.at('bob'), alice.pubkey)
  const connection = connect(alice, bob)
  const { publicKey } = await bob.createIdentity()
  await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
  await bob.syncLatest()
  const monitor = await bob.monitor()
  const until = performance.now() + seconds * 1000
  const samples: Sample[] = []
  const sampling = sample(samples, until, others)
  const counts = await Promise.all([callUntil(alice, until), callUntil(bob, until)])
  await sampling
  const calls = counts.reduce((sum, count) => sum + count, 0)
  const from = performance.now()
  while (alice.index.version !== monitor.version || bob.index.version !== alice.index.version) await sleep(20)
  const secondsToCatchUp = (performance.now() - from) / 1000
  let counted = 0
  for (const { path } of await alice.index.list('/counts'))
    counted += Number((await alice.index.get(path))!.value)
  const ops = calls * OPS_PER_CALL
  expect(counted).toBe(ops)
  expect(monitor.status).toBe('valid')
  await monitor.close()
  await connection.close()
  expect(await checkDatabase(alice)).toMatchObject({ ops: ops + 1, waiting: 0 })
  const tenths = (of: keyof Sample) => inTenths(samples.map((each) => each[of]))
  return { ops, hostMb: tenths('host'), heapMb: tenths('heap'), guestsMb: tenths('guests'), secondsToCatchUp }
}

/** Calls at the rate, whatever the answers take; returns once all of them are processed. */
async function callUntil(db: Database, until: number): Promise<number> {
  const waiting = new Set<Promise<unknown>>()
  let calls = 0
  const from = performance.now()
  while (performance.now() < until) {
    const keys = Array.from({ length: OPS_PER_CALL }, (_, n) => `k${(calls * OPS_PER_CALL + n) % KEYS}`)
    const tx: Transaction = await db.call('add', { keys })
    calls++
    const processed: Promise<unknown> = tx.whenProcessed().then(() => waiting.delete(processed))
    waiting.add(processed)
    await sleep(Math.max(0, from + (calls * 1000) / CALLS_PER_SECOND - performance.now()))
  }
  await Promise.all(waiting)
  return calls
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

interface Sample {
  readonly host: number
  readonly heap: number
  readonly guests: number
}

async function sample(samples: Sample[], until: number, others: readonly number[]): Promise<void> {
  while (performance.now() < until) {
    await sleep(1000)
    collect()
    const guests = childProcesses().filter((pid) => !others.includes(pid))
    samples.push({
      host: memoryOf('self'),
      heap: process.memoryUsage().heapUsed / 1e6,
      guests: guests.reduce((sum, pid) => sum + memoryOf(pid), 0),
    })
  }
}

function memoryOf(pid: number | 'self'): number {
  try {
    const kB = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kB ?? 0) / 1024
  } catch {
    return 0 // it has ended
  }
}

function inTenths(values: readonly number[]): number[] {
  const size = Math.max(1, Math.floor(values.length / 10))
  const tenths: number[] = []
  for (let at = 0; at + size <= values.length; at += size) {
    const part = values.slice(at, at + size).sort((a, b) => a - b)
    tenths.push(Math.round(part[Math.floor(part.length / 2)]!))
  }
  return tenths
}
