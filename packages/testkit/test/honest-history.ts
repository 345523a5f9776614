/** An honest history that has something for each lie: several batches, failures, a removal, an upgrade. */
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { COUNTING_WORKBENCH_CONTRACT, WORKBENCH_CONTRACT } from '../src/index.js'

/** Gives the oplog of the participant that is removed. */
export async function writeHonestHistory(path: string): Promise<Uint8Array> {
  const db = await Database.create(path, { contract: { source: WORKBENCH_CONTRACT } })
  const other = await db.createIdentity()
  const run = async (method: string, params: object) => {
    const tx = await db.call(method, params)
    await tx.whenProcessed().catch((error) => {
      if (error.code !== 'OP_REJECTED') throw error
    })
  }
  await run('put', { key: 'a', value: 1 })
  await run('many', { count: 5 })
  await run('fail', { message: 'as it should' })
  await run('admit', { pubkey: other.toString() })
  await run('put', { key: 'b', value: { deep: [1, 2, 3] } })
  await run('put', { key: 'c', value: 'text' })
  await run('twice', { key: 'a', value: 2 })
  await run('upgrade', { code: `${COUNTING_WORKBENCH_CONTRACT}\n// the second version` })
  await run('remove', { pubkey: other.toString() })
  await run('del', { key: 'c' })
  await run('put', { key: 'last', value: 'one' })
  const { key } = db.oplogs.find((oplog) => !oplog.active)!
  await checkDatabase(db)
  await db.close()
  return key
}
