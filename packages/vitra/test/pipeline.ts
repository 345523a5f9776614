/** What `pipeline.test.ts` and its soak form share: an executor whose disk is slow, and fails, as a seed says. */
import { LogError, LogWriter } from '@vitra/log'
import { COUNTING_WORKBENCH_CONTRACT, Random, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { expect, vi } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

export type Append = LogWriter['append']

/** Has the appends of an index go through a function of the test's. */
export function onIndexAppend(
  db: () => Database,
  through: (append: () => ReturnType<Append>) => ReturnType<Append>,
) {
  const original = LogWriter.prototype.append
  vi.spyOn(LogWriter.prototype, 'append').mockImplementation(function (this: LogWriter, ...args) {
    const append = () => original.apply(this, args)
    return db().pubkey.equals(this.log.key) ? through(append) : append()
  })
}

const TURNS = 12
/** One whose ops share realms, and one whose ops do not. */
const WORKBENCHES = [WORKBENCH_CONTRACT, COUNTING_WORKBENCH_CONTRACT]

/** A history of two participants, with upgrades, over a disk that is slow and fails as the seed says; then its audit. */
export async function interleave(seed: number): Promise<void> {
  const random = new Random(seed)
  await using db = await Database.create(Storage.temporary(), {
    contract: { source: random.pick(WORKBENCHES) },
  })
  db.on('failure', () => {}) // it goes on with the next op, or `settle`
  const mine = db.localOplog!.publicKey
  const { publicKey } = await db.createIdentity()
  onIndexAppend(
    () => db,
    async (append) => {
      await new Promise((resolve) => setTimeout(resolve, random.below(12)))
      const chance = random.below(8)
      if (chance === 0) throw new LogError('JOURNAL_FAILED', 'the disk did not take the append')
      const head = await append()
      if (chance === 1) throw new Error('the machine stumbled')
      return head
    },
  )
  await db.call('admit', { pubkey: publicKey.toString('hex') })
  await settle(db)
  let ops = 1
  const values = new Map<string, number>()
  for (let turn = 0; turn < TURNS; turn++) {
    await db.setLocalOplog(random.pick([mine, publicKey]))
    ops += await call(db, random, turn, values)
    if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.below(20)))
  }
  await settle(db)
  for (const [key, value] of values) expect((await db.index.get(`/values/${key}`))?.value).toBe(value)
  expect(await checkDatabase(db)).toMatchObject({ ops, waiting: 0 })
}

/** One turn's calls. Returns how many ops they emitted. */
async function call(
  db: Database,
  random: Random,
  turn: number,
  values: Map<string, number>,
): Promise<number> {
  const emits = random.below(8)
  if (emits === 0) await db.call('upgrade', { code: `${random.pick(WORKBENCHES)}// ${turn}` })
  if (emits === 1) await db.call('many', { count: 150 })
  if (emits === 2) await db.call('fail', { message: 'not today' })
  if (emits < 3) return emits === 1 ? 150 : 1
  const keys = Array.from({ length: 1 + random.below(20) }, (_, nth) => `${turn}-${nth}`)
  await Promise.all(keys.map((key) => db.call('put', { key, value: turn })))
  for (const key of keys) values.set(key, turn)
  return keys.length
}

/** Has everything executed, however often the disk fails. */
async function settle(db: Database): Promise<void> {
  for (;;) {
    try {
      return await db.executor!.sync()
    } catch {
      // a write that was made to fail
    }
  }
}
