/** What an operator lets one participant have (docs/executor.md): the others do not wait for whoever floods. */

import { WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { CallGate } from '../src/call-gate.js'
import {
  Database,
  type HistoryEntry,
  Storage,
  type ThrottledParticipant,
  type Transaction,
} from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const contract = { source: WORKBENCH_CONTRACT }

/** A steady clock that a test sets. */
class SetTime {
  steady = 0
  now = () => Date.now()
  monotonic = () => this.steady
}

/** A database of two participants, the second of which floods. */
async function withFlood(limits: { opsPerSecond?: number; opsPerBatch?: number }, count: number) {
  const time = new SetTime()
  let limited: string | null = null
  const db = await Database.create(Storage.temporary(), {
    contract,
    time,
    participantLimits: (publicKey) => (publicKey === limited ? limits : undefined),
  })
  const throttled: ThrottledParticipant[] = []
  db.on('throttled', (participants) => throttled.push(...participants))
  const mine = db.localOplog!.publicKey
  const { publicKey } = await db.createIdentity()
  limited = publicKey.toString('hex')
  await (await db.call('admit', { pubkey: limited })).whenProcessed()
  await db.executor!.sync()
  await db.setLocalOplog(publicKey)
  const flood = await db.call('many', { count })
  await db.setLocalOplog(mine)
  return { db, time, throttled, flood, publicKey }
}

const executed = async (tx: Transaction) => (await tx.fetchAcks()).length

it('who floods has so many ops a second, and the others all they ask for', async () => {
  const { db, time, throttled, flood, publicKey } = await withFlood({ opsPerSecond: 40 }, 100)
  await db.executor!.sync()
  expect(await executed(flood)).toBe(40)
  expect(throttled).toMatchObject([{ code: 'PARTICIPANT_THROTTLED', waiting: 60, retryAfterMs: 25 }])
  expect(throttled[0]!.publicKey).toEqual(publicKey)
  await (await db.call('many', { count: 50 })).whenProcessed()
  expect(await executed(flood)).toBe(40)
  for (const expected of [80, 100]) {
    time.steady += 1000
    // It goes on by itself.
    while ((await executed(flood)) < expected) await new Promise((resolve) => setTimeout(resolve, 5))
    await db.executor!.sync()
    expect(await executed(flood)).toBe(expected)
  }
  expect(throttled).toHaveLength(1)
  expect(await checkDatabase(db)).toMatchObject({ ops: 151 })
  await db.close()
}, 60_000)

it('who floods has so many ops of a batch', async () => {
  const { db, flood } = await withFlood({ opsPerBatch: 7 }, 20)
  await flood.whenProcessed()
  const ofBatches: number[] = [0]
  for await (const { path, value } of db.index.history({ path: '/.sys' }) as AsyncIterable<HistoryEntry>) {
    if (path === '/.sys/batch') ofBatches.push(0)
    if (path.startsWith(`/.sys/acks/${flood.ops[0]!.oplog}/`))
      ofBatches[ofBatches.length - 1]! += (value as { outcomes: unknown[] }).outcomes.length
  }
  expect(ofBatches.filter((ops) => ops > 0)).toEqual([7, 7, 6])
  await checkDatabase(db)
  await db.close()
}, 60_000)

it('limits below one op are refused', async () => {
  const limits = [{ opsPerSecond: 0 }, { opsPerBatch: 0.5 }, { opsPerSecond: Number.NaN }]
  for (const participantLimits of limits) {
    const made = Database.create(Storage.temporary(), { contract, participantLimits })
    await expect(made).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  }
})

it('more calls at once than memory is for are refused before they are begun', async () => {
  const gate = new CallGate(3, 100)
  let finish = () => {}
  const gone = new Promise<void>((resolve) => {
    finish = resolve
  })
  const under = [10, 90].map((bytes) => gate.run(bytes, () => gone))
  let begun = false
  const refused = gate.run(1, async () => {
    begun = true
  })
  await expect(refused).rejects.toMatchObject({ code: 'TOO_MANY_CALLS', details: { calls: 2, bytes: 100 } })
  expect(begun).toBe(false)
  under.push(gate.run(0, () => gone))
  await expect(gate.run(0, () => gone)).rejects.toMatchObject({ code: 'TOO_MANY_CALLS' })
  finish()
  await Promise.all(under)
  // One alone may be as large as it is allowed to be elsewhere.
  expect(await gate.run(1000, async () => 'done')).toBe('done')
})
