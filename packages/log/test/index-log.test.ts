/** spec/2-index: the index as it is published and read. */
import { describe, expect, it } from 'vitest'
import {
  BATCH_PATH,
  CURRENT_RULES,
  checkBlocks,
  decodeBatch,
  decodeEntryValue,
  decodeRules,
  decodeValue,
  encodeValue,
  GENESIS_PATH,
  IndexLog,
  IndexWriter,
  inputPath,
  isAtOrBelow,
  type Log,
  layOutGenesis,
  proofSource,
  proveInclusion,
  readInputs,
  runPath,
  SOURCE_PATH,
  sodiumCrypto,
} from '../src/index.js'
import { connect, createReplica, filled, until } from './helpers.js'
import { createIndex, ENGINE, executed, FOUNDERS, GENESIS, run, SOURCE } from './index-helpers.js'

describe('index: genesis', () => {
  it('is one append of header, source, inputs, genesis record and batch record', async () => {
    const { log, index, oplogs, publishGenesis } = await createIndex()
    const { blocks, treeHash } = await publishGenesis()
    expect(await log.treeHashAt(blocks.length)).toEqual(treeHash)
    const paths = await Promise.all(blocks.slice(1).map(async (_, n) => (await index.entry(n + 1)).path))
    const inputs = oplogs.map(inputPath).sort()
    expect(paths).toEqual([SOURCE_PATH, ...inputs, GENESIS_PATH, BATCH_PATH])
    expect(await index.batchEnd(blocks.length)).toEqual({
      number: 0,
      prevEnd: 0,
      prevTreeHash: new Uint8Array(),
      prevSignature: new Uint8Array(),
      lastTs: 1000,
      engine: ENGINE,
      runs: 0,
      blocks: blocks.length,
    })
  })

  it('holds the contract, the founders and the rules', async () => {
    const { index, oplogs, publishGenesis } = await createIndex()
    await publishGenesis()
    await index.read(async (snapshot) => {
      expect(await snapshot.contractSource()).toBe(SOURCE)
      const inputs = await readInputs(snapshot.source)
      expect(inputs.length).toBe(2)
      for (const [n, pair] of FOUNDERS.entries()) {
        expect(inputs).toContainEqual({ signer: pair.publicKey, oplog: oplogs[n], active: true })
      }
    })
    const genesis = await index.genesis()
    expect(genesis).toEqual({ rules: GENESIS.rules, nonce: GENESIS.nonce })
    expect(decodeRules(genesis.rules)).toEqual(CURRENT_RULES)
  })

  it('puts initial state between the inputs and the genesis record, in key order', () => {
    const state = ['/b', '/a/z', '/a', '/a.b'].map((path) => ({ path, value: encodeValue(path) }))
    const draft = { ...GENESIS, indexKey: filled(9), ts: 1, engine: ENGINE, initialState: state }
    const paths = layOutGenesis(sodiumCrypto, draft).map((change) => change.path)
    expect(paths.slice(3)).toEqual(['/a', '/a/z', '/a.b', '/b', GENESIS_PATH, BATCH_PATH])
    const shuffled = layOutGenesis(sodiumCrypto, { ...draft, initialState: [...state].reverse() })
    expect(shuffled).toEqual(layOutGenesis(sodiumCrypto, draft))
  })
})

