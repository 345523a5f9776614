/** spec/8-durability §2, a whole database: executor and participants that lose power in the middle of their work. */

import { readdir, rm, truncate } from 'node:fs/promises'
import { COUNTER_CONTRACT, connect, TemporaryFolder, testSeed, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { losePowerAgainAndAgain } from './power-cut.js'

useGuests({ secondLooks: false })

const ROUNDS = 3
const TEST_MS = 300_000
const LONG = { timeout: 60_000 }

it(
  `signs one history of every log through ${ROUNDS} power cuts, and loses nothing`,
  () => losePowerAgainAndAgain(testSeed(), ROUNDS),
  TEST_MS,
)

it(
  'a call that a power cut left in the journal alone is executed, though nobody calls again',
  async () => {
    await using folder = await TemporaryFolder.make()
    await using alice = await Database.create(folder.at('alice'), {
      contract: { source: WORKBENCH_CONTRACT },
    })
    const bob = await Database.load(folder.at('bob'), alice.pubkey)
    const { publicKey } = await bob.createIdentity()
    await (await alice.call('admit', { pubkey: publicKey.toString('hex') })).whenProcessed()
    const first = connect(alice, bob)
    await bob.syncFullHistory(LONG)
    await first.close()
    const { txId } = await bob.call('put', { key: 'a', value: 1 })
    await bob.close()
    const db = folder.at('bob', 'logs', 'db')
    const logs = (await readdir(db)).filter((name) => /^\d+\.log$/.test(name)).sort()
    await truncate(`${db}/${logs.at(-1)}`, 0)

    await using back = await Database.load(folder.at('bob'))
    const [pending] = await back.pending()
    const connection = connect(alice, back)
    await back.syncLatest(LONG)
    await (pending ?? (await back.findTransaction(txId)))!.whenProcessed(LONG)
    expect(await alice.index.get('/values/a')).toMatchObject({ value: 1 })
    await back.syncFullHistory(LONG)
    await connection.close()
    await checkDatabase(back)
  },
  TEST_MS,
)

it(
  'an executor that has lost its logs and journals waits for a peer, and then goes on',
  async () => {
    await using folder = await TemporaryFolder.make()
    const alice = await Database.create(folder.at('alice'), { contract: { source: COUNTER_CONTRACT } })
    await using carol = await Database.load(folder.at('carol'), alice.pubkey)
    const connection = connect(alice, carol)
    for (let n = 0; n < 3; n++) await (await alice.call('increment')).whenProcessed()
    await carol.syncFullHistory(LONG)
    await connection.close()
    await alice.close()
    for (const part of ['journal', 'logs/db']) await rm(folder.at('alice', part), { recursive: true })

    await using back = await Database.load(folder.at('alice'))
    expect(back.executor).toBe(null)
    const again = connect(back, carol)
    await back.syncFullHistory(LONG)
    while (back.executor === null) await new Promise((resolve) => setTimeout(resolve, 5))
    await (await back.call('increment')).whenProcessed(LONG)
    expect((await back.call('get')).response).toBe(4)
    await carol.syncFullHistory(LONG)
    await again.close()
    expect(await checkDatabase(carol)).toMatchObject({ ops: 4, waiting: 0 })
  },
  TEST_MS,
)
