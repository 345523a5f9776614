import { FAIR_OPS_MAX } from '@vitra/executor'
import { expect, it } from 'vitest'
import { Database, type HistoryEntry } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { connect, TemporaryFolder, WORKBENCH_CONTRACT } from '../src/index.js'

/** The oplogs of the executed ops, in the order of the index. */
async function order(db: Database): Promise<string[]> {
  const oplogs: string[] = []
  for await (const { path, value } of db.index.history({
    path: '/.sys/acks',
  }) as AsyncIterable<HistoryEntry>) {
    const { outcomes } = value as { outcomes?: unknown[] }
    for (let n = 0; n < (outcomes?.length ?? 0); n++) oplogs.push(path.split('/')[3]!)
  }
  return oplogs
}

/** Of each participant: several times what one may get while the other waits. */
const OPS = 4 * FAIR_OPS_MAX

it(`no active oplog waits while another gets more than ${FAIR_OPS_MAX} ops`, async () => {
  await using folder = await TemporaryFolder.make()
  const alice = await Database.create(folder.at('alice'), { contract: { source: WORKBENCH_CONTRACT } })
  const bob = await Database.load(folder.at('bob'), alice.pubkey)
  const identity = await bob.createIdentity()
  await (await alice.call('admit', { pubkey: identity.toString() })).whenProcessed()
  const first = connect(alice, bob)
  await bob.syncLatest()
  await first.close()
  const { key } = bob.localOplog!

  // Both write while the other is away; then the executor finds two full logs at once.
  await bob.call('many', { count: OPS })
  await alice.call('many', { count: OPS })
  await alice.close()
  const back = await Database.load(folder.at('alice'))
  const again = connect(back, bob)
  const [last] = (await bob.pending()).slice(-1)
  await last!.whenProcessed({ timeout: 30_000 })
  await back.executor!.sync()

  const oplogs = await order(back)
  const bobs = key.toString('hex')
  expect(oplogs.filter((oplog) => oplog === bobs)).toHaveLength(OPS)
  const from = oplogs.indexOf(bobs)
  const to = oplogs.lastIndexOf(bobs)
  let longest = 0
  let row = 0
  for (const oplog of oplogs.slice(from, to)) {
    row = oplog === bobs ? 0 : row + 1
    longest = Math.max(longest, row)
  }
  expect(longest).toBeLessThanOrEqual(FAIR_OPS_MAX)
  await checkDatabase(back)
  await again.close()
  await back.close()
  await bob.close()
}, 60_000)
