/** What indexes keep decoded: the states of all versions, from one room that has an end. */
import { describe, expect, it, vi } from 'vitest'
import { DecodedRoom } from '../src/decoded-blocks.js'
import { decodeValue, encodeValue } from '../src/index.js'
import type { DecodedBlock } from '../src/proofs/bee-reader.js'
import { createIndex } from './index-helpers.js'

/** Takes its length and some hundred bytes. */
function block(bytes: number): DecodedBlock {
  return { key: new Uint8Array(bytes), value: null, tree: new Uint8Array(), nodes: [] }
}

describe('room for decoded blocks', () => {
  it('keeps what is used, lets go of what is not, and has an end', () => {
    const room = new DecodedRoom(100_000)
    const table = room.open()
    const used = block(1000)
    table.set(0, used)
    for (let seq = 1; seq < 1000; seq++) {
      table.set(seq, block(1000))
      expect(table.get(0)).toBe(used)
    }
    expect(table.get(1)).toBeUndefined()
    const kept = Array.from({ length: 1000 }, (_, seq) => table.get(seq)).filter(
      (found) => found !== undefined,
    )
    expect(kept.length).toBeGreaterThan(20)
    expect(kept.length * 1000).toBeLessThan(100_000)
  })

  it('is shared: an index that is read makes one that is not let go', () => {
    const room = new DecodedRoom(100_000)
    const [idle, busy] = [room.open(), room.open()]
    idle.set(0, block(1000))
    for (let seq = 0; seq < 200; seq++) busy.set(seq, block(1000))
    expect(idle.get(0)).toBeUndefined()
    expect(busy.get(199)).toBeDefined()
    busy.close()
    expect(busy.get(199)).toBeUndefined()
  })
})

describe('reading an index', () => {
  it('asks the log for a block once, whichever version is read', async () => {
    const { log, index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    const versions: number[] = []
    for (let n = 0; n < 20; n++) {
      const changes = Array.from({ length: 10 }, (_, k) => ({ path: `/k/${n}-${k}`, value: encodeValue(n) }))
      await publish([], [...changes, { path: '/n', value: encodeValue(n) }])
      versions.push(log.length)
    }
    const get = vi.spyOn(log, 'get')
    for (const round of [0, 1]) {
      get.mockClear()
      for (const [n, version] of versions.entries()) {
        const snapshot = await index.at(version)
        expect(decodeValue((await snapshot.read('/n'))!)).toBe(n)
        expect(await snapshot.list('/k')).toHaveLength(10 * (n + 1))
        expect(await snapshot.read(`/k/${n + 1}-0`)).toBeNull()
      }
      const asked = get.mock.calls.map(([seq]) => seq)
      if (round === 0) expect(asked.length).toBeGreaterThan(versions.length)
      // Only the batch records, which tell that a version is a batch end.
      else expect(asked).toEqual(versions.map((version) => version - 1))
    }
  })

  it('gives copies: whoever changes what it was given changes nothing for others', async () => {
    const { index, publishGenesis, publish } = await createIndex()
    await publishGenesis()
    await publish([], [{ path: '/n', value: encodeValue('text') }])
    const first = (await index.read((snapshot) => snapshot.read('/n')))!
    first.fill(0)
    expect(await index.read((snapshot) => snapshot.read('/n'))).toEqual(encodeValue('text'))
  })

  it('tells nothing of a log that is closed', async () => {
    const { log, index, publishGenesis } = await createIndex()
    await publishGenesis()
    const snapshot = await index.at(log.length)
    expect(await snapshot.contractSource()).toContain('apply')
    await log.close()
    await expect(snapshot.contractSource()).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })
})
