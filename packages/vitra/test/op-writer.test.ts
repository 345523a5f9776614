/** Ops of calls that are made at once: written together, in the order of the calls, all or none of each. */
import { encodeOpBody, encodeValue, Log, newKeyPair, oplogIdentity, Storage } from '@vitra/log'
import { expect, it } from 'vitest'
import { OpWriter } from '../src/op-writer.js'

async function openWriter(storage: Storage): Promise<{ writer: OpWriter; log: Log; appends: () => number }> {
  await storage.create()
  const keyPair = newKeyPair()
  const log = await Log.open(storage, oplogIdentity(keyPair.publicKey, new Uint8Array(32)))
  let appends = 0
  log.on('append', () => appends++)
  return { writer: await OpWriter.open(log, storage, keyPair), log, appends: () => appends }
}

const op = (...values: number[]) => encodeValue(values)

it('writes calls that are made at once in few appends, each with its ops in a row', async () => {
  await using storage = Storage.temporary()
  const { writer, log, appends } = await openWriter(storage)
  const calls = Array.from({ length: 200 }, (_, n) => Array.from({ length: (n % 3) + 1 }, (_, m) => op(n, m)))
  const firsts = await Promise.all(calls.map((ops) => writer.append(ops)))
  let next = 0
  for (const [n, first] of firsts.entries()) {
    expect(first).toBe(next)
    for (const [m, body] of calls[n]!.entries()) expect(await log.get(first + m)).toEqual(encodeOpBody(body))
    next += calls[n]!.length
  }
  expect(log.length).toBe(next)
  expect(appends()).toBeLessThan(5)
  await writer.close()
})

it('tells every call of an append that failed, and goes on with the next', async () => {
  await using storage = Storage.temporary()
  const { writer, log } = await openWriter(storage)
  const tooMuch = encodeValue('x'.repeat(5 * 1024 * 1024), { bytesMax: 6 * 1024 * 1024 })
  const [first, second] = await Promise.all([writer.append([op(1)]), writer.append([tooMuch, op(2)])])
  expect([first, second]).toEqual([0, 1])
  await writer.close()
  // The journal is closed: nothing can be made durable, so nothing is written.
  const failed = await Promise.allSettled([writer.append([op(3)]), writer.append([op(4)])])
  for (const { status } of failed) expect(status).toBe('rejected')
  expect(log.length).toBe(3)
  expect(await log.get(2)).toEqual(encodeOpBody(op(2)))
})
