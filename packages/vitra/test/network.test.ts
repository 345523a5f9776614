/** Nodes in processes of their own, on a DHT of this machine: joining, vanishing, coming back, writing alone. */
import { readFile } from 'node:fs/promises'
import { TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { describe, it } from 'vitest'
import type { Ack, AuditReport, PeerInfo } from '../src/index.js'
import { NodeProcess, Testnet } from './node-process.js'

const workbench = { contract: { source: WORKBENCH_CONTRACT } }
const LONG = { timeout: 60_000 }
const TEST_MS = 180_000

interface Tx {
  readonly ops: readonly { readonly seq: number }[]
  readonly response?: unknown
}

async function put(node: NodeProcess, key: string, value: unknown): Promise<Tx> {
  return node.ask('call', 'put', { key, value })
}

/** The place that the monitors of a copy have kept. */
async function placeOf(folder: string): Promise<number> {
  const text = await readFile(`${folder}/audit.json`, 'utf8').catch(() => '{"version":0}')
  return JSON.parse(text).version
}

/** A second node that the contract has admitted, connected to the first. */
async function join(host: NodeProcess, guest: NodeProcess, folder: string, net: Testnet): Promise<string> {
  const { bootstrap } = net
  const pubkey = await host.ask<string>('create', `${folder}/host`, workbench)
  await host.ask('swarm', { bootstrap })
  await guest.ask('load', `${folder}/guest`, pubkey)
  await guest.ask('swarm', { bootstrap })
  await guest.ask('whenConnected', LONG)
  const identity = await guest.ask<string>('createIdentity')
  await host.ask('whenProcessed', await host.ask('call', 'admit', { pubkey: identity }), LONG)
  await guest.ask('syncLatest', LONG)
  return pubkey
}

describe.concurrent('a participant on another machine', () => {
  it(
    'joins by its public key, calls, has its result, verifies and monitors',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using net = await Testnet.start()
      await using host = new NodeProcess()
      await using guest = new NodeProcess()
      await join(host, guest, folder.path, net)
      await guest.ask('monitor')
      const tx = await put(guest, 'mine', { a: 1 })
      expect(await guest.ask<Ack[]>('whenProcessed', tx, LONG)).toMatchObject([{ success: true }])
      expect(await guest.ask<Tx>('call', 'get', { key: 'mine' })).toMatchObject({ response: { a: 1 } })
      expect(await guest.ask('verifyInclusion', tx)).toBe(1)
      const version = await guest.ask<number>('version')
      await guest.heard<{ version: number }>('validated', (told) => told.version >= version)
      expect(await guest.ask<AuditReport>('check')).toMatchObject({ verdict: 'valid', ops: 2 })
      await host.ask('lie', [{ type: 'put', path: '/values/mine', value: 'taken' }])
      expect(await guest.heard('violation')).toEqual({ code: 'unprompted-change', stored: 1 })
      await expect(guest.ask('verify')).rejects.toMatchObject({ code: 'CONTRACT_FRAUD' })
      await guest.close()
      await host.close()
    },
    TEST_MS,
  )
})

describe.concurrent('a host that vanishes', () => {
  it(
    'is missed and seen again; what was called meanwhile completes, and the monitor goes on',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using net = await Testnet.start()
      await using guest = new NodeProcess()
      {
        await using host = new NodeProcess()
        await join(host, guest, folder.path, net)
        await guest.ask('monitor')
        await guest.ask('whenProcessed', await put(guest, 'a', 1), LONG)
        expect(await guest.ask<PeerInfo[]>('peers')).toHaveLength(1)
        await host.kill()
      }
      await guest.heard('peer-remove')
      expect(await guest.ask('peers')).toEqual([])
      const calls = [await put(guest, 'b', 2), await put(guest, 'c', 3)]
      await expect(guest.ask('whenProcessed', calls[0], { timeout: 300 })).rejects.toMatchObject({
        code: 'TX_TIMEOUT',
      })
      expect(await guest.ask('pending')).toHaveLength(2)
      await using host = new NodeProcess()
      await host.ask('load', folder.at('host'))
      await host.ask('swarm', net)
      for (const tx of calls)
        expect(await guest.ask<Ack[]>('whenProcessed', tx, LONG)).toMatchObject([{ success: true }])
      expect(await guest.ask<PeerInfo[]>('peers')).toMatchObject([{ indexLength: expect.any(Number) }])
      expect(await guest.ask('pending')).toEqual([])
      const version = await host.ask<number>('version')
      await guest.heard<{ version: number }>('validated', (told) => told.version >= version)
      expect(guest.all('restart')).toEqual([])
      for (const node of [host, guest])
        expect(await node.ask<AuditReport>('check')).toMatchObject({ verdict: 'valid', ops: 4, waiting: 0 })
      await guest.close()
      await host.close()
    },
    TEST_MS,
  )
})

