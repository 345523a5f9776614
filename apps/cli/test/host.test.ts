/** Commands that go on until they are stopped, on one machine. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { check, withDatabase } from './database.js'
import { Live, vitra } from './vitra.js'

describe('host and monitor without a network', () => {
  it.each(['host', 'monitor'])('%s goes on until it is stopped', async (command) => {
    await using made = await withDatabase()
    await using live = new Live([command, '--offline'], made.at)
    await live.until(({ event }) => event === 'hosting' || event === 'validated')
    const ended = live.ended().then(() => 'ended')
    expect(await Promise.race([ended, sleep(500, 'goes on')])).toBe('goes on')
    expect(await live.stop()).toBe(0)
    expect(live.events.at(-1)).toMatchObject({ event: 'stopped' })
    await check(made.folder.at('.vitra'))
  })
})

describe('a host with limits', () => {
  it('executes no more than a participant may have, and says who waits', async () => {
    await using made = await withDatabase()
    {
      await using db = await Database.load(made.folder.at('.vitra'), undefined, {
        participantLimits: { opsPerSecond: 1 },
      })
      for (let n = 0; n < 4; n++) await db.call('increment', { amount: 1 })
    }
    await using live = new Live(['host', '--offline', '--ops-per-second', '1'], made.at)
    const { participant, waiting } = await live.until(({ event }) => event === 'throttled')
    expect(participant).toMatch(/^[0-9a-f]{64}$/)
    expect(waiting).toBeGreaterThan(0)
    await live.until(({ event }) => event === 'executed')
    expect(await live.stop()).toBe(0)
    await check(made.folder.at('.vitra'))
  })

  it.each([
    ['--ops-per-second', '0'],
    ['--ops-per-batch', 'many'],
  ])('refuses %s %s', async (option, text) => {
    await using made = await withDatabase()
    expect(await vitra(['host', '--offline', option, text], made.at)).toMatchObject({ code: 2 })
  })
})
