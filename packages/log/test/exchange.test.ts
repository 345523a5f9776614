/** Blocks that copies send each other many at a time, and what a peer can do with that which is not honest. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeMessage, encodeMessage, type Message } from '../src/exchange/messages.js'
import { Log, type LogPeer, Storage, toHex } from '../src/index.js'
import { hypercoreOf, openExtension } from '../src/internals/hypercore.js'
import { copyOf, liar, NAME, whole } from './exchange-peers.js'
import { connect, createLog, createReplica, type OpenLog, temporaryFolder, text, until } from './helpers.js'

/** A log of so many blocks, some of them long, in appends of 100. */
async function filled(blocks: number): Promise<OpenLog> {
  const owner = await createLog()
  await more(owner, blocks)
  owner.log.fill()
  return owner
}

async function more({ writer, log }: OpenLog, count: number): Promise<void> {
  const first = log.length
  for (let from = 0; from < count; from += 100) {
    const size = Math.min(100, count - from)
    await writer.append(Array.from({ length: size }, (_, n) => blockOf(first + from + n)))
  }
}

function blockOf(seq: number): Uint8Array {
  return text(`block ${seq} ${'x'.repeat(seq % 50 === 0 ? 3000 : seq % 97)}`)
}

/** Blocks that came by hypercore's own messages. */
function plainBlocks(log: Log): number {
  const { replicator } = hypercoreOf(log.core).core as unknown as {
    replicator: { stats: { wireData: { rx: number } } }
  }
  return replicator.stats.wireData.rx
}

/** Everything is here, under the owner's head, and hypercore finds nothing wrong with what was stored. */
async function expectEqual(copy: Log, owner: Log): Promise<void> {
  expect(copy.length).toBe(owner.length)
  expect(copy.isComplete).toBe(true)
  expect(await copy.head()).toEqual(await owner.head())
  expect(await copy.stored(0, copy.length)).toEqual(await owner.stored(0, owner.length))
  expect((await copy.roots()).roots).toEqual((await owner.roots()).roots)
  const { core } = hypercoreOf(copy.core) as unknown as {
    core: { audit(options: object): Promise<object> }
  }
  expect(await core.audit({ dryRun: true })).toMatchObject({
    blocks: owner.length,
    bits: owner.length,
    droppedTreeNodes: 0,
    droppedBlocks: 0,
    droppedBits: 0,
    corrupt: false,
  })
}

describe('copies of a log', () => {
  it('exchange its history without one of hypercore’s requests, and then what comes', async () => {
    const owner = await filled(1000)
    const copy = await copyOf(owner.log.key)
    connect(owner.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 30_000)
    expect(copy.log.identity).toEqual(owner.log.identity)
    for (let n = 0; n < 5; n++) {
      await more(owner, 3)
      await until(whole(copy.log, owner.log), 30_000)
    }
    expect(plainBlocks(copy.log)).toBeLessThan(3) // the manifest at most
    expect(copy.reasons).toEqual([])
    await expectEqual(copy.log, owner.log)
  }, 60_000)

  it('have on disk what was exchanged, and go on where they were cut off', async () => {
    const owner = await filled(4000)
    const folder = await temporaryFolder()
    const open = async () => {
      const storage = Storage.at(folder)
      if (await storage.holdsDatabase()) await storage.load()
      else {
        await storage.create()
        await storage.describe({ key: owner.log.key, identity: null })
      }
      const log = await Log.open(storage, owner.log.key)
      onTestFinished(() => storage.close())
      log.fill()
      return { storage, log }
    }
    for (let n = 0; n < 3; n++) {
      const { storage, log } = await open()
      const before = log.core.contiguousLength
      const arrived = new Promise<void>((resolve) => {
        log.core.on('download', () => log.core.contiguousLength > before && resolve())
      })
      const cut = connect(owner.storage.store, storage.store)
      await arrived
      await cut()
      expect(log.isComplete).toBe(false)
      await storage.close()
      await more(owner, 100)
    }
    const { storage, log } = await open()
    connect(owner.storage.store, storage.store)
    await until(whole(log, owner.log), 30_000)
    await expectEqual(log, owner.log)
  }, 120_000)

  it('pass it on: one that the owner never meets has it too', async () => {
    const owner = await filled(300)
    const [middle, far] = [await copyOf(owner.log.key), await copyOf(owner.log.key)]
    connect(owner.storage.store, middle.storage.store)
    connect(middle.storage.store, far.storage.store)
    await until(whole(far.log, owner.log), 30_000)
    await more(owner, 7)
    await until(whole(far.log, owner.log), 30_000)
    await expectEqual(far.log, owner.log)
  }, 60_000)

  it('send nobody a block twice where each is connected with each', async () => {
    const owner = await filled(500)
    const [left, right] = [await copyOf(owner.log.key), await copyOf(owner.log.key)]
    const sent = countBlocks(owner.log, left.log, right.log)
    connect(owner.storage.store, left.storage.store)
    connect(owner.storage.store, right.storage.store)
    connect(left.storage.store, right.storage.store)
    for (const { log } of [left, right]) await until(whole(log, owner.log), 30_000)
    for (let n = 0; n < 20; n++) await more(owner, 1)
    for (const { log } of [left, right]) await until(whole(log, owner.log), 30_000)
    expect(sent()).toBeLessThan(2 * 520 + 300) // what was on its way when another was asked comes twice
    for (const { log } of [left, right]) await expectEqual(log, owner.log)
  }, 60_000)

  it('have hypercore’s own replication with one that knows nothing of this, to and fro', async () => {
    const owner = await filled(200)
    const plain = await createReplica(owner.log.key)
    plain.log.core.download({ start: 0, end: -1 })
    connect(owner.storage.store, plain.storage.store)
    await until(whole(plain.log, owner.log), 30_000)
    const copy = await copyOf(owner.log.key)
    connect(plain.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 30_000)
    expect(plainBlocks(copy.log)).toBeGreaterThan(190)
    await more(owner, 5)
    await until(whole(copy.log, owner.log), 30_000)
    await expectEqual(copy.log, owner.log)
  }, 60_000)
})

