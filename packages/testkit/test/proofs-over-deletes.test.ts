/**
 * Lies behind batches that put and delete the same keys: blocks that such a batch leaves behind hold nodes that point to
 * later blocks. A stranger who lays out a batch over them must still be convinced.
 */
import { Sandbox } from '@vitra/sandbox'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { DishonestExecutor, type History, readHistory, TemporaryFolder } from '../src/index.js'
import { accuse } from './accusers.js'

const CONTRACT = `
export function change ({ seed, mostly }, emit) { emit({ op: 'CHANGE', seed, mostly }) }
export const apply = {
  CHANGE (tx, { seed, mostly }) {
    let state = seed
    for (let n = 0; n < 150; n++) {
      state = (state * 1103515245 + 12345) % 2147483648
      const key = '/k/' + (state >> 8) % 90
      state = (state * 1103515245 + 12345) % 2147483648
      if ((state >> 8) % 100 < mostly) tx.delete(key)
      else tx.put(key, n)
    }
  }
}`
const BATCHES = 14

class LaysOutOtherwise extends DishonestExecutor {
  readonly does = 'lays out a batch change by change'
  readonly expected = 'non-canonical-index'
  readonly #batch: number

  constructor(batch: number) {
    super()
    this.#batch = batch
  }

  override layOut(changes: Parameters<DishonestExecutor['layOut']>[0], number: number) {
    return number === this.#batch ? changes.map((change) => [change]) : [changes]
  }
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

async function history(): Promise<History> {
  await using folder = await TemporaryFolder.make()
  const db = await Database.create(folder.at('db'), { contract: { source: CONTRACT } })
  for (let seed = 1; seed <= BATCHES; seed++) {
    const tx = await db.call('change', { seed, mostly: [2, 50, 95][seed % 3]! })
    await tx.whenProcessed()
  }
  await checkDatabase(db)
  await db.close()
  return await readHistory(folder.at('db'))
}

it('are proved to a stranger', async () => {
  const honest = await history()
  for (let batch = BATCHES - 7; batch < BATCHES; batch++) {
    const { report, proof, key } = await accuse(structuredClone(honest), new LaysOutOtherwise(batch), sandbox)
    expect(report.violation?.code, `batch ${batch}`).toBe('non-canonical-index')
    expect(await check(proof, { pubkey: key, sandbox }), `batch ${batch}`).toMatchObject({ ok: true })
  }
})
