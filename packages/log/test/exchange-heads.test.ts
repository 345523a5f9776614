/** Heads that peers have signed by the owner at one length: two histories of the same length are told apart. */
import { expect, it } from 'vitest'
import { checkHead, randomBytes, sodiumCrypto } from '../src/index.js'
import { hypercoreOf, openExtension } from '../src/internals/hypercore.js'
import { connect, createLog, fixedKeyPair, text } from './helpers.js'

const keyPair = fixedKeyPair(7)

it('asks peers for the head at a length, and shows two of one length', async () => {
  const indexKey = randomBytes(32)
  const [here, there] = [await createLog({ keyPair, indexKey }), await createLog({ keyPair, indexKey })]
  await here.writer.append([text('a'), text('b')])
  await there.writer.append([text('a'), text('c')])
  const heads = here.log.exchangeHeads(() => here.log.head())
  there.log.exchangeHeads(async (length) => (length === 2 ? there.log.head() : null))
  const cut = connect(here.storage.store, there.storage.store)
  await expect.poll(() => here.log.core.peers.length, { timeout: 30_000 }).toBe(1)
  const [head] = await heads.ask(2)
  expect(head).toEqual(await there.log.head())
  expect(checkHead(sodiumCrypto, here.log.identity, head!)).toBe(true)
  expect(head!.treeHash).not.toEqual((await here.log.head())!.treeHash)
  expect(await heads.ask(1)).toEqual([])
  await cut()
  expect(await heads.ask(2)).toEqual([])
})

it('takes no answer that is none, and answers nothing that is no question', async () => {
  const indexKey = randomBytes(32)
  const [here, there] = [await createLog({ keyPair, indexKey }), await createLog({ keyPair, indexKey })]
  await here.writer.append([text('a')])
  await there.writer.append([text('b')])
  let asked = 0
  const heads = here.log.exchangeHeads(async () => {
    asked++
    return null
  })
  const heard: Uint8Array[] = []
  const raw = openExtension(hypercoreOf(there.log.core), 'vitra/heads/1', (bytes, peer) => {
    heard.push(bytes)
    for (const length of [0, 1, 8, 9, 10, 104, 106, 300]) raw.send(new Uint8Array(length).fill(1), peer)
  })
  const cut = connect(here.storage.store, there.storage.store)
  await expect.poll(() => there.log.core.peers.length, { timeout: 30_000 }).toBe(1)
  const [peer] = there.log.core.peers
  for (const question of [[], [0], [0, 1], [0, 255, 255, 255, 255, 255, 255, 255, 255]])
    raw.send(Uint8Array.from(question), peer as never)
  raw.send(Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0, 0), peer as never)
  expect(await heads.ask(1)).toEqual([])
  expect(asked).toBe(1)
  expect(heard).toContainEqual(Buffer.from([0, 1, 0, 0, 0, 0, 0, 0, 0]))
  await cut()
})
