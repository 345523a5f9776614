import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { COUNTER_CONTRACT, connect, TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { ContractFraudProof, Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const counter = { contract: { source: COUNTER_CONTRACT } }

describe('a violation', () => {
  it('is found by verify, kept on disk, and ends calls but not reads, over a restart too', async () => {
    await using folder = await TemporaryFolder.make()
    const db = await Database.create(folder.at('db'), counter)
    await (await db.call('increment', { amount: 4 })).whenProcessed()
    await checkDatabase(db)
    await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
    const error = await db.verify().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ContractFraudProof)
    expect(error).toMatchObject({
      code: 'CONTRACT_FRAUD',
      violation: { kind: 'execution', code: 'unprompted-change' },
    })
    expect(await readdir(folder.at('db', 'fraud'))).toHaveLength(1)
    expect((await db.index.get('/counter'))?.value).toBe(1)
    await expect(db.call('increment')).rejects.toMatchObject({
      code: 'CONTRACT_VIOLATED',
      message: expect.stringContaining('unprompted-change'),
    })
    await db.close()
    await using again = await Database.load(folder.at('db'))
    await expect(again.call('get')).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' })
    expect((await again.index.get('/counter'))?.value).toBe(1)
    expect(await again.frauds()).toHaveLength(1)
  })

  it('is found by a monitor of another copy, which has its proof on disk before it tells', async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), counter)
    await using bob = await Database.load(folder.at('bob'), alice.pubkey)
    const connection = connect(alice, bob)
    await bob.syncLatest()
    const monitor = await bob.monitor()
    const validated = once(monitor, 'validated')
    await (await alice.call('increment')).whenProcessed()
    expect(await validated).toMatchObject([{ version: expect.any(Number) }])
    const violation = once(monitor, 'violation')
    await alice.index.dangerousBatch([{ type: 'del', path: '/counter' }])
    const [proof] = await violation
    expect(proof).toBeInstanceOf(ContractFraudProof)
    expect(await readdir(folder.at('bob', 'fraud'))).toHaveLength(1)
    await monitor.close()
    await connection.close()
  })
})
