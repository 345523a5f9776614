import { describe, expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const SOURCE = `
import { genUUID, random } from 'util'
export function roll (_, emit) { emit({ op: 'ROLL' }) }
export function refuse (_, emit) { emit({ op: 'REFUSE' }) }
export function draw (_, emit) { emit({ op: 'DRAW' }) }
export function process (op) {
  if (op.op === 'REFUSE') throw new Error('not processed')
  return op.op === 'ROLL' ? { roll: random() } : undefined
}
export const apply = {
  ROLL (tx, op, ack) { tx.put('/roll', ack.metadata.roll); return ack.metadata.roll },
  REFUSE (tx) { tx.put('/never', 1) },
  DRAW (tx, op, ack) { tx.put('/draw', [genUUID(), random(), ack.metadata === undefined]) }
}
`

describe('a contract with process', () => {
  it('may be nondeterministic there, and its audit is valid', async () => {
    await using db = await Database.create(Storage.temporary(), { contract: { source: SOURCE } })
    const rolls = [await db.call('roll'), await db.call('roll')]
    const acks = (await Promise.all(rolls.map((tx) => tx.whenProcessed()))).flat()
    expect(acks[0]!.metadata).toEqual({ roll: acks[0]!.returnValue })
    expect(acks[0]!.returnValue).not.toEqual(acks[1]!.returnValue)
    const refused = await db.call('refuse')
    await expect(refused.whenProcessed()).rejects.toMatchObject({
      details: { failure: 'process', message: 'not processed' },
    })
    await (await db.call('draw')).whenProcessed()
    expect((await db.index.get('/draw'))?.value).toMatchObject([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.any(Number),
      true,
    ])
    await checkDatabase(db)
  })
})
