import { describe, expect, it } from 'vitest'
import {
  CURRENT_RULES,
  checkInclusion,
  decodeValue,
  encodeRules,
  encodeValue,
  IndexLog,
  IndexWriter,
  indexIdentity,
  Log,
  LogWriter,
  layOutBatch,
  layOutGenesis,
  logKey,
  newKeyPair,
  proveInclusion,
  randomBytes,
  readInputs,
  Storage,
  sodiumCrypto,
} from '../src/index.js'

async function createIndex() {
  const storage = Storage.temporary()
  await storage.create()
  const owner = newKeyPair()
  const founder = newKeyPair()
  const genesis = {
    source: 'export const apply = {}',
    founders: [founder.publicKey],
    rules: encodeRules(CURRENT_RULES),
    nonce: randomBytes(32),
  }
  const identity = indexIdentity(sodiumCrypto, owner.publicKey, genesis)
  const log = await Log.open(storage, identity)
  const writer = await LogWriter.open(log, storage, owner)
  const indexKey = logKey(sodiumCrypto, identity)
  const entries = layOutGenesis({ ...genesis, indexKey, initialState: [], ts: 1, engine: 'v8-11.3' })
  const layout = await IndexWriter.open(null)
  const laidOut = await layout.layOut(entries)
  return { storage, owner, founder, genesis, log, writer, entries, laidOut, indexKey }
}

describe('index log', () => {
  it('publishes genesis in one append whose tree hash is the one computed beforehand', async () => {
    const { storage, log, writer, laidOut, entries, founder } = await createIndex()
    const head = await writer.append(laidOut.blocks)
    expect(head.treeHash).toEqual(laidOut.treeHash)
    expect(head.treeHash).toEqual(await log.treeHashAt(head.length))
    expect(head.length).toBe(entries.length + 1)
    const index = await IndexLog.open(log)
    const current = await index.current()
    expect(current.record.blocks).toBe(head.length)
    expect(await current.contractSource()).toBe('export const apply = {}')
    const inputs = await readInputs(current.source)
    expect(inputs.map((input) => input.signer)).toEqual([founder.publicKey])
    await index.close()
    await writer.close()
    await storage.close()
  })

  it('lays out batches over a log exactly as an audit does over nothing', async () => {
    const { storage, log, writer, laidOut, entries } = await createIndex()
    let head = await writer.append(laidOut.blocks)
    const live = await IndexWriter.open(log)
    const audit = await IndexWriter.open(null)
    expect((await audit.layOut(entries)).blocks).toEqual(laidOut.blocks)
    for (let n = 1; n < 30; n++) {
      const path = `/k/${n % 7}`
      const unprompted = [
        { path, value: encodeValue(n) },
        { path, value: encodeValue(n) },
        { path, value: null },
        { path, value: encodeValue(n) },
      ]
      const { changes } = layOutBatch(
        { number: n, prevHead: head, lastTs: n, engine: 'v8-11.3', runs: [], unprompted },
        new Map(),
      )
      const a = await live.layOut(changes)
      const b = await audit.layOut(changes)
      expect(b.treeHash).toEqual(a.treeHash)
      expect(a.blocks.length).toBe(changes.length)
      head = await writer.append(a.blocks)
      live.settle()
      expect(head.treeHash).toEqual(a.treeHash)
    }
    const index = await IndexLog.open(log)
    const items = await (await index.current()).list('/k')
    expect(items.map((item) => item.name)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
    expect(decodeValue(items[1]!.value!)).toBe(29)
    const past = await index.at(laidOut.blocks.length)
    expect(await past.list('/k')).toEqual([])
    await expect(index.at(laidOut.blocks.length + 1)).rejects.toMatchObject({ code: 'NOT_A_BATCH_END' })
    await past.close()

    for (const seq of [0, 3, head.length - 1]) {
      const proof = await proveInclusion(log, seq)
      expect(checkInclusion(sodiumCrypto, log.key, proof)).toBe(true)
      const block = new Uint8Array(proof.block)
      block[0] = block[0]! ^ 1
      expect(checkInclusion(sodiumCrypto, log.key, { ...proof, block })).toBe(false)
      expect(checkInclusion(sodiumCrypto, randomBytes(32), proof)).toBe(false)
    }
    await index.close()
    await writer.close()
    await storage.close()
  })
})
