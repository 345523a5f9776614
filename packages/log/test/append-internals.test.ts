/** What `src/internals/append.ts` needs of hypercore and its storage; an upgrade that changes it fails here. */
import { describe, expect, it } from 'vitest'
import { proofSource, proveBlocks, randomBytes } from '../src/index.js'
import { appendOwn } from '../src/internals/append.js'
import { hypercoreOf } from '../src/internals/hypercore.js'
import { createLog, loadLog, temporaryFolder, text } from './helpers.js'

/** Blocks in one page of the bits that tell which are here. */
const PAGE = 32768

describe('an append of one’s own', () => {
  it('writes the storage once and reads nothing of it', async () => {
    const { writer, storage } = await createLog()
    await writer.append([text('a')])
    const { stats } = (storage.store as unknown as { storage: { db: { stats: Record<string, number> } } })
      .storage.db
    const before = { ...stats }
    for (const block of ['b', 'c', 'd']) await writer.append([text(block), text('and another')])
    expect(stats.writeBatches! - before.writeBatches!).toBe(3)
    expect(stats.readBatches! - before.readBatches!).toBe(0)
  })

  it('leaves bits and hints on the disk as hypercore would, across the end of a page', async () => {
    const folder = `${await temporaryFolder()}/db`
    const indexKey = randomBytes(32)
    const { writer, keyPair, close } = await createLog({ folder, indexKey })
    const sizes = [1, 6, 1, PAGE - 11, 1, 1, 4, 9, 1]
    for (const size of sizes) await writer.append(Array.from({ length: size }, () => text('x')))
    const length = sizes.reduce((sum, size) => sum + size, 0)
    await close()
    const { log } = await loadLog(folder, keyPair, indexKey)
    expect(log.length).toBe(length)
    expect(log.isComplete).toBe(true)
    expect(log.blocks).toBe(length)
    const { bitfield } = hypercoreOf(log.core).core as unknown as { bitfield: { get(seq: number): boolean } }
    expect(bitfield.get(length - 1)).toBe(true)
    expect(bitfield.get(length)).toBe(false)
  })

  it('knows what is missing of a log that lost a block', async () => {
    const { writer, log } = await createLog()
    await writer.append([text('a'), text('b'), text('c')])
    await hypercoreOf(log.core).clear(1)
    await writer.append([text('d')])
    expect(log.isComplete).toBe(false)
    expect([await log.core.has(0), await log.core.has(1), await log.core.has(3)]).toEqual([true, false, true])
  })

  it('is refused under a signature of other blocks, though the next one is the owner’s', async () => {
    const { writer, log } = await createLog()
    const head = await writer.append([text('a')])
    const refused = appendOwn(log.core, [text('b')], { ...head, length: 2 })
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_SIGNATURE' })
    expect(log.length).toBe(1)
    await writer.append([text('c')])
    expect(log.length).toBe(2)
  })

  it('leads to the proofs that the log gives when it is opened anew', async () => {
    const folder = `${await temporaryFolder()}/db`
    const indexKey = randomBytes(32)
    const { writer, log, keyPair, close } = await createLog({ folder, indexKey })
    for (let size = 1; size < 20; size++)
      await writer.append(Array.from({ length: size }, (_, nth) => text(`${size}-${nth}`)))
    const seqs = [0, 1, 7, 30, 31, 100, log.length - 1]
    const proofs = await Promise.all(seqs.map((seq) => proveBlocks(proofSource(log), [seq])))
    await close()
    const again = await loadLog(folder, keyPair, indexKey)
    for (const [nth, seq] of seqs.entries())
      expect(await proveBlocks(proofSource(again.log), [seq])).toEqual(proofs[nth])
  })
})