describe.concurrent('a participant that writes while the executor is away', () => {
  it(
    'may end and begin again itself: its transactions complete once both are there',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using net = await Testnet.start()
      const calls: Tx[] = []
      {
        await using host = new NodeProcess()
        await using guest = new NodeProcess()
        await join(host, guest, folder.path, net)
        await guest.ask('monitor')
        const { version } = await guest.heard<{ version: number }>('validated')
        while ((await placeOf(folder.at('guest'))) < version)
          await new Promise((resolve) => setTimeout(resolve, 50))
        await host.close()
        calls.push(await put(guest, 'first', 1))
        await guest.kill()
      }
      {
        await using guest = new NodeProcess()
        await guest.ask('load', folder.at('guest'))
        await expect(guest.ask('whenConnected', { timeout: 100 })).rejects.toMatchObject({
          code: 'CONNECT_TIMEOUT',
        })
        expect(await guest.ask('pending')).toEqual(calls)
        calls.push(await put(guest, 'second', 2))
        await guest.close()
      }
      await using guest = new NodeProcess()
      await using host = new NodeProcess()
      await guest.ask('load', folder.at('guest'))
      await host.ask('load', folder.at('host'))
      const pending = await guest.ask<Tx[]>('pending')
      expect(pending).toEqual(calls)
      await guest.ask('swarm', net)
      await host.ask('swarm', net)
      for (const tx of pending)
        expect(await guest.ask<Ack[]>('whenProcessed', tx, LONG)).toMatchObject([{ success: true }])
      expect(await guest.ask('pending')).toEqual([])
      await guest.ask('monitor')
      const version = await host.ask<number>('version')
      const told = await guest.heard<{ version: number; ops: number }>(
        'validated',
        (to) => to.version >= version,
      )
      expect(told.ops).toBeLessThan(3)
      for (const node of [host, guest])
        expect(await node.ask<AuditReport>('check')).toMatchObject({ verdict: 'valid', ops: 3, waiting: 0 })
      await guest.close()
      await host.close()
    },
    TEST_MS,
  )
})

describe.concurrent('db.unswarm', () => {
  it(
    'leaves the network, and swarm joins it again',
    async ({ expect }) => {
      await using folder = await TemporaryFolder.make()
      await using net = await Testnet.start()
      await using host = new NodeProcess()
      await using guest = new NodeProcess()
      await join(host, guest, folder.path, net)
      await guest.ask('unswarm')
      expect(await guest.ask('peers')).toEqual([])
      const tx = await put(guest, 'alone', 1)
      await expect(guest.ask('whenConnected', { timeout: 300 })).rejects.toMatchObject({
        code: 'CONNECT_TIMEOUT',
      })
      await guest.ask('swarm', net)
      await guest.ask('whenConnected', LONG)
      await guest.ask('whenProcessed', tx, LONG)
      await guest.ask('syncFullHistory')
      await guest.ask('unswarm')
      expect(await guest.ask<AuditReport>('check')).toMatchObject({ verdict: 'valid', ops: 2 })
      await guest.close()
      await host.close()
    },
    TEST_MS,
  )
})
