/**
 * Hostile contracts and peers beside honest ones, in one process: what `attacks.test.ts` and its soak form share. Nothing
 * honest is lost or delayed for good, what was attacked says so, and its state holds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { Database, Storage } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  childProcesses,
  connect,
  killChildren,
  Random,
  TemporaryFolder,
  WORKBENCH_CONTRACT,
} from '../src/index.js'

/** Each op does its worst; one that gets away with it writes. */
const BOMBS = `
export function emits ({ ops }, emit) { for (const op of ops) emit(op) }
export const apply = {
  PUT (tx, op) { tx.put('/' + op.key, op.value) },
  LOOP (tx) { for (;;); },
  STORM () { const again = () => Promise.resolve().then(again); return again() },
  MEMORY () { const all = []; for (;;) all.push(new Array(1000).fill(1)) },
  BUFFER () { const all = []; for (;;) all.push(new Uint8Array(10000000).fill(1)) },
  HUGE () { return new Array(1e9).fill(1).length },
  REGEX () { return /^(a+)+$/.test('a'.repeat(60) + 'b') }
}`

export const ATTACKS = ['LOOP', 'STORM', 'MEMORY', 'BUFFER', 'HUGE', 'REGEX', 'kill'] as const
export type Attack = (typeof ATTACKS)[number]

export interface AttackReport {
  readonly attack: string
  /** Honest calls that were processed meanwhile, and what they took, in ms. */
  readonly honest: number
  readonly p50: number
  readonly p99: number
  readonly worst: number
  /** Ops of the attacker by what became of them; or how often it attacked. */
  readonly attacks: Readonly<Record<string, number>>
}

/** A contract attacks its guest, or somebody kills all guests, while another database is served. */
export async function attackGuests(attack: Attack, seconds: number): Promise<AttackReport> {
  const others = childProcesses()
  const open = { sandbox: { opMs: 1000 } }
  await using bad = await Database.create(Storage.temporary(), { contract: { source: BOMBS }, ...open })
  await using good = await Database.create(Storage.temporary(), {
    contract: { source: WORKBENCH_CONTRACT },
    ...open,
  })
  const until = performance.now() + seconds * 1000
  const attacks: Record<string, number> = {}
  const times: number[] = []
  const attacking =
    attack === 'kill'
      ? killAll(until, seconds, { others, times, kills: attacks })
      : throwBombs(bad, attack, until, attacks)
  await callUntil(good, until, times)
  await attacking
  const put = await again(() => bad.call('emits', { ops: [{ op: 'PUT', key: 'after', value: 1 }] }))
  while ((await put.fetchAcks()).length === 0) await sleep(100)
  expect((await bad.index.get('/after'))?.value).toBe(1)
  // Whoever cannot run an op either says so; nobody is accused.
  const { verdict, findings } = await bad.verify()
  expect([verdict, ...findings.map(({ code }) => code)]).not.toContain('fraud')
  expect(await checkDatabase(good)).toMatchObject({ ops: times.length, waiting: 0 })
  return { attack, ...figures(times), attacks }
}

/** An attack at a time; a contract that is refused for it waits as the refusal says. */
async function throwBombs(
  db: Database,
  op: string,
  until: number,
  codes: Record<string, number>,
): Promise<void> {
  while (performance.now() < until) {
    const tx = await db.call('emits', { ops: [{ op }] }).catch(() => null)
    const acks = await tx
      ?.whenProcessed({ timeout: Math.max(1, until - performance.now()) })
      .catch(() => tx.fetchAcks())
    for (const { outcome } of acks ?? []) {
      const code = outcome.code ?? outcome.kind
      codes[code] = (codes[code] ?? 0) + 1
    }
    await sleep(50)
  }
}

interface Killing {
  /** Processes that are left alone. */
  readonly others: readonly number[]
  /** Of the honest ops that were served so far. */
  readonly times: readonly number[]
  readonly kills: Record<string, number>
}

/**
 * A killing every five seconds, and two in a short attack. None before an op was served since the last one: an op whose guest is
 * killed twice is unexecutable, as it should be.
 */
