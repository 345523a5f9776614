/** What peers say and show must neither stop a copy nor let a lie of the executor pass. */
import { once } from 'node:events'
import { Log, Storage as LogStorage, sodiumCrypto } from '@vitra/log'
import { check } from '@vitra/verifier'
import { describe, it } from 'vitest'
import { ContractFraudProof, Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { connect, copyDatabase, TemporaryFolder, WORKBENCH_CONTRACT } from '../src/index.js'

const workbench = { contract: { source: WORKBENCH_CONTRACT } }

async function put(db: Database, key: string): Promise<void> {
  await (await db.call('put', { key, value: key })).whenProcessed({ timeout: 20_000 })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

interface Peer {
  wireSync: { send(message: { length: number }): void }
  sendSync(): void
}

/** Has the holder of a copy tell its peer of 1000 blocks more than there are. */
function announceMore(log: Log): void {
  const peer = log.core.peers[0] as unknown as Peer
  const send = peer.wireSync.send.bind(peer.wireSync)
  peer.wireSync.send = (message) => send({ ...message, length: message.length + 1000 })
  peer.sendSync()
}

describe.concurrent('a peer', () => {
  it('that announces blocks nobody has stops a working executor once, and never again', async ({
    expect,
  }) => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), workbench)
    await put(alice, 'first')
    await using storage = LogStorage.at(folder.at('liar'))
    await storage.create()
    const log = await Log.open(storage, alice.pubkey)
    const connection = connect(alice, { replicate: (first) => storage.store.replicate(first) as never })
    await until(() => log.length > 0)
    announceMore(log)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const tx = await alice.call('put', { key: 'second', value: 2 })
    await expect(tx.whenProcessed({ timeout: 20_000 })).rejects.toMatchObject({ code: 'LOG_BEHIND' })
    const started = performance.now()
    await put(alice, 'third')
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(await tx.whenProcessed()).toMatchObject([{ success: true }])
    await connection.close()
    await checkDatabase(alice)
  })

  it('that announces blocks nobody has holds up a copy with another peer for some seconds only', async ({
    expect,
  }) => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), workbench)
    await put(alice, 'first')
    await using storage = LogStorage.at(folder.at('liar'))
    await storage.create()
    const log = await Log.open(storage, alice.pubkey)
    log.core.download({ start: 0, end: -1 })
    const liar = { replicate: (first: boolean) => storage.store.replicate(first) as never }
    const filling = connect(alice, liar)
    await until(() => log.length === alice.index.version && log.isComplete)
    await filling.close()
    await using bob = await Database.load(folder.at('bob'), alice.pubkey)
    const lying = connect(liar, bob)
    await until(() => log.core.peers.length > 0)
    announceMore(log)
    await until(() => bob.progress().knownLength > 1000)
    await expect(bob.syncLatest({ timeout: 7_000 })).rejects.toMatchObject({ code: 'SYNC_TIMEOUT' })
    const connection = connect(alice, bob)
    await bob.syncLatest({ timeout: 20_000 })
    await put(alice, 'second')
    await bob.syncLatest({ timeout: 20_000 })
    expect(bob.index.version).toBe(alice.index.version)
    expect(bob.progress().knownLength).toBeGreaterThan(1000)
    await bob.syncFullHistory({ timeout: 20_000 })
    await lying.close()
    await connection.close()
    await checkDatabase(bob)
  }, 90_000)

  it.for([
    // Of a longer history than the copy's hypercore tells too little to prove it: no block of it.
    ['longer', ['another', 'longer', 'yet'], 'unproved'],
    ['shorter', ['another'], 'proved'],
  ] as const)(
    'that shows another history of the index, %s, proves the executor’s fraud, to a monitor too',
    async ([, keys, expected], { expect }) => {
      await using folder = await TemporaryFolder.make()
      {
        await using alice = await Database.create(folder.at('alice'), workbench)
        await put(alice, 'first')
      }
      await copyDatabase(folder.at('alice'), folder.at('twin'))
      await using alice = await Database.load(folder.at('alice'))
      await using twin = await Database.load(folder.at('twin'))
      await put(alice, 'one')
      await put(alice, 'two')
      for (const key of keys) await put(twin, key)
      await using bob = await Database.load(folder.at('bob'), alice.pubkey)
      const connection = connect(alice, bob)
      await until(() => bob.index.version === alice.index.version)
      while ((await bob.verify()).verdict !== 'valid') await new Promise((resolve) => setTimeout(resolve, 10))
      await connection.close()
      const monitor = await bob.monitor()
      const violation = once(monitor, 'violation')
      const other = connect(twin, bob)
      const [proof] = await violation
      expect(proof).toBeInstanceOf(ContractFraudProof)
      expect(proof).toMatchObject({ violation: { kind: 'equivocation', code: 'log-forked' } })
      if (expected === 'unproved')
        expect(proof).toMatchObject({ proof: null, unproved: expect.stringContaining('second signed head') })
      else
        expect(await check(proof.proof, { pubkey: bob.pubkey, crypto: sodiumCrypto })).toMatchObject({
          ok: true,
        })
      await expect(bob.verify()).rejects.toMatchObject({ violation: { code: 'log-forked' } })
      await expect(bob.call('get', { key: 'one' })).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' })
      await expect(bob.index.get('/values/one')).rejects.toMatchObject({ code: 'LOG_FORKED' })
      await other.close()
      await bob.close()
      await using again = await Database.load(folder.at('bob'))
      await expect(again.call('get', { key: 'one' })).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' })
      expect(await again.index.get('/values/one')).toMatchObject({ value: 'one' })
    },
  )
})
