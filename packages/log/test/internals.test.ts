/** What `src/internals.ts` needs of the Holepunch packages; an upgrade that changes it fails here. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Log, wrapSignature } from '../src/index.js'
import {
  corestoreOf,
  flushStorage,
  HYPERCORE_VERSION,
  hypercoreOf,
  remoteLengthMax,
  requestManyBlocks,
  watchPeers,
} from '../src/internals/hypercore.js'
import { connect, createLog, createReplica, temporaryFolder, text, until } from './helpers.js'

describe('internals of hypercore', () => {
  it('names the version that package.json pins, in every message', async () => {
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    expect(JSON.parse(manifest).dependencies.hypercore).toBe(HYPERCORE_VERSION)
  })

  it('has no remote length without peers', async () => {
    const { log } = await createLog()
    expect(remoteLengthMax(log.core)).toBe(0)
  })

  it('knows the longest length that a connected peer announced', async () => {
    const { log, writer, storage } = await createLog()
    await writer.append([text('a'), text('b')])
    const replica = await createReplica(log.key)
    const cut = connect(storage.store, replica.storage.store)
    await until(() => remoteLengthMax(replica.log.core) === 2)
    await writer.append([text('c')])
    await until(() => remoteLengthMax(replica.log.core) === 3)
    await cut()
    await until(() => replica.log.core.peers.length === 0)
    expect(remoteLengthMax(replica.log.core)).toBe(0)
  })

  it('hears what each peer says of its length, and counts the blocks that are here', async () => {
    const { log, writer, storage } = await createLog()
    await writer.append([text('a'), text('b')])
    const replica = await createReplica(log.key)
    const told: (number | 'gone')[] = []
    const heard = (peer: { remoteLength: number }) => void told.push(peer.remoteLength)
    const end = watchPeers(replica.log.core, { heard, gone: () => void told.push('gone') })
    const cut = connect(storage.store, replica.storage.store)
    await until(() => told.includes(2))
    await writer.append([text('c')])
    await until(() => told.includes(3) && replica.log.length === 3)
    expect(replica.log.blocks).toBe(0)
    await replica.log.get(1)
    expect(replica.log.blocks).toBe(1)
    expect(log.blocks).toBe(3)
    await cut()
    await until(() => told.at(-1) === 'gone')
    end()
  })

  it('flushes accepted blocks out of the write-ahead log into a table file', async () => {
    const folder = `${await temporaryFolder()}/db`
    const { writer, storage } = await createLog({ folder })
    const tables = async () =>
      (await readdir(`${folder}/logs/db`)).filter((name) => name.endsWith('.sst')).length
    await writer.append([new Uint8Array(100_000)])
    const before = await tables()
    await flushStorage(storage.store)
    expect(await tables()).toBeGreaterThan(before)
    const names = (await readdir(`${folder}/logs/db`)).filter((name) => /^\d+\.log$/.test(name))
    const sizes = await Promise.all(names.map(async (name) => (await stat(`${folder}/logs/db/${name}`)).size))
    expect(Math.max(0, ...sizes)).toBeLessThan(100_000)
  })

  it('lets a log that something else opened before follow no fork either', async () => {
    const { log } = await createLog()
    const { storage } = await createReplica(new Uint8Array(32))
    const early = corestoreOf(storage.store).get({ key: Buffer.from(log.key) })
    await early.ready()
    const inner = early.core as unknown as { replicator: { allowFork: boolean } }
    expect(inner.replicator.allowFork).toBe(true)
    await Log.open(storage, log.key)
    expect(inner.replicator.allowFork).toBe(false)
  })

  it('has as many blocks on their way as Hyperbee asks for', async () => {
    const { log } = await createLog()
    const { replicator } = hypercoreOf(log.core).core as unknown as {
      replicator: { inflightRange: number[] }
    }
    expect(replicator.inflightRange).not.toEqual([256, 512])
    requestManyBlocks(log.core)
    expect(replicator.inflightRange).toEqual([256, 512])
  })

  it('takes a signature from outside in its container, and checks it', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a')])
    const wrong = Buffer.from(wrapSignature(new Uint8Array(64)))
    await expect(
      hypercoreOf(log.core).append([Buffer.from('b')], { signature: wrong }),
    ).rejects.toMatchObject({
      code: 'INVALID_SIGNATURE',
    })
    expect(log.length).toBe(1)
  })
})
