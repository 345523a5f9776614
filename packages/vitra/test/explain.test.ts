// Where a failed op failed: no record has it, whoever has a copy finds it out.
import { appendOps, connect, TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database, ScriptCallError, Storage } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const SCRIPT = `import assert from 'assert'
export let left = 2
export function take (n) {
  if (n > left) throw new NotEnough(\`there are \${left}\`)
  left -= n
  return left
}
export async function open (name) {
  left = 9
  const text = await state.readFile('/' + name)
  return text
}
export const save = async () => void (await state.writeFile('/none/a', 'x'))
export const checks = (x) => assert(x > 0, 'more than nothing')
export function slips () {
  const nobody = null
  return nobody.name
}
export function forgets () {
  state.unlink('/none')
}
export function caught () {
  try {
    null.x
  } catch (error) {
    throw new Error(error.message === '' ? 'bare' : 'kept')
  }
}
export const spins = () => { for (;;); }
export const text = () => { throw 'a text' }
class NotEnough extends Error {
  name = 'NotEnough'
  code = 'NOT_ENOUGH'
}
`

/** Line and column of a text in the script. */
function at(text: string): { line: number; column: number } {
  const lines = SCRIPT.slice(0, SCRIPT.indexOf(text)).split('\n')
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}

it('a call that failed is explained by whoever has a copy, and nothing is written', async () => {
  await using db = await Database.create(Storage.temporary(), { contract: { script: SCRIPT } })
  const api = db.api()
  const calls: [call: () => Promise<unknown>, why: object][] = [
    [
      () => api.take(3),
      {
        failure: 'contract',
        message: 'there are 2',
        errorName: 'NotEnough',
        reason: 'NOT_ENOUGH',
        places: [at('new NotEnough')],
      },
    ],
    [
      () => api.open('a'),
      {
        failure: 'contract',
        message: "ENOENT: no such file or directory, open '/a'",
        errorName: 'Error',
        reason: 'ENOENT',
        places: [at("readFile('/'")],
      },
    ],
    [
      () => api.save(),
      {
        failure: 'contract',
        message: "ENOENT: no such file or directory, open '/none/a'",
        errorName: 'Error',
        reason: 'ENOENT',
        places: [at('writeFile(')],
      },
    ],
    [
      () => api.checks(-1),
      {
        failure: 'contract',
        message: 'more than nothing',
        errorName: 'AssertionError',
        reason: 'ERR_ASSERTION',
        places: [at('assert(x')],
      },
    ],
    [
      () => api.slips(),
      {
        failure: 'engine',
        message: "Cannot read properties of null (reading 'name')",
        errorName: 'TypeError',
        places: [at('name\n}\nexport function forgets')],
      },
    ],
    [
      () => api.forgets(),
      {
        failure: 'contract',
        message: "ENOENT: no such file or directory, unlink '/none'",
        errorName: 'Error',
        reason: 'ENOENT',
        places: [at('unlink(')],
      },
    ],
    // An error that the script catches is as bare as it was when the op was executed.
    [
      () => api.caught(),
      { failure: 'contract', message: 'bare', errorName: 'Error', places: [at('new Error(error')] },
    ],
    [
      () => api.spins(),
      {
        failure: 'fuel',
        message: 'the op takes more fuel than the rules allow: let it do less',
        places: [],
      },
    ],
    [() => api.text(), { failure: 'contract', message: 'a text', places: [] }],
  ]
  await using copy = await Database.load(Storage.temporary(), db.pubkey)
  const connection = connect(db, copy)
  for (const [call, why] of calls) {
    const error = await call().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ScriptCallError)
    const txId = String((error as ScriptCallError).details.txId)
    const { version } = db.index
    const found = await db.explain(txId)
    expect(found).toEqual({ seq: expect.any(Number), ...why })
    expect(db.index.version).toBe(version)
    await copy.syncFullHistory()
    expect(await copy.explain(txId)).toEqual(found)
  }
  const { tx } = await api.take.receipt(1)
  expect(await db.explain(tx)).toBe(null)
  expect(await db.explain('nobody-0-1')).toBe(null)
  await connection.close()
  await checkDatabase(db)
})

it('an op is run again over what those before it in its batch had changed', async () => {
  await using folder = await TemporaryFolder.make()
  const path = folder.at('db')
  const db = await Database.create(path, { contract: { script: SCRIPT } })
  const { publicKey } = db.localOplog!
  await db.close()
  const take = { call: 'take', args: [1] }
  const first = await appendOps(path, publicKey, db.pubkey, [take, take, take, take])
  await using again = await Database.load(path)
  await again.executor!.sync()
  const oplog = again.oplogs[0]!.key.toString('hex')
  const explained = await again.explain(`${oplog}-${first}-4`)
  expect(explained).toMatchObject({ seq: first + 2, message: 'there are 0', places: [at('new NotEnough')] })
  await checkDatabase(again)
})

it('of a contract it tells the place in the contract', async () => {
  const source = `export const no = (_, emit) => emit({ op: 'NO' })
export const apply = {
  NO () {
    throw new RangeError('no')
  }
}`
  await using db = await Database.create(Storage.temporary(), { contract: { source } })
  const tx = await db.call('no')
  await expect(tx.whenProcessed()).rejects.toMatchObject({ code: 'OP_REJECTED' })
  expect(await db.explain(tx)).toEqual({
    seq: 0,
    failure: 'contract',
    message: 'no',
    errorName: 'RangeError',
    places: [{ line: 4, column: 11 }],
  })
  await checkDatabase(db)
})

it('a script whose init throws says where', async () => {
  const script = `exports.init = () => {\n  throw new Error('not today')\n}`
  await expect(Database.create(Storage.temporary(), { contract: { script } })).rejects.toMatchObject({
    code: 'CALL_FAILED',
    message: 'not today',
    details: { call: 'init', place: { line: 2, column: 9 } },
  })
})
