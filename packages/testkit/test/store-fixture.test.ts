/** What earlier versions wrote is opened, audited, gone on with, and believed by this one (spec/README, Versions). */
import { readdirSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fromHex, toHex } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database, Transaction } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { TemporaryFolder } from '../src/index.js'
import { useGuests } from './guests.js'
import type { StoreFixture } from './store-fixture.js'

useGuests()

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await Sandbox.open()
})

afterAll(() => sandbox.close())

it('the first version of the protocol has a fixture', () => {
  expect(readdirSync(FIXTURES)).toContain('protocol-1')
})

describe.each(readdirSync(FIXTURES))('%s', (name) => {
  const text = readFileSync(`${FIXTURES}/${name}/fixture.json`, 'utf8')
  const fixture: StoreFixture = JSON.parse(text)
  const { key, version, treeHash, entries, transaction, proofs } = fixture

  async function openCopy(folder: TemporaryFolder): Promise<Database> {
    await cp(`${FIXTURES}/${name}/store`, folder.at('db'), { recursive: true })
    return Database.load(folder.at('db'))
  }

  it('opens with the same state, and an audit says valid', async () => {
    await using folder = await TemporaryFolder.make()
    await using db = await openCopy(folder)
    expect(toHex(db.pubkey)).toBe(key)
    expect(db.index.version).toBe(version)
    const { head } = await db.proofs.head()
    expect(toHex(head.treeHash)).toBe(treeHash)
    const found = await db.index.list('/values')
    expect(found.map(({ path, value }) => ({ path, value }))).toEqual(entries)
    expect((await checkDatabase(db)).version).toBe(version)
  })

  it('goes on from there', async () => {
    await using folder = await TemporaryFolder.make()
    {
      await using db = await openCopy(folder)
      await (await db.call('put', { key: 'later', value: name })).whenProcessed()
      await checkDatabase(db)
    }
    await using db = await Database.load(folder.at('db'))
    expect(await db.index.get('/values/later')).toMatchObject({ value: name })
    expect(db.index.version).toBeGreaterThan(version)
    await checkDatabase(db)
  })

  it('keeps receipts that hold without any database, and grow again to the same bytes', async () => {
    await using folder = await TemporaryFolder.make()
    const detached = Transaction.fromJSON(transaction)
    const shown = await detached.verifyInclusion(fromHex(key))
    expect(shown.map(({ ack }) => ack.success)).toEqual([true])
    await using db = await openCopy(folder)
    const again = (await db.findTransaction(detached.txId))!
    await again.fetchReceipt()
    expect(again.toJSON()).toEqual(transaction)
    await checkDatabase(db)
  })

  it.each(proofs.map((proof) => [`${proof.shows} ${proof.violation ?? ''}`, proof]))(
    'proves %s',
    async (_, proof) => {
      const bytes = fromHex(proof.bytes)
      const verdict = await check(bytes, { pubkey: fromHex(proof.key), sandbox })
      expect(verdict).toMatchObject({ ok: true, code: 'proved' })
      if (proof.violation !== undefined)
        expect(verdict.proves).toMatchObject({ kind: 'fraud', violation: { code: proof.violation } })
      const other = fromHex(proof.key).map((byte) => byte ^ 1)
      expect(await check(bytes, { pubkey: other, sandbox })).toMatchObject({ ok: false })
    },
  )
})
