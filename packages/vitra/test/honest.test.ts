import { encodeEcho, Log, Storage as LogStorage, LogWriter, oplogIdentity } from '@vitra/log'
import {
  COUNTER_CONTRACT,
  COUNTING_WORKBENCH_CONTRACT,
  connect,
  TemporaryFolder,
  WORKBENCH_CONTRACT,
} from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const workbench = { contract: { source: WORKBENCH_CONTRACT } }
const counting = { contract: { source: COUNTING_WORKBENCH_CONTRACT } }

async function run(db: Database, method: string, params: object = {}): Promise<void> {
  const tx = await db.call(method, params)
  await tx.whenProcessed({ timeout: 20_000 }).catch((error) => {
    if (error.code !== 'OP_REJECTED') throw error
  })
}

describe('an honest executor is not accused where', () => {
  it('ops fail, change nothing, change one key several times, delete what is absent, or keep module state', async () => {
    await using db = await Database.create(Storage.temporary(), counting)
    await run(db, 'fail')
    await run(db, 'nothing')
    await run(db, 'fail')
    await run(db, 'put', { key: 'a', value: 1 })
    await run(db, 'twice', { key: 'a', value: 2 })
    await run(db, 'del', { key: 'absent' })
    await run(db, 'del', { key: 'a' })
    await run(db, 'raw', { op: { op: 'UNKNOWN' } })
    await run(db, 'raw', { op: 'no object' })
    await run(db, 'many', { count: 200 })
    const tx = await db.call('nothing')
    expect(await tx.whenProcessed()).toMatchObject([{ returnValue: 1 }])
    const report = await checkDatabase(db)
    expect(report.ops).toBe(210)
  })

  it('the contract is upgraded, well or badly', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const broken = [
      'export const apply = {',
      'throw new Error("no")',
      'export const x = 1',
      'import "node:fs"; export const apply = {}',
    ]
    for (const code of broken) {
      const tx = await db.call('upgrade', { code })
      await expect(tx.whenProcessed()).rejects.toMatchObject({
        code: 'OP_REJECTED',
        details: { failure: 'source' },
      })
    }
    await run(db, 'put', { key: 'still', value: 'here' })
    await run(db, 'upgrade', { code: COUNTER_CONTRACT })
    expect((await db.methods()).map(({ name }) => name)).toEqual(['get', 'increment'])
    await run(db, 'increment', { amount: 3 })
    expect((await db.call('get')).response).toBe(3)
    await checkDatabase(db)
  })

  it('participants join, leave and return, and their blocks are no ops', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), workbench)
    const bob = await Database.load(folder.at('bob'), alice.pubkey)
    const connection = connect(alice, bob)
    const { publicKey } = await bob.createIdentity()
    const pubkey = publicKey.toString('hex')
    await run(alice, 'admit', { pubkey })
    await bob.syncLatest()
    await run(bob, 'put', { key: 'bob', value: 1 })
    await run(alice, 'remove', { pubkey })
    await bob.syncLatest()
    await expect(bob.call('put', { key: 'bob', value: 2 })).rejects.toMatchObject({
      code: 'NOT_A_PARTICIPANT',
    })
    await run(alice, 'admit', { pubkey })
    await run(alice, 'admit', { pubkey })
    await bob.syncLatest()
    await run(bob, 'put', { key: 'bob', value: 3 })
    expect((await bob.call('participants')).response).toHaveLength(2)
    await connection.close()
    await bob.close()

    // The participant's machine writes blocks that no client of ours would.
    const storage = LogStorage.at(folder.at('bob'))
    await storage.load()
    const keyPair = (await storage.keys.get(publicKey))!
    const log = await Log.open(storage, oplogIdentity(new Uint8Array(publicKey), alice.pubkey))
    const writer = await LogWriter.open(log, storage, keyPair)
    await writer.append([
      new Uint8Array(),
      Uint8Array.of(1, 2, 3),
      new Uint8Array(2 * 1024 * 1024),
      encodeEcho(1, new Uint8Array(32)),
    ])
    await writer.close()
    await storage.close()

    await using back = await Database.load(folder.at('bob'))
    const again = connect(alice, back)
    await run(back, 'put', { key: 'bob', value: 4 })
    const kinds: string[] = []
    for await (const entry of alice.index.history({ path: '/.sys/acks' })) {
      const { outcomes } = entry.value as { outcomes?: { kind: string }[] }
      for (const { kind } of outcomes ?? []) kinds.push(kind)
    }
    expect(kinds.slice(-5)).toEqual(['undecodable', 'undecodable', 'too-large', 'echo', 'ok'])
    await checkDatabase(alice)
    await back.syncLatest()
    await checkDatabase(back)
    await again.close()
  })

  it('the database is closed and loaded between any two ops', async () => {
    await using folder = await TemporaryFolder.make()
    await (await Database.create(folder.at('db'), counting)).close()
    for (let round = 0; round < 5; round++) {
      const db = await Database.load(folder.at('db'))
      await run(db, 'put', { key: `k${round}`, value: round })
      await run(db, round % 2 === 0 ? 'fail' : 'nothing')
      await db.call('many', { count: 3 }) // left for the next round
      await db.close()
    }
    await using db = await Database.load(folder.at('db'))
    await db.executor!.sync()
    const report = await checkDatabase(db)
    expect(report).toMatchObject({ ops: 25, waiting: 0 })
  })
})
