/** The commands on two nodes: a host in one process, a participant's commands in others, a network between them. */
import { existsSync } from 'node:fs'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { aliceAndBob, hosting } from './nodes.js'
import { json, Live, vitra } from './vitra.js'

useGuests({ secondLooks: false })

const TIMEOUT_MS = 180_000

describe('two nodes', () => {
  it(
    'from a key to a participant whose call is executed, and verified',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      let publicKey: string
      {
        await using host = new Live(['host'], alice)
        await hosting(host)
        expect(await json(['load', key], bob)).toMatchObject({ key, participants: 1 })
        expect(await json(['verify'], bob)).toMatchObject({ verdict: 'valid' })
        const joined = await json<{ publicKey: string }>(['join'], bob)
        expect(joined).toMatchObject({ state: 'waiting' })
        publicKey = joined.publicKey
        expect(await json(['call', 'increment'], bob, 1)).toMatchObject({
          error: { code: 'NOT_A_PARTICIPANT' },
        })
        expect(await json(['call', 'get'], bob)).toMatchObject({ status: 'read', response: 0 })
        expect(await json(['invite', publicKey], alice)).toMatchObject({ status: 'admitted' })
        expect(await host.stop()).toBe(0)
      }
      expect(await json(['invite', publicKey], alice)).toMatchObject({ status: 'admitted' })
      await using host = new Live(['host'], alice)
      await hosting(host)
      expect(await json(['call', 'increment', '--amount', '7', '--timeout', '60'], bob)).toMatchObject({
        status: 'processed',
        changes: [{ path: '/counter', value: 7 }],
      })
      await host.until(({ event }) => event === 'executed')
      expect(await json(['join'], bob)).toMatchObject({ publicKey, state: 'admitted' })
      expect(await json(['verify'], bob)).toMatchObject({ verdict: 'valid', ops: 2 })
      expect(await host.stop('SIGTERM')).toBe(0)
      expect(host.events.map(({ event }) => event)).toEqual(
        expect.arrayContaining(['peer-add', 'peer-remove', 'stopped']),
      )
      for (const name of ['alice', 'bob']) {
        await using db = await Database.load(folder.at(name))
        await checkDatabase(db)
      }
    },
    TIMEOUT_MS,
  )

  it(
    'an op written while the executor is away waits, is shown, and is handed over by host',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      {
        await using host = new Live(['host'], alice)
        await hosting(host)
        await json(['load', key], bob)
        expect(await host.stop()).toBe(0)
      }
      const { publicKey } = await json<{ publicKey: string }>(['join'], bob)
      await json(['invite', publicKey], alice)
      {
        await using host = new Live(['host'], alice)
        await hosting(host)
        await json(['info', '--sync'], bob)
        expect(await host.stop()).toBe(0)
      }
      const pending = await json(['call', 'increment', '--amount', '3', '--timeout', '2'], bob)
      expect(pending).toMatchObject({ status: 'pending', ops: [{ seq: 0 }] })
      const offline = await vitra(['call', 'increment', '--amount', '4', '--offline'], bob)
      expect(offline).toMatchObject({ code: 0, stdout: 'pending 1 op written\n' })
      expect(offline.stderr).toContain('vitra host')
      expect(await json(['info'], bob)).toMatchObject({
        role: 'participant',
        pending: [
          { method: 'increment', params: { amount: 3 } },
          { method: 'increment', params: { amount: 4 } },
        ],
      })
      {
        await using guest = new Live(['host'], bob)
        await hosting(guest)
        await using host = new Live(['host'], alice)
        await guest.until(({ event, version }) => event === 'executed' && Number(version) > 0)
        await host.until(({ event }) => event === 'executed')
        expect(await host.stop()).toBe(0)
        expect(await guest.stop()).toBe(0)
      }
      expect(await json(['verify', '--offline'], bob)).toMatchObject({ verdict: 'valid', ops: 3 })
      expect(await json(['info'], bob)).toMatchObject({ pending: [] })
      expect(await json(['get', '/counter'], alice)).toMatchObject({ value: 7 })
      for (const name of ['alice', 'bob']) {
        await using db = await Database.load(folder.at(name))
        await checkDatabase(db)
      }
    },
    TIMEOUT_MS,
  )

  it(
    'a monitor tells what it validated, and ends in order',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      await json(['call', 'increment'], alice)
      await using host = new Live(['host'], alice)
      await hosting(host)
      await json(['load', key], bob)
      await using monitor = new Live(['monitor'], bob)
      const { version, ops } = await monitor.until(({ event }) => event === 'validated')
      expect({ version, ops }).toEqual({ version: host.events[0]!.version, ops: 1 })
      expect(await monitor.stop()).toBe(0)
      expect(await host.stop()).toBe(0)
      await using db = await Database.load(folder.at('bob'))
      await checkDatabase(db)
    },
    TIMEOUT_MS,
  )

  it(
    'a monitor ends with 3 on a lie that arrives while it runs, and whoever asks later is told too',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      await json(['call', 'increment'], alice)
      const host = await Database.load(folder.at('alice'))
      try {
        await host.swarm({ bootstrap: [alice.env.VITRA_BOOTSTRAP] }).flush()
        await json(['load', key], bob)
        await using monitor = new Live(['monitor'], bob)
        await monitor.until(({ event }) => event === 'validated')
        await host.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1000 }])
        expect(await monitor.ended()).toBe(3)
        expect(monitor.events.find(({ event }) => event === 'violation')).toMatchObject({
          violation: { code: 'unprompted-change' },
          evidence: folder.at('bob/fraud'),
        })
      } finally {
        await host.close()
      }
      expect(await json(['verify', '--offline'], bob, 3)).toMatchObject({ verdict: 'fraud' })
      await using db = await Database.load(folder.at('bob'))
      expect(await db.frauds()).toHaveLength(1)
      await expect(db.verify()).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
    },
    TIMEOUT_MS,
  )

  it(
    'a key that nobody has leaves no folder behind',
    async () => {
      await using both = await aliceAndBob()
      const missing = await json(['load', '1'.repeat(64), '--timeout', '1'], both.bob, 1)
      expect(missing).toMatchObject({ error: { code: 'NO_PEER' } })
      expect(existsSync(both.folder.at('bob'))).toBe(false)
    },
    TIMEOUT_MS,
  )
})
