import { COUNTER_CONTRACT, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import createTestnet from 'hyperdht/testnet.js'
import Hyperswarm from 'hyperswarm'
import { describe, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const counter = { contract: { source: COUNTER_CONTRACT } }

interface Met {
  readonly stream: { destroy(): void }
  readonly peer: { reconnect(again: boolean): void }
}

/** The connections of the swarms over these nodes, as they come. */
function watchConnections(nodes: readonly unknown[]): { met: Met[]; end: () => void } {
  const met: Met[] = []
  const { emit } = Hyperswarm.prototype
  Hyperswarm.prototype.emit = function (this: Hyperswarm, event: string | symbol, ...values: unknown[]) {
    const [stream, peer] = values
    if (event === 'connection' && nodes.includes(this.dht)) met.push({ stream, peer } as Met)
    return emit.call(this, event, ...values)
  }
  const end = () => {
    Hyperswarm.prototype.emit = emit
  }
  return { met, end }
}

describe.concurrent('db.swarm', () => {
  it('finds the peers of a database and exchanges its logs', async ({ expect }) => {
    await using folder = await TemporaryFolder.make()
    const testnet = await createTestnet(3)
    try {
      await using alice = await Database.create(folder.at('alice'), counter)
      await (await alice.call('increment', { amount: 5 })).whenProcessed()
      await alice.swarm({ dht: testnet.createNode() }).flush()
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      bob.swarm({ dht: testnet.createNode() })
      await bob.syncLatest({ timeout: 15_000 })
      expect((await bob.call('get')).response).toBe(5)
      await bob.verify()
      await checkDatabase(alice)
    } finally {
      await testnet.destroy()
    }
  }, 60_000)

  it('finds them by bootstrap nodes of one’s own alone', async ({ expect }) => {
    await using folder = await TemporaryFolder.make()
    const testnet = await createTestnet(3)
    try {
      const bootstrap = testnet.bootstrap.map(({ host, port }) => `${host}:${port}`)
      await using alice = await Database.create(folder.at('alice'), counter)
      expect(await alice.swarm({ bootstrap }).flush()).toBe(true)
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      bob.swarm({ bootstrap })
      await bob.whenConnected({ timeout: 20_000 })
      await bob.syncLatest({ timeout: 20_000 })
      expect(bob.index.version).toBe(alice.index.version)
      await checkDatabase(alice)
    } finally {
      await testnet.destroy()
    }
  }, 60_000)

  it('looks for a peer again that it lost, though Hyperswarm does not', async ({
    expect,
    onTestFinished,
  }) => {
    await using folder = await TemporaryFolder.make()
    const testnet = await createTestnet(3)
    try {
      await using alice = await Database.create(folder.at('alice'), counter)
      const nodes = [testnet.createNode(), testnet.createNode()]
      const { met, end } = watchConnections(nodes)
      onTestFinished(end)
      await alice.swarm({ dht: nodes[0] }).flush()
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      bob.swarm({ dht: nodes[1] })
      await bob.syncLatest({ timeout: 20_000 })
      // As after an outage that was longer than all of Hyperswarm's own attempts.
      for (const { peer, stream } of met.splice(0)) {
        peer.reconnect(false)
        stream.destroy()
      }
      while (bob.peers.length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await bob.whenConnected({ timeout: 30_000 })
      expect(met.length).toBeGreaterThan(0)
      await (await alice.call('increment', { amount: 5 })).whenProcessed()
      await bob.syncLatest({ timeout: 20_000 })
      expect(bob.index.version).toBe(alice.index.version)
      await checkDatabase(alice)
    } finally {
      await testnet.destroy()
    }
  }, 90_000)

  it('does not hold up a close where there is no network', async ({ expect }) => {
    const db = await Database.create(Storage.temporary(), counter)
    db.swarm({ bootstrap: ['127.0.0.1:9'] })
    await checkDatabase(db)
    const from = performance.now()
    await db.close()
    expect(performance.now() - from).toBeLessThan(5000)
  })

  it('does not take itself for announced where no node of the network answers', async ({ expect }) => {
    await using db = await Database.create(Storage.temporary(), counter)
    expect(await db.swarm({ bootstrap: ['127.0.0.1:9'] }).flush()).toBe(false)
    await checkDatabase(db)
  }, 60_000)
})
