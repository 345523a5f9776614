import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { COUNTER_CONTRACT, connect, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { check } from '@vitra/verifier/replay'
import { describe, expect, it } from 'vitest'
import { ContractFraudProof, Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

/** What the proofs in a folder prove, by the key alone. */
async function provenIn(folder: string, pubkey: Uint8Array): Promise<unknown[]> {
  const proven: unknown[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.proof'))) {
    const { ok, proves } = await check(await readFile(path.join(folder, name)), { pubkey })
    if (ok && proves?.kind === 'fraud') proven.push(proves.violation.code)
  }
  return proven
}

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
    expect(await provenIn(folder.at('db', 'fraud'), db.pubkey)).toEqual(['unprompted-change'])
    expect(error.unproved).toBeNull()
    expect(await check(error.proof, { pubkey: db.pubkey })).toMatchObject({ ok: true, code: 'proved' })
    expect((await db.index.get('/counter'))?.value).toBe(1)
    await expect(db.call('increment')).rejects.toMatchObject({
      code: 'CONTRACT_VIOLATED',
      message: expect.stringContaining('unprompted-change'),
    })
    await db.close()
    await using again = await Database.load(folder.at('db'))
    await expect(again.call('get')).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' })
    expect((await again.index.get('/counter'))?.value).toBe(1)
    expect(await again.frauds()).toMatchObject([{ proof: error.proof, unproved: null }])
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
    // Read at once, before anything else can run: it is on disk by then.
    const onDisk = new Promise<string[]>((resolve) => {
      monitor.once('violation', () => resolve(readdirSync(folder.at('bob', 'fraud')).sort()))
    })
    const violation = once(monitor, 'violation')
    await alice.index.dangerousBatch([{ type: 'del', path: '/counter' }])
    const [proof] = await violation
    expect(proof).toBeInstanceOf(ContractFraudProof)
    expect(await onDisk).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.proof$/)])
    expect(await provenIn(folder.at('bob', 'fraud'), alice.pubkey)).toEqual(['unprompted-change'])
    await monitor.close()
    await connection.close()
  })

  it('is still told where its proof on disk is damaged', async () => {
    await using folder = await TemporaryFolder.make()
    {
      await using db = await Database.create(folder.at('db'), counter)
      await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
      await expect(db.verify()).rejects.toMatchObject({ proof: { kind: 'fraud' } })
    }
    const names = await readdir(folder.at('db', 'fraud'))
    const proof = names.find((name) => name.endsWith('.proof'))!
    await writeFile(folder.at('db', 'fraud', proof), 'no proof')
    await using db = await Database.load(folder.at('db'))
    const [kept] = await db.frauds()
    expect(kept).toMatchObject({ violation: { code: 'unprompted-change' }, proof: null })
    expect(kept?.unproved).toMatch(/cannot be read/)
    await expect(db.verify()).rejects.toMatchObject({ proof: { kind: 'fraud' } })
    expect(await provenIn(folder.at('db', 'fraud'), db.pubkey)).toEqual(['unprompted-change'])
  })
})
