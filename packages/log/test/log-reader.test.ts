/** Reading many blocks at a time gives what reading them one by one gives. */
import { expect, it, vi } from 'vitest'
import { LogReader } from '../src/index.js'
import { connect, createLog, createReplica, text } from './helpers.js'

const MANY = 300

function blocks(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, n) => text(`block ${from + n}`))
}

it('gives the blocks of a log, whichever is asked for, with few reads', async () => {
  const { log, writer } = await createLog()
  await writer.append(blocks(MANY))
  const stored = vi.spyOn(log, 'stored')
  const get = vi.spyOn(log, 'get')
  const reader = new LogReader(log, 1024 * 1024)
  for (const seq of [299, 0, 127, 128, 129, 255, 256, 1, 200]) {
    reader.ahead(seq)
    expect(await reader.get(seq)).toEqual(text(`block ${seq}`))
  }
  for (let seq = 0; seq < MANY; seq++) expect(await reader.get(seq)).toEqual(text(`block ${seq}`))
  expect(stored).toHaveBeenCalledTimes(3)
  expect(get).not.toHaveBeenCalled()
})

it('sees a log grow', async () => {
  const { log, writer } = await createLog()
  const reader = new LogReader(log, 1024 * 1024)
  for (let seq = 0; seq < 20; seq += 5) {
    await writer.append(blocks(5, seq))
    reader.ahead(seq)
    for (let at = 0; at < seq + 5; at++) expect(await reader.get(at)).toEqual(text(`block ${at}`))
  }
  await expect(reader.get(20, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
})

it('keeps no more than it may, and reads again what it let go of', async () => {
  const { log, writer } = await createLog()
  await writer.append(blocks(4 * MANY))
  const stored = vi.spyOn(log, 'stored')
  const reader = new LogReader(log, 3 * 128 * 200)
  for (let round = 0; round < 2; round++)
    for (let seq = 0; seq < 4 * MANY; seq += 50) expect(await reader.get(seq)).toEqual(text(`block ${seq}`))
  expect(stored.mock.calls.length).toBeGreaterThan(10)
  expect(stored.mock.calls.length).toBeLessThanOrEqual(20)
})

it('asks for a block that is not here, and has it from then on', async () => {
  const { log, writer, storage } = await createLog()
  await writer.append(blocks(MANY))
  const { log: replica, storage: far } = await createReplica(log.key)
  connect(storage.store, far.store)
  await replica.waitForLength(MANY, 10_000)
  const reader = new LogReader(replica, 1024 * 1024)
  const get = vi.spyOn(replica, 'get')
  expect(await reader.get(7)).toEqual(text('block 7'))
  expect(await reader.get(7)).toEqual(text('block 7'))
  expect(get).toHaveBeenCalledTimes(1)
  await replica.core.download({ start: 0, end: MANY }).done()
  expect(await reader.get(9)).toEqual(text('block 9'))
  expect(await reader.get(130)).toEqual(text('block 130'))
  expect(get).toHaveBeenCalledTimes(1)
})

it('says that a block of a closed log is missing', async () => {
  const { log, writer } = await createLog()
  await writer.append(blocks(MANY))
  const reader = new LogReader(log, 1024 * 1024)
  expect(await reader.get(0)).toEqual(text('block 0'))
  await log.core.close()
  reader.ahead(0)
  await expect(reader.get(200, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
})