/** How many blocks the holders of these copies have sent so far. */
function countBlocks(...logs: Log[]): () => number {
  let blocks = 0
  for (const log of logs) {
    const { extensions } = hypercoreOf(log.core) as unknown as {
      extensions: Map<string, { send(bytes: Uint8Array, peer: LogPeer): void }>
    }
    const extension = extensions.get(NAME)!
    const send = extension.send.bind(extension)
    extension.send = (bytes, peer) => {
      const message = decodeMessage(bytes)
      if (message.kind === 'blocks') blocks += message.blocks.length
      send(bytes, peer)
    }
  }
  return () => blocks
}

async function honest({ log }: OpenLog): Promise<Extract<Message, { kind: 'blocks' }>> {
  const head = (await log.head())!
  const blocks = (await log.stored(0, log.length)).map((block) => block!)
  const { length, signature } = head
  return { kind: 'blocks', start: 0, blocks, nodes: [], length, signature, identity: log.identity }
}

describe('a peer', () => {
  it('is believed where it sends what holds', async () => {
    const owner = await filled(50)
    const message = await honest(owner)
    const peer = await liar(owner, ({ kind }, tell) => {
      if (kind === 'want') tell(message)
    })
    const copy = await copyOf(owner.log.key)
    connect(peer.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 30_000)
    expect(plainBlocks(copy.log)).toBeLessThan(3)
    await expectEqual(copy.log, owner.log)
  }, 60_000)

  const forgeries: [string, (message: Extract<Message, { kind: 'blocks' }>) => Message, string][] = [
    ['another block', (m) => ({ ...m, blocks: [text('forged'), ...m.blocks.slice(1)] }), 'not signed'],
    ['a block too few', (m) => ({ ...m, blocks: m.blocks.slice(1) }), 'nodes'],
    ['another signature', (m) => ({ ...m, signature: new Uint8Array(64) }), 'not signed'],
    ['a longer head', (m) => ({ ...m, length: m.length + 1, nodes: [node(5)] }), 'not signed'],
    [
      'a node of no size that counts',
      (m) => ({ ...m, blocks: m.blocks.slice(0, 32), nodes: [node(2 ** 53 - 1), node(1), node(1)] }),
      '',
    ],
    [
      'another owner',
      (m) => ({ ...m, identity: { ...m.identity!, signer: new Uint8Array(32).fill(7) } }),
      'owner',
    ],
  ]
  it.each(forgeries)(
    'that sends %s has none of it stored, and is believed no more',
    async (_, forge, reason) => {
      const owner = await filled(50)
      const message = forge(await honest(owner))
      let asked = 0
      const peer = await liar(owner, ({ kind }, tell) => {
        if (kind !== 'want') return
        asked++
        tell(message)
      })
      const copy = await copyOf(owner.log.key)
      const lengths = new Set<number>()
      copy.log.on('append', () => lengths.add(copy.log.length))
      connect(peer.storage.store, copy.storage.store)
      await until(() => copy.reasons.length > 0, 30_000)
      expect(copy.reasons[0]).toContain(reason)
      // hypercore's own replication, which checks each block, goes on with it.
      await until(whole(copy.log, owner.log), 30_000)
      expect([...lengths]).toEqual([50])
      expect(asked).toBe(1)
      expect(copy.reasons).toHaveLength(1)
      await expectEqual(copy.log, owner.log)
    },
    60_000,
  )

  it('that sends forged blocks below the head that is here has none of them stored', async () => {
    const owner = await filled(50)
    const { blocks, signature, length } = await honest(owner)
    const nodes = (await owner.log.nodes([79, 97])).map(({ size, hash }) => ({ size, hash }))
    const part = (bytes: readonly Uint8Array[], start: number): Message => ({
      kind: 'blocks',
      start,
      blocks: bytes,
      nodes: start + bytes.length === 32 ? nodes : [],
      length,
      signature,
      identity: owner.log.identity,
    })
    const peer = await liar(owner, ({ kind }, tell) => {
      if (kind !== 'want') return
      tell(part(blocks.slice(0, 32), 0))
      setTimeout(() => tell(part([text('forged'), ...blocks.slice(33)], 32)), 300)
    })
    const copy = await copyOf(owner.log.key)
    connect(peer.storage.store, copy.storage.store)
    await until(() => copy.log.core.contiguousLength === 32, 30_000)
    expect(copy.log.length).toBe(50)
    await until(() => copy.reasons.length > 0, 30_000)
    expect(copy.reasons[0]).toContain('not those of the head')
    await until(whole(copy.log, owner.log), 30_000)
    await expectEqual(copy.log, owner.log)
  }, 60_000)

  it.each([
    ['of no kind', Uint8Array.of(9)],
    ['that ends too early', Uint8Array.of(4, 0, 0)],
    ['that nothing was sent for', encodeMessage({ kind: 'have', bytes: 5 })],
    ['with bytes behind its end', Uint8Array.of(3, 3)],
  ])(
    'that sends a message %s is cut off, with the reason',
    async (_, bytes) => {
      const owner = await filled(20)
      const peer = await liar(owner, ({ kind }, tell) => {
        if (kind === 'hello') tell(bytes)
      })
      const copy = await copyOf(owner.log.key)
      const cut = connect(peer.storage.store, copy.storage.store)
      await until(() => copy.reasons.length > 0 && copy.log.core.peers.length === 0, 30_000)
      expect(copy.reasons).toHaveLength(1)
      expect(copy.reasons).toHaveLength(1)
      await cut()
      connect(owner.storage.store, copy.storage.store)
      await until(whole(copy.log, owner.log), 30_000)
    },
    60_000,
  )

  it('that sends more than it was asked for is cut off', async () => {
    const owner = await filled(20)
    const message = { ...(await honest(owner)), blocks: [new Uint8Array(500_000)], start: 7 }
    const peer = await liar(owner, ({ kind }, tell) => {
      if (kind === 'hello') for (let n = 0; n < 50; n++) tell(message)
    })
    const copy = await copyOf(owner.log.key)
    connect(peer.storage.store, copy.storage.store)
    await until(() => copy.reasons.includes('it sent more than it was asked for'), 30_000)
    await until(() => copy.log.core.peers.length === 0, 30_000)
    expect(copy.log.length).toBe(0)
  }, 60_000)

  it('that says it knows the messages and sends nothing holds nobody up for long', async () => {
    const owner = await filled(20)
    const peer = await liar(owner, () => {})
    const copy = await copyOf(owner.log.key)
    connect(peer.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 30_000)
    await expectEqual(copy.log, owner.log)
  }, 60_000)

  it('that asks again and again without taking anything is sent so much and no more', async () => {
    const owner = await filled(3000)
    let bytes = 0
    const peer = await createReplica(owner.log.key)
    const extension = openExtension(hypercoreOf(peer.log.core), NAME, (message, from) => {
      bytes += message.length
      extension.send(encodeMessage({ kind: 'want', from: 0, length: 0 }), from)
    })
    connect(owner.storage.store, peer.storage.store)
    await until(() => bytes > 30_000, 30_000)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(bytes).toBeLessThan(200_000)
  }, 60_000)
})

