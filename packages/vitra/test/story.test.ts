/** The logs of a database as a story: complete, in order, from either end, and the same whichever way it is read. */
import { encodeEcho, toHex } from '@vitra/log'
import { appendBlocks, connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database, type StoryLine, type StoryOptions } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests()

const contract = { source: WORKBENCH_CONTRACT }
const acknowledge = true
let folder: TemporaryFolder
beforeAll(async () => {
  folder = await TemporaryFolder.make()
})
afterAll(() => folder[Symbol.asyncDispose]())

async function storyOf(db: Database, options: StoryOptions = {}): Promise<StoryLine[]> {
  const lines: StoryLine[] = []
  for await (const line of db.story(options)) lines.push(line)
  return lines
}

async function run(db: Database, method: string, params: object): Promise<void> {
  const tx = await db.call(method, params)
  await tx.whenProcessed({ timeout: 60_000 }).catch((error) => {
    if (error.code !== 'OP_REJECTED') throw error
  })
}

/** Every line comes after what it refers to, and nobody's lines are out of order. */
function expectOrder(lines: readonly StoryLine[]): void {
  const calls = new Map<string, number>()
  let results = 0
  for (const line of lines) {
    if (line.kind === 'result') {
      expect(line.position).toBe(++results)
      expect(calls.get(line.participant)).toBeGreaterThanOrEqual(line.call)
      continue
    }
    expect(line.position).toBe((calls.get(line.participant) ?? 0) + 1)
    calls.set(line.participant, line.position)
    if (line.kind === 'ack' && line.results !== null) expect(line.results).toBeLessThanOrEqual(results)
  }
}

describe('a story', () => {
  it('tells calls, results and acknowledgements as they followed on each other', async () => {
    await using db = await Database.create(folder.at('one'), { contract, acknowledge })
    await run(db, 'put', { key: 'a', value: 'Hello world' })
    await run(db, 'fail', { message: 'no' })
    await run(db, 'nothing', {})
    const lines = await storyOf(db)
    const participant = db.localOplog!.publicKey.toString('hex')
    const put = { op: 'PUT', key: 'a', value: 'Hello world' }
    expect(lines.slice(0, 8)).toMatchObject([
      { kind: 'call', participant, position: 1, op: put, executed: true },
      {
        kind: 'result',
        position: 1,
        participant,
        call: 1,
        op: put,
        outcome: { kind: 'ok' },
        value: 'Hello world',
      },
      { kind: 'ack', participant, position: 2, results: 1, agrees: true },
      { kind: 'call', position: 3, op: { op: 'FAIL' }, executed: true },
      { kind: 'result', position: 2, call: 3, outcome: { kind: 'failed', code: 'contract', message: 'no' } },
      { kind: 'ack', position: 4, results: 2 },
      { kind: 'call', position: 5 },
      { kind: 'result', position: 3, call: 5, value: 1 },
    ])
    expectOrder(lines)
    const own = await storyOf(db, { log: participant })
    expect(own.slice(0, 5).map(({ kind }) => kind)).toEqual(['call', 'ack', 'call', 'ack', 'call'])
    const host = await storyOf(db, { log: 'host' })
    expect(host).toEqual(lines.filter(({ kind }) => kind === 'result'))
    await expect(storyOf(db, { log: '0'.repeat(64) })).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' })
    await expect(storyOf(db, { log: 'bob' })).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await checkDatabase(db)
  })

  it('is the same from either end, of any length, with several participants, batches and blocks that are no ops', async () => {
    const path = folder.at('many')
    const db = await Database.create(path, { contract, acknowledge, limits: { runBytesMax: 200 } })
    const key = new Uint8Array(db.pubkey)
    const bob = await Database.load(folder.at('bob'), db.pubkey, { acknowledge })
    const { publicKey } = await bob.createIdentity()
    const connection = connect(db, bob)
    await run(db, 'admit', { pubkey: publicKey.toString('hex') })
    await bob.syncLatest()
    for (let n = 0; n < 5; n++)
      await Promise.all([run(db, 'many', { count: 7 }), run(bob, 'put', { key: `b${n}`, value: n })])
    await bob.syncLatest()
    await connection.close()
    await bob.close()
    const alice = new Uint8Array(db.localOplog!.publicKey)
    await db.close()
    await appendBlocks(path, alice, key, [Uint8Array.of(1, 2, 3), encodeEcho(7, new Uint8Array(32))])
    await using again = await Database.load(path, undefined, { acknowledge: false })
    await again.executor!.sync()

    const lines = await storyOf(again)
    expectOrder(lines)
    const results = lines.filter(({ kind }) => kind === 'result')
    expect(results).toHaveLength(1 + 5 * 8)
    expect(lines.filter(({ kind }) => kind === 'other')).toHaveLength(1)
    expect(lines.filter((line) => line.kind === 'ack' && line.agrees === false)).toHaveLength(1)
    const acks = lines.filter((line) => line.kind === 'ack')
    expect(acks.filter(({ results: count }) => count !== null).length).toBe(acks.length - 1)
    expect((await storyOf(again, { reverse: true })).reverse()).toEqual(lines)
    for (const limit of [0, 1, 2, 10, lines.length, lines.length + 5]) {
      expect(await storyOf(again, { limit })).toEqual(lines.slice(0, limit))
      const newest = (await storyOf(again, { limit, reverse: true })).reverse()
      expect(newest).toEqual(lines.slice(Math.max(0, lines.length - limit)))
    }
    for (const { publicKey: log } of again.oplogs) {
      const own = await storyOf(again, { log })
      const seen = lines.filter((line) => line.kind !== 'result' && line.participant === toHex(log))
      const where = (line: StoryLine) => [line.kind, line.position]
      expect(own.map(where)).toEqual(seen.map(where))
      expect((await storyOf(again, { log, reverse: true })).reverse()).toEqual(own)
      expect(await storyOf(again, { log, reverse: true, limit: 3 })).toEqual(own.slice(-3).reverse())
    }
    await checkDatabase(again, { verdict: 'inconclusive' }) // what alice acknowledges with zeros is not true
  })

  it('goes on as the database grows, and tells what waits last', async () => {
    await using db = await Database.create(folder.at('grows'), { contract, acknowledge: false })
    expect(await storyOf(db)).toEqual([])
    expect(await storyOf(db, { reverse: true })).toEqual([])
    for (let n = 1; n < 4; n++) {
      await run(db, 'put', { key: 'k', value: n })
      const [newest] = await storyOf(db, { reverse: true, limit: 1 })
      expect(newest).toMatchObject({ kind: 'result', position: n, value: n })
    }
    await using copy = await Database.load(folder.at('copy'), db.pubkey, { acknowledge: false })
    const { publicKey } = await copy.createIdentity()
    const connection = connect(db, copy)
    await run(db, 'admit', { pubkey: publicKey.toString('hex') })
    await copy.syncLatest()
    await connection.close()
    await copy.call('put', { key: 'later', value: 1 })
    const lines = await storyOf(copy)
    expect(lines.at(-1)).toMatchObject({ kind: 'call', position: 1, executed: false, op: { key: 'later' } })
    expect((await storyOf(copy, { reverse: true })).reverse()).toEqual(lines)
    await checkDatabase(db)
  })
})
