/** Scripts that fail in every way and ops that no method writes, executed and audited: nobody is accused, nothing is left open. */
import { readOp, type Value } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { appendOps, readHistory, TemporaryFolder, testSeed } from '../src/index.js'
import { accuse } from './accusers.js'
import { useGuests } from './guests.js'
import { playCase, scriptCase, UNHURRIED } from './script-campaign.js'

useGuests()

const CASES = 6
const seed = testSeed()

let folder: TemporaryFolder
let fresh: Sandbox
beforeAll(async () => {
  folder = await TemporaryFolder.make()
  fresh = await Sandbox.open({ freshRealms: true, ...UNHURRIED })
})
afterAll(async () => {
  await fresh.close()
  await folder[Symbol.asyncDispose]()
})

/** Fails in every way that there is. */
const FAILING = `
exports.n = 0
exports.init = () => state.writeFile('/a', 'text')
exports.add = () => ++exports.n
exports.throws = () => { exports.n = 9; state.writeFile('/a', 'other'); throw new Error('no') }
exports.throwsNothing = () => { exports.n = 9; throw undefined }
exports.spins = () => { exports.n = 9; for (;;); }
exports.recurses = () => { exports.n = 9; exports.recurses() }
exports.hangs = () => { exports.n = 9; return new Promise(() => {}) }
exports.writesTooMuch = async () => { for (let i = 0; i < 20_000; i++) await state.writeFile('/f' + i, 'x') }
exports.writesTooBig = () => state.writeFile('/a', 'x'.repeat(3_000_000))
exports.forgets = () => { exports.n = 9; state.unlink('/none') }
exports.keepsNone = () => { exports.n = new Map() }
exports.returnsNone = () => { exports.n = 9; return new Map() }
exports.usesNone = () => { exports.n = 9; return null.x }
exports.admits = () => { exports.n = 9; participants.add('nobody') }
exports.late = () => { const go = async () => { for (;;) { await null; exports.n = 9 } }; go() }
`

/** What no method writes. */
const PAST_THE_METHODS: readonly Value[] = [
  ...['__proto__', 'constructor', 'toString', 'init', 'n', '', 'a\u0000dd', '\u202eadd'].map((call) => ({
    call,
    args: [],
  })),
  { call: 'add', args: {} },
  { call: 'add', args: 'list' },
  { call: 'add', args: [], more: 1 },
  { call: 'add', args: Array<Value>(40_000).fill(0) },
  { call: 'x'.repeat(10_000), args: [] },
  { call: ['add'], args: [] },
  'add',
  [],
  42,
]

it('calls that fail in every way change nothing, and the history is valid', async () => {
  const names = [...FAILING.matchAll(/^exports\.(\w+) = (?:async )?\(/gm)].map(([, name]) => name!)
  const failing = names.filter((name) => name !== 'init' && name !== 'add')
  const ops: Value[] = failing.flatMap((call) => [
    { call, args: [] },
    { call: 'add', args: [] },
  ])
  const stranger = ['addParticipant', 'removeParticipant'].map((call) => ({ call, args: ['ab'.repeat(32)] }))
  ops.push(...stranger, ...PAST_THE_METHODS)
  const path = folder.at('failing')
  const db = await Database.create(path, { contract: { script: FAILING } })
  const caller = await db.createIdentity()
  await db.api().addParticipant(caller.toString())
  await db.close()
  await appendOps(path, caller.publicKey, db.pubkey, ops)
  await using again = await Database.load(path)
  await again.executor!.sync()
  await checkDatabase(again)
  expect((await again.index.get('/a'))?.value).toBe('text')
  expect((await again.index.get('/.exports/n'))?.value).toBe(failing.length)
  await again.close()
  const history = await readHistory(path)
  const { report } = await accuse(history, null, fresh)
  expect(report.verdict).toBe('valid')
  const told: Record<string, string | undefined> = {}
  let past = 0
  const { blocks, input } = history.oplogs.find(({ input }) =>
    Buffer.from(caller.publicKey).equals(input.signer),
  )!
  for (const { oplog, firstSeq, executed } of history.batches.flatMap(({ runs }) => runs)) {
    if (!Buffer.from(oplog).equals(input.oplog)) continue
    for (const [at, { outcome }] of executed.entries()) {
      const { call } = readOp(blocks[firstSeq + at]!) as { call: string }
      if (failing.includes(call)) told[call] = outcome.code
      else if (outcome.kind === 'failed') past++
    }
  }
  expect(past).toBe(stranger.length + PAST_THE_METHODS.length)
  expect(told).toEqual({
    throws: 'contract',
    throwsNothing: 'contract',
    spins: 'fuel',
    recurses: 'depth',
    hangs: 'never-settles',
    writesTooMuch: 'size',
    writesTooBig: 'value',
    forgets: 'contract',
    keepsNone: 'value',
    returnsNone: 'value',
    usesNone: 'engine',
    admits: 'value',
    late: 'fuel',
  })
})

it(`random scripts and ops are executed as they are audited (seed ${seed})`, async () => {
  let executed = 0
  await fc.assert(
    fc.asyncProperty(scriptCase, async (one) => {
      const { ok, failed } = await playCase(folder, fresh, one)
      executed += ok + failed
    }),
    { numRuns: CASES, seed, interruptAfterTimeLimit: 300_000, endOnFailure: true },
  )
  expect(executed).toBeGreaterThan(0)
}, 600_000)
