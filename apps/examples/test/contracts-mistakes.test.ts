// The common mistakes of docs/contracts.md do what the table says: each row is made here.
import { readFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { Database, Storage, type TransactionError } from 'vitra'
import { checkDatabase } from 'vitra/testing'

vi.setConfig({ testTimeout: 120_000 })

const DOC = await readFile(new URL('../../../docs/contracts.md', import.meta.url), 'utf8')
const ROWS = DOC.split('## Common mistakes')[1]!
  .split('\n')
  .map((line) => /^\| (.*?) \| .* \| (?:`([\w-]+)`|none) \|$/.exec(line))
  .flatMap((match) => (match === null ? [] : [{ mistake: match[1]!, code: match[2] ?? 'none' }]))

/** Mistakes in a handler: its body, and what it leaves at `/x` where the op goes through. */
const HANDLERS: [mistake: string, body: string, left?: unknown][] = [
  ['to keep state in a variable', 'tx.put("/x", ++calls)', 1],
  ['to read with `index.get`', 'tx.put("/y", 1); tx.put("/x", await index.get("/y"))', null],
  ['not to await a promise', 'index.get("/x").then(() => later()).then(() => tx.put("/x", 1))', undefined],
  [
    'to list',
    'tx.put("/n/9", 1); tx.put("/n/10", 1); tx.put("/x", (await tx.list("/n")).map(({ name }) => name))',
    ['10', '9'],
  ],
  ['`Date.now()`', 'Date.now()'],
  ['`Date.now()`', 'Math.random()'],
  ['`emit` in `apply`', 'emit({ op: "x" })'],
  ['`oplog` in', 'await oplog.getLength()'],
  ['`isWriter` in', 'tx.put("/x", isWriter)'],
  ["`tx.put('/users/', …)`", 'tx.put("/users/", 1)'],
  ["`tx.put('/users/', …)`", 'tx.put("/users/" + "../admin", 1)'],
  ['`{ name: undefined }`', 'tx.put("/x", { name: undefined })'],
  ['`{ name: undefined }`', 'tx.put("/x", new Map())'],
  ['`{ name: undefined }`', 'tx.put("/x", NaN)'],
  ['to write below `/.sys`', 'tx.put("/.sys/inputs/x", 1)'],
  ['`tx.addOplog` for an active', 'tx.addOplog(ack.origin)'],
  ['`await new Promise', 'await new Promise(() => {})'],
  [
    'recursion over data',
    'const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1)); tx.put("/x", deep(1_000_000))',
  ],
  ['to upgrade to a source', 'tx.setContractSource({ code: "export function apply (" })'],
]

/** Mistakes for which a source is no contract. */
const SOURCES: [mistake: string, source: string][] = [
  ["`import fs from 'fs'`", "import fs from 'fs'; export const apply = {}"],
  ['to read `index`', "import { index } from 'contract'; await index.get('/x'); export const apply = {}"],
  ['no `export` before `apply`', 'const apply = {}'],
  ['a syntax newer', "import x from 'util' with { type: 'json' }; export const apply = {}"],
]

/** Mistakes that have a test of their own below. */
const OTHERS = [
  'to believe what is in an op',
  'a method emits',
  'a loop over all entries',
  "`db.call('get', 'bob')`",
  'a method returns',
]

const codeOf = (mistake: string): string => {
  const [row, ...more] = ROWS.filter((candidate) => candidate.mistake.startsWith(mistake))
  expect([row !== undefined, more], `one row for ${mistake}`).toEqual([true, []])
  return row!.code
}

const CONTRACT = `
import { index, isWriter, oplog } from 'contract'
let calls = 0
const later = async () => { for (let n = 0; n < 20; n++) await null }
export const run = ({ op }, emit) => emit(op)
export const get = ({ amount }) => amount
export const odd = () => new Map()
export function pay ({ amount }, emit) { if (amount > 0) emit({ op: 'PAY', amount }) }
export const apply = {
  clear (tx) { tx.del('/x') },
  PAY (tx, { amount }) { tx.put('/x', amount) },
  loop () { for (;;); },
  ${HANDLERS.map(([, body], n) => `async case${n} (tx, op, ack) { ${body} }`).join(',\n  ')}
}`

/** Code with which an op fails, or 'none'. */
async function outcome(db: Database, op: object): Promise<unknown> {
  const tx = await db.call('run', { op })
  return tx.whenProcessed().then(
    () => 'none',
    (error: TransactionError) => (error.details as { failure: string }).failure,
  )
}

const create = (opMs = 5000) =>
  Database.create(Storage.temporary(), { contract: { source: CONTRACT }, sandbox: { opMs } })

describe('the common mistakes', () => {
  it('are all made here', () => {
    const made = [...HANDLERS, ...SOURCES].map(([mistake]) => mistake).concat(OTHERS)
    expect(ROWS.length).toBeGreaterThan(15)
    expect(ROWS.filter(({ mistake }) => !made.some((start) => mistake.startsWith(start)))).toEqual([])
    for (const mistake of made) codeOf(mistake)
  })

  it('in a handler', async () => {
    await using db = await create()
    for (const [n, [mistake, body, left]] of HANDLERS.entries()) {
      await outcome(db, { op: 'clear' })
      expect([body, await outcome(db, { op: `case${n}` })]).toEqual([body, codeOf(mistake)])
      if (codeOf(mistake) === 'none') expect((await db.index.get('/x'))?.value).toEqual(left)
    }
    expect(await outcome(db, { op: 'pay' })).toBe(codeOf('a method emits'))
    expect(await outcome(db, { op: 'PAY', amount: -1 })).toBe(codeOf('to believe what is in an op'))
    expect((await db.index.get('/x'))?.value).toBe(-1)
    await checkDatabase(db)
  })

  it('in a loop', async () => {
    await using db = await create(60_000)
    expect(await outcome(db, { op: 'loop' })).toBe(codeOf('a loop over all entries'))
    await checkDatabase(db)
  })

  it.each(SOURCES)('in a source: %s', async (mistake, source) => {
    const creation = Database.create(Storage.temporary(), { contract: { source } })
    await expect(creation).rejects.toMatchObject({ code: codeOf(mistake) })
  })

  it('in a call', async () => {
    await using db = await create()
    await expect(db.call('get', 'bob' as never)).rejects.toMatchObject({
      code: codeOf("`db.call('get', 'bob')`"),
    })
    await expect(db.call('odd')).rejects.toMatchObject({ code: codeOf('a method returns') })
    await checkDatabase(db)
  })
})