async function killAll(until: number, seconds: number, { others, times, kills }: Killing): Promise<void> {
  let servedBefore = -1
  kills.kill = 0
  while (performance.now() < until) {
    await sleep(Math.min(5_000, seconds * 400))
    if (times.length === servedBefore) continue
    servedBefore = times.length
    kills.kill += killChildren(others)
  }
}

/** @param times takes what each op took, in ms, once it is served */
async function callUntil(db: Database, until: number, times: number[]): Promise<void> {
  for (let n = 0; performance.now() < until; n++) {
    const from = performance.now()
    const tx = await again(() => db.call('put', { key: `k${n % KEYS}`, value: n }))
    await tx.whenProcessed()
    times.push(performance.now() - from)
    await sleep(5)
  }
}

/** Keys that honest ops write, in turn. */
const KEYS = 6

/** A call that its guest dies under, or that is refused for a while, has written nothing, says so, and is made again. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const { code, details } = error as { code?: string; details?: { retryAfterMs?: number } }
      if (code !== 'GUEST_CRASHED' && code !== 'CONTRACT_REFUSED') throw error
      await sleep(details?.retryAfterMs ?? 0)
    }
  }
}

function figures(times: readonly number[]): Pick<AttackReport, 'honest' | 'p50' | 'p99' | 'worst'> {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1))
  return { honest: sorted.length, p50: at(0.5), p99: at(0.99), worst: at(0.9999) }
}

/** What hostile peers do to an executor, each in its own way, until they are told to stop. */
export const HOSTILE_PEERS: Record<
  string,
  (alice: Database, random: Random, signal: AbortSignal) => Promise<number>
> = {
  async 'garbage streams'(alice, random, signal) {
    let count = 0
    for (; !signal.aborted; count++) {
      const stream = alice.replicate(count % 2 === 0)
      stream.on('error', () => {})
      stream.resume()
      for (let n = 0; n < 20 && !stream.destroyed; n++)
        stream.write(Buffer.from(random.bytes(1 + random.below(2000))))
      await sleep(10)
      stream.destroy()
    }
    return count
  },
  async 'floods of connections'(alice, _random, signal) {
    let count = 0
    for (; !signal.aborted; count++) {
      const stream = alice.replicate(false)
      stream.on('error', () => {})
      await sleep(2)
      stream.destroy()
    }
    return count
  },
  async 'peers that fetch everything and never keep it'(alice, _random, signal) {
    let count = 0
    for (; !signal.aborted; count++) {
      const copy = await Database.load(Storage.temporary(), alice.pubkey)
      const connection = connect(alice, copy)
      await copy.syncFullHistory({ timeout: 2000 }).catch(() => {})
      await connection.close()
      await copy.close()
    }
    return count
  },
  async 'slow readers'(alice, _random, signal) {
    const streams = Array.from({ length: 20 }, () => alice.replicate(false))
    for (const stream of streams) stream.on('error', () => {})
    while (!signal.aborted) await sleep(20)
    for (const stream of streams) stream.destroy()
    return streams.length
  },
}

/** Honest calls of a participant over a connection, while somebody attacks the executor; `null` for nobody. */
export async function attackPeers(name: string | null, seconds: number, seed: number): Promise<AttackReport> {
  await using folder = await TemporaryFolder.make()
  await using alice = await Database.create(folder.at('alice'), { contract: { source: WORKBENCH_CONTRACT } })
  await using bob = await Database.load(folder.at('bob'), alice.pubkey)
  const connection = connect(alice, bob)
  const { publicKey } = await bob.createIdentity()
  await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
  await bob.syncLatest()
  const stop = new AbortController()
  const hostile = name === null ? null : HOSTILE_PEERS[name]!(alice, new Random(seed), stop.signal)
  const times: number[] = []
  await callUntil(bob, performance.now() + seconds * 1000, times)
  stop.abort()
  const attacks = { [name ?? 'nobody']: (await hostile) ?? 0 }
  await connection.close()
  expect(await checkDatabase(alice)).toMatchObject({ ops: times.length + 1, waiting: 0 })
  return { attack: name ?? 'nobody', ...figures(times), attacks }
}