function node(size: number): { size: number; hash: Uint8Array } {
  return { size, hash: new Uint8Array(32).fill(3) }
}

describe('a message', () => {
  const blocks: Message = {
    kind: 'blocks',
    start: 2 ** 40,
    blocks: [text('a'), text(''), text('third')],
    nodes: [node(7), node(2 ** 50)],
    length: 2 ** 40 + 99,
    signature: new Uint8Array(64).fill(9),
    identity: { signer: new Uint8Array(32).fill(1), userData: text('what the key commits to') },
  }
  const all: Message[] = [
    { kind: 'hello', asks: true },
    { kind: 'hello', asks: false },
    { kind: 'want', from: 5, length: 2 ** 45 },
    { kind: 'have', bytes: 77 },
    { kind: 'stop' },
    blocks,
    { ...blocks, identity: null, nodes: [] },
  ]

  it('reads as it was written', () => {
    for (const message of all) expect(decodeMessage(encodeMessage(message))).toEqual(message)
  })

  it('that is cut or changed anywhere reads as another or not at all, and breaks nothing', () => {
    let refused = 0
    for (const message of all) {
      const bytes = encodeMessage(message)
      const variants = [...bytes.keys()].flatMap((at) => {
        const flipped = bytes.slice()
        flipped[at]! ^= 1 << (at % 8)
        return [flipped, bytes.slice(0, at)]
      })
      for (const variant of variants) {
        try {
          expect(toHex(encodeMessage(decodeMessage(variant)))).not.toBe(toHex(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          refused++
        }
      }
    }
    expect(refused).toBeGreaterThan(100)
  })
})
