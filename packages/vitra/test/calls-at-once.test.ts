// Calls that are made at once and go to the guest together: each op is written once, whatever becomes of the calls beside it.
import { Random, TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database, type Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const SOURCE = `import { index } from 'contract'
export async function set ({ n }, emit) { emit({ op: 'SET', n }); return (await index.get('/count'))?.value ?? 0 }
export function fails ({ n }, emit) { emit({ op: 'SET', n }); throw new Error('no ' + n) }
export function hangs ({ n }, emit) { emit({ op: 'SET', n }); return /^(a|a)*$/.test('a'.repeat(64) + 'b') }
export async function get ({ n }) { return (await index.get('/set/' + n))?.value ?? null }
export const apply = {
  async SET (tx, { n }) {
    tx.put('/set/' + n, ((await index.get('/set/' + n))?.value ?? 0) + 1)
    tx.put('/count', ((await index.get('/count'))?.value ?? 0) + 1)
  }
}`

const COUNT = 400
const seed = Number(process.env.VITRA_SEED ?? 5)

it(`are written once each, seed ${seed}`, { timeout: 120_000 }, async () => {
  await using folder = await TemporaryFolder.make()
  const db = await Database.create(folder.at('db'), { contract: { source: SOURCE }, sandbox: { opMs: 400 } })
  const random = new Random(seed)
  const methods = Array.from({ length: COUNT }, () => random.pick(['set', 'set', 'set', 'fails', 'get']))
  // Six of them within minutes, and the contract is refused.
  for (const at of [7, 150, 380]) methods[at] = 'hangs'
  const settled = await Promise.allSettled(methods.map((method, n) => db.call(method, { n })))
  const written = methods.flatMap((method, n) => (method === 'set' ? [n] : []))
  for (const [n, result] of settled.entries()) {
    if (methods[n] === 'fails')
      expect(result).toMatchObject({ reason: { code: 'CONTRACT_ERROR', message: `no ${n}` } })
    else if (methods[n] === 'hangs') expect(result).toMatchObject({ reason: { code: 'CALL_TIMEOUT' } })
    else expect(result).toMatchObject({ status: 'fulfilled' })
  }
  for (const n of written) await (settled[n] as PromiseFulfilledResult<Transaction>).value.whenProcessed()
  const found = await Promise.all(methods.map((_, n) => db.call('get', { n })))
  expect(found.map(({ response }) => response)).toEqual(
    methods.map((method) => (method === 'set' ? 1 : null)),
  )
  expect((await db.index.get('/count'))?.value).toBe(written.length)
  await checkDatabase(db)
  await db.close()
})