describe('index: batches', () => {
  it('are laid out over a log exactly as an audit lays them out over nothing', async () => {
    const { log, publishGenesis, publish, genesisEntries, index } = await createIndex()
    const genesis = await publishGenesis()
    const audit = await IndexWriter.open(null)
    expect((await audit.layOut(genesisEntries)).blocks).toEqual(genesis.blocks)
    for (let n = 1; n < 40; n++) {
      const path = `/k/${n % 7}`
      const values = [n, n, null, n, null, ...(n % 3 === 0 ? [n] : [])]
      const laidOut = await publish(
        [],
        values.map((value) => ({ path, value: value === null ? null : encodeValue(value) })),
      )
      expect(laidOut.blocks.length).toBe(values.length + 1)
      const changes = []
      for (let seq = laidOut.start; seq < log.length; seq++) changes.push(await index.entry(seq))
      const again = await audit.layOut(changes)
      expect(again.treeHash).toEqual(laidOut.treeHash)
      expect(again.blocks).toEqual(laidOut.blocks)
      expect(again.start).toBe(laidOut.start)
    }
    expect(await (await IndexWriter.open(log)).treeHash()).toEqual(audit.treeHash())
  })

  it('name the batch before them', async () => {
    const { log, index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    const before = (await log.head())!
    await publish([], [{ path: '/a', value: encodeValue(1) }])
    const record = await index.batchEnd(log.length)
    expect(record).toMatchObject({ number: 1, prevEnd: before.length, runs: 0, blocks: 2 })
    expect(record.prevTreeHash).toEqual(before.treeHash)
    expect(record.prevSignature).toEqual(before.signature)
  })

  it('leave the layout as it was where an entry cannot be laid out', async () => {
    const layout = await IndexWriter.open(null)
    const { genesisEntries } = await createIndex()
    const { treeHash, blocks } = await layout.layOut(genesisEntries)
    const bad = [
      { path: '/fine', value: encodeValue(1) },
      { path: 'not a path', value: encodeValue(2) },
    ]
    await expect(layout.layOut(bad)).rejects.toMatchObject({ code: 'PATH_INVALID' })
    expect(layout.length).toBe(blocks.length)
    expect(layout.treeHash()).toEqual(treeHash)
    expect((await layout.layOut([{ path: '/fine', value: encodeValue(1) }])).blocks.length).toBe(1)
  })

  it('give proofs of each of their blocks', async () => {
    const { log, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    await publish([], [{ path: '/a', value: encodeValue(1) }])
    for (let seq = 0; seq < log.length; seq++) {
      const proof = await proveInclusion(proofSource(log), seq)
      expect(checkBlocks(sodiumCrypto, log.key, proof)).toBe(true)
      expect(checkBlocks(sodiumCrypto, filled(1), proof)).toBe(false)
    }
  })
})

describe('index: reading', () => {
  it('is refused inside a batch and beyond the end', async () => {
    const { log, index, publishGenesis, publish } = await createIndex()
    const ends = new Set([(await publishGenesis()).blocks.length])
    for (let n = 0; n < 3; n++) {
      await publish(
        [],
        [1, 2, 3].map((k) => ({ path: `/k/${k}`, value: encodeValue(n) })),
      )
      ends.add(log.length)
    }
    for (const version of [-1, 0, 0.5, Number.NaN, log.length + 1, ...Array(log.length).keys()]) {
      if (ends.has(version)) continue
      await expect(index.at(version)).rejects.toMatchObject({ code: 'NOT_A_BATCH_END' })
    }
    for (const version of ends) {
      const snapshot = await index.at(version)
      expect(snapshot.version).toBe(version)
    }
  })

  it('says that an index is empty where nothing has arrived', async () => {
    const { index } = await createIndex()
    expect(index.length).toBe(0)
    for (const work of [index.read(async () => 1), index.at(1), index.genesis(), index.lastRun(filled(1))]) {
      await expect(work).rejects.toMatchObject({ code: 'INDEX_EMPTY' })
    }
  })

  it('gives each batch end its own state', async () => {
    const { log, index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    const versions: number[] = []
    for (let n = 0; n < 10; n++) {
      const change = { path: '/n', value: n === 5 ? null : encodeValue(n) }
      await publish([], [change, { path: `/list/${n}`, value: encodeValue(n) }])
      versions.push(log.length)
    }
    for (const [n, version] of versions.entries()) {
      const snapshot = await index.at(version)
      const value = await snapshot.read('/n')
      expect(value === null ? null : decodeValue(value)).toBe(n === 5 ? null : n)
      expect((await snapshot.list('/list')).length).toBe(n + 1)
      expect(await snapshot.read('/absent')).toBe(null)
    }
  })

  it('holds a snapshot as long as it is read, whatever is published meanwhile', async () => {
    const { index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    await publish([], [{ path: '/n', value: encodeValue(0) }])
    await index.read(async (snapshot) => {
      for (let n = 1; n < 5; n++) {
        await publish([], [{ path: '/n', value: encodeValue(n) }])
        expect(await index.read((newer) => newer.read('/n'))).toEqual(encodeValue(n))
        expect(await snapshot.read('/n')).toEqual(encodeValue(0))
      }
    })
    expect(await index.read((snapshot) => snapshot.read('/n'))).toEqual(encodeValue(4))
  })

  it('reads at once from many callers while batches arrive', async () => {
    const { index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    await publish([], [{ path: '/n', value: encodeValue(0) }])
    const reads: Promise<unknown>[] = []
    for (let n = 1; n < 20; n++) {
      for (let k = 0; k < 5; k++) {
        reads.push(index.read(async (snapshot) => decodeValue((await snapshot.read('/n'))!)))
      }
      await publish([], [{ path: '/n', value: encodeValue(n) }])
    }
    const values = (await Promise.all(reads)) as number[]
    expect(values).toEqual([...values].sort((a, b) => a - b))
  })

  it('shows what a block writes', async () => {
    const { log, index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    const { start } = await publish(
      [],
      [
        { path: '/a', value: encodeValue('x') },
        { path: '/a', value: null },
      ],
    )
    expect(await index.entry(start)).toEqual({ seq: start, path: '/a', value: encodeValue('x') })
    expect(await index.entry(start + 1)).toEqual({ seq: start + 1, path: '/a', value: null })
    expect(decodeBatch((await index.entry(start + 2)).value!).number).toBe(1)
    await expect(index.entry(0)).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' })
    await expect(index.entry(log.length, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })

  it('cannot read blocks that are no entries', async () => {
    const { index, writer, publishGenesis } = await createIndex()
    await publishGenesis()
    for (const block of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(40).fill(255)]) {
      const { length } = await writer.append([block])
      await expect(index.entry(length - 1)).rejects.toMatchObject({ code: 'INDEX_UNREADABLE' })
      await expect(index.at(length)).rejects.toMatchObject({ name: 'LogError' })
    }
  })

  it('blames no block for a log that is closed meanwhile', async () => {
    const { log, index, publishGenesis } = await createIndex()
    await publishGenesis()
    await log.close()
    await expect(index.entry(1)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })

  it('works on a replica that fetches blocks as it needs them', async () => {
    const { log, storage, oplogs, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    const state = Array.from({ length: 300 }, (_, n) => ({ path: `/k/${n}`, value: encodeValue(n) }))
    await publish([run(oplogs[0], 0, executed(1001, { '/n': 1 }))], state)
    const replica = await createReplica(log.key)
    const index = await IndexLog.open(replica.log)
    await expect(index.at(1)).rejects.toMatchObject({ code: 'INDEX_EMPTY' })
    const cut = connect(storage.store, replica.storage.store)
    await until(() => replica.log.length === log.length)
    expect(await index.read((snapshot) => snapshot.read('/n'))).toEqual(encodeValue(1))
    expect((await index.lastRun(oplogs[0]))?.place.firstSeq).toBe(0)
    await cut()
    const missing = await firstMissing(replica.log)
    await expect(index.entry(missing, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    await index.close()
  })
})

describe('index: runs', () => {
  it('are found by the block they acknowledge, with the changes of each op', async () => {
    const { index, oplogs, publishGenesis, publish } = await createIndex()
    const [a, b] = oplogs
    await publishGenesis()
    const first = await publish([
      run(a, 0, executed(1001, { '/a': 0, '/b': 0 }), executed(1001), executed(1002, { '/a': undefined })),
      run(b, 0, executed(1002, { '/c': 1 })),
      run(a, 3, executed(1003, { '/d': 1 })),
    ])
    const second = await publish([run(a, 4, executed(1004, {}, 'done'))])
    const found = (await index.runOf(a, 2))!
    expect(found.place).toEqual({ oplog: a, firstSeq: 0 })
    expect(found.seq).toBe(first.start)
    expect((await index.changesOf(found, 0)).map((entry) => entry.path)).toEqual(['/a', '/b'])
    expect(await index.changesOf(found, 1)).toEqual([])
    expect(await index.changesOf(found, 2)).toEqual([{ seq: first.start + 3, path: '/a', value: null }])
    expect((await index.runOf(a, 3))?.run.prevRun).toBe(first.start)
    expect((await index.runOf(b, 0))?.run.prevRun).toBe(0)
    const last = (await index.lastRun(a))!
    expect(last).toEqual(await index.runOf(a, 4))
    expect(last.seq).toBe(second.start)
    expect(last.run.prevRun).toBe(first.start + 6)
    expect(last.run.outcomes[0]?.value).toEqual(encodeValue('done'))
  })

  it('are not found for what is not executed', async () => {
    const { index, oplogs, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    expect(await index.runOf(oplogs[0], 0)).toBe(null)
    expect(await index.lastRun(oplogs[0])).toBe(null)
    await publish([run(oplogs[0], 0, executed(1001))])
    expect(await index.runOf(oplogs[0], 0)).toMatchObject({ place: { firstSeq: 0 } }) // though it was asked for before
    expect(await index.runOf(oplogs[0], 1)).toBe(null)
    expect(await index.runOf(oplogs[1], 0)).toBe(null)
    expect(await index.runOf(filled(0xff), 0)).toBe(null)
  })

  it('are shown to people as records, and state as values', async () => {
    const { index, oplogs, publishGenesis, publish } = await createIndex()
    const genesis = await publishGenesis()
    await publish([run(oplogs[0], 0, executed(1001, { '/a': { b: 1 } }))])
    const shown = async (seq: number) => {
      const { path, value } = await index.entry(seq)
      return decodeEntryValue(path, value!)
    }
    const start = genesis.blocks.length
    expect(await shown(1)).toBe(SOURCE)
    expect(await shown(start - 2)).toMatchObject({ nonce: GENESIS.nonce })
    expect(await shown(start - 1)).toMatchObject({ number: 0 })
    expect(await shown(start)).toMatchObject({ prevRun: 0, outcomes: [{ kind: 'ok', ts: 1001 }] })
    expect(await shown(start + 1)).toEqual({ b: 1 })
    expect((await index.entry(start)).path).toBe(runPath({ oplog: oplogs[0], firstSeq: 0 }))
  })
})

describe('index: prefixes', () => {
  it('hold a path and what is below it', () => {
    const below = ['/a', '/a/b', '/a/b/c']
    const outside = ['/ab', '/b', '/', '/A']
    for (const path of below) expect(isAtOrBelow(path, '/a')).toBe(true)
    for (const path of outside) expect(isAtOrBelow(path, '/a')).toBe(false)
    for (const path of [...below, ...outside]) expect(isAtOrBelow(path, '/')).toBe(true)
  })
})

async function firstMissing(log: Log): Promise<number> {
  for (let seq = 0; seq < log.length; seq++) if (!(await log.core.has(seq))) return seq
  throw new Error('no block is missing')
}
