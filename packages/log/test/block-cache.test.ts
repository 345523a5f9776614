/** What a log keeps of its blocks: the same bytes as the log has, and no more of them than it may. */
import { describe, expect, it, vi } from 'vitest'
import { BlockCache } from '../src/block-cache.js'
import { hypercoreOf } from '../src/internals/hypercore.js'
import { createLog, text } from './helpers.js'

describe('block cache', () => {
  it('lets go of what was used longest ago', () => {
    const cache = new BlockCache(4 * 201) // each block takes 200 bytes more than it has
    for (const seq of [0, 1, 2, 3]) cache.set(seq, new Uint8Array([seq]))
    expect(cache.get(0)).toEqual(new Uint8Array([0]))
    cache.set(4, new Uint8Array([4, 4]))
    expect([0, 1, 2, 3, 4].filter((seq) => cache.get(seq) !== undefined)).toEqual([0, 3, 4])
  })

  it('counts what it holds, replaced and deleted blocks left out', () => {
    const cache = new BlockCache(404)
    cache.set(0, new Uint8Array(4))
    cache.set(0, new Uint8Array(1))
    cache.set(1, new Uint8Array(3))
    expect(cache.get(0)).toHaveLength(1)
    cache.delete(1)
    cache.delete(1)
    cache.set(2, new Uint8Array(3))
    expect(cache.get(0)).toHaveLength(1)
    expect(cache.get(2)).toHaveLength(3)
  })

  it('takes no block that is larger than all of it, and forgets an older one of that number', () => {
    const cache = new BlockCache(202)
    cache.set(0, new Uint8Array(1))
    cache.set(0, new Uint8Array(3))
    expect(cache.get(0)).toBeUndefined()
  })

  it('copies on the way out, and out of memory that a block shares with others once it is used again', () => {
    const cache = new BlockCache(1000)
    const shared = new Uint8Array([0, 1, 2, 0, 0, 0])
    cache.set(0, shared.subarray(1, 3))
    expect(cache.peek(0)!.buffer).toBe(shared.buffer)
    cache.get(0)!.fill(9)
    expect(cache.get(0)).toEqual(new Uint8Array([1, 2]))
    expect(cache.peek(0)).toEqual(new Uint8Array([1, 2]))
    expect(cache.peek(0)!.buffer).not.toBe(shared.buffer)
    expect(cache.peek(1)).toBeUndefined()
  })
})

describe('log', () => {
  it('reads what was just appended, and its head, without asking hypercore', async () => {
    const { log, writer } = await createLog()
    const head = await writer.append([text('a'), text('b')])
    const get = vi.spyOn(hypercoreOf(log.core), 'get')
    const snapshot = vi.spyOn(hypercoreOf(log.core), 'snapshot')
    expect(await log.get(1)).toEqual(text('b'))
    expect(await log.head()).toEqual(head)
    expect(get).not.toHaveBeenCalled()
    expect(snapshot).not.toHaveBeenCalled()
  })

  it('tells an append to those who look when they hear of it', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a')])
    const heard = new Promise((resolve) => log.once('append', () => resolve(log.head())))
    const head = await writer.append([text('b')])
    expect(await heard).toEqual(head)
  })

  it('keeps nothing of an append that hypercore refuses, until it takes it', async () => {
    const { log, writer } = await createLog()
    const first = await writer.append([text('a')])
    const append = vi.spyOn(hypercoreOf(log.core), 'append').mockRejectedValue(new Error('refused'))
    await expect(writer.append([text('b')])).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    await expect(log.get(1, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    expect(await log.head()).toEqual(first)
    append.mockRestore()
    expect(await writer.append([text('c')])).toMatchObject({ length: 3 })
    expect(await log.get(1)).toEqual(text('b'))
  })

  it('tells nothing once it is closed', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a')])
    expect(await log.get(0)).toEqual(text('a'))
    await log.close()
    await expect(log.get(0)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })
})
