/** What peers that exchange blocks can cost a copy: memory, time, the connection; and owners that sign two histories. */
import { Duplex, pipeline } from 'node:stream'
import Hypercore from 'hypercore'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decodeMessage, encodeMessage, type Message } from '../src/exchange/messages.js'
import { type Log, type LogPeer, newKeyPair, randomBytes } from '../src/index.js'
import { hypercoreOf, openExtension } from '../src/internals/hypercore.js'
import { coverIndexes } from '../src/proofs/merkle.js'
import { copyOf, liar, NAME, whole } from './exchange-peers.js'
import { connect, createLog, createReplica, type OpenLog, pause, text, until } from './helpers.js'

async function ownerOf(blocks: readonly Uint8Array[]): Promise<OpenLog> {
  const owner = await createLog()
  for (let from = 0; from < blocks.length; from += 500)
    await owner.writer.append(blocks.slice(from, from + 500))
  owner.log.fill()
  return owner
}

const numbered = (count: number, size = 50) =>
  Array.from({ length: count }, (_, n) => text(`${n} `.padEnd(size, 'x')))

/** Everything that the holder of a log sends others. */
function watchSent(log: Log, tell: (message: Message) => void): void {
  const { extensions } = hypercoreOf(log.core) as unknown as {
    extensions: Map<string, { send(bytes: Uint8Array, peer: LogPeer): void }>
  }
  const extension = extensions.get(NAME)!
  const send = extension.send.bind(extension)
  extension.send = (bytes, peer) => {
    tell(decodeMessage(bytes))
    send(bytes, peer)
  }
}

describe('a copy', () => {
  it('takes a block that is larger than all that may wait, and keeps the connection', async () => {
    const large = [
      ...numbered(30),
      new Uint8Array(5 * 1024 * 1024),
      ...numbered(30),
      new Uint8Array(9 * 1024 * 1024),
    ]
    const owner = await ownerOf(large)
    const copy = await copyOf(owner.log.key)
    let gone = 0
    hypercoreOf(copy.log.core).on('peer-remove', () => gone++)
    connect(owner.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 60_000)
    expect(copy.reasons).toEqual([])
    expect(gone).toBe(0)
    expect(await copy.log.get(30)).toHaveLength(5 * 1024 * 1024)
  }, 90_000)

  it('comes to its blocks though peers that send nothing outbid each other again and again', async () => {
    const owner = await ownerOf(numbered(2000))
    const copy = await copyOf(owner.log.key)
    let said = 2 ** 30
    for (let n = 0; n < 2; n++) {
      const liar = await createReplica(owner.log.key)
      const extension = openExtension(hypercoreOf(liar.log.core), NAME, (bytes, peer) => {
        const message = decodeMessage(bytes)
        if (message.kind === 'hello' && message.asks)
          extension.send(encodeMessage({ kind: 'hello', asks: false }), peer)
      })
      connect(liar.storage.store, copy.storage.store)
      const timer = setInterval(() => {
        for (const peer of liar.log.core.peers) announce(peer, said++)
      }, 700)
      onTestFinished(() => clearInterval(timer))
    }
    await until(() => copy.log.core.peers.filter((peer) => peer.remoteLength >= 2 ** 30).length === 2, 30_000)
    connect(owner.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 60_000)
    // Who has given something is asked first from then on.
    await owner.writer.append(numbered(3))
    await until(whole(copy.log, owner.log), 60_000)
    expect(copy.reasons).toEqual([])
  }, 150_000)

  it('learns of a newer head while the blocks of the one before are on their way', async () => {
    const owner = await ownerOf(numbered(100))
    const slow = await createReplica(owner.log.key)
    slow.log.core.download({ start: 0, end: -1 })
    connect(owner.storage.store, slow.storage.store)
    await until(whole(slow.log, owner.log), 30_000)
    const { signature } = (await owner.log.head())!
    const timers: NodeJS.Timeout[] = []
    onTestFinished(() => timers.forEach(clearInterval))
    const extension = openExtension(hypercoreOf(slow.log.core), NAME, (bytes, peer) => {
      const message = decodeMessage(bytes)
      const tell = (answer: Message) => extension.send(encodeMessage(answer), peer)
      if (message.kind === 'hello' && message.asks) tell({ kind: 'hello', asks: false })
      if (message.kind !== 'want') return
      let start = message.from
      const send = async () => {
        const nodes = await slow.log.nodes(coverIndexes(start + 1, 100))
        const blocks = [await slow.log.get(start)]
        tell({ kind: 'blocks', start, blocks, nodes, length: 100, signature, identity: owner.log.identity })
        start++
      }
      void send()
      timers.push(setInterval(() => void send(), 300))
    })
    const copy = await copyOf(owner.log.key)
    connect(slow.storage.store, copy.storage.store)
    await until(() => copy.log.length === 100, 30_000)
    await owner.writer.append(numbered(3))
    await until(() => copy.log.length === 103, 20_000)
    const before = copy.log.core.contiguousLength
    expect(before).toBeLessThan(100)
    // And what comes of the one before is taken in.
    await until(() => copy.log.core.contiguousLength > before + 1, 20_000)
    expect(copy.reasons).toEqual([])
  }, 90_000)

  it('tells a peer that it believes no more to stop', async () => {
    const owner = await ownerOf(numbered(20))
    const head = (await owner.log.head())!
    const kinds: string[] = []
    const forger = await liar(owner, (message, tell) => {
      kinds.push(message.kind)
      if (message.kind !== 'want') return
      const forged = { kind: 'blocks', start: 0, blocks: numbered(20, 51), nodes: [], length: 20 } as const
      tell({ ...forged, signature: head.signature, identity: owner.log.identity })
    })
    const copy = await copyOf(owner.log.key)
    connect(forger.storage.store, copy.storage.store)
    await until(() => kinds.includes('stop'), 30_000)
    expect(copy.reasons).toHaveLength(1)
  }, 60_000)
})

/** Says, as hypercore does, how long the log is. */
function announce(peer: LogPeer, length: number): void {
  const { wireSync } = peer as unknown as { wireSync: { send(message: object): void } }
  const flags = { canUpgrade: true, uploading: true, downloading: true, hasManifest: true, allowPush: false }
  wireSync.send({ fork: 0, length, remoteLength: 0, ...flags })
}

/** One end of a connection; what is written to it can be held up. */
class Raw extends Duplex {
  other: Raw | null = null
  held: (() => void)[] | null = null

  override _read(): void {}

  override _write(bytes: Uint8Array, _: string, done: () => void): void {
    const go = () => {
      this.other!.push(bytes)
      done()
    }
    if (this.held === null) go()
    else this.held.push(go)
  }

  letGo(): void {
    const held = this.held ?? []
    this.held = null
    for (const go of held) go()
  }
}

/** The encrypted stream over one of one's own, as a swarm makes it. */
function encrypted(raw: Duplex, isInitiator: boolean): Duplex {
  const { noiseStream } = Hypercore.createProtocolStream(isInitiator) as unknown as { noiseStream: Duplex }
  const Secret = noiseStream.constructor as new (isInitiator: boolean, raw: Duplex) => Duplex
  noiseStream.destroy()
  return new Secret(isInitiator, raw)
}

describe('the holder of a log', () => {
  it.each(['encrypted', 'piped'])(
    'holds little in memory for a peer that says it has what it does not read, over a stream that is %s',
    async (how) => {
      const owner = await ownerOf(numbered(300, 100_000))
      let sent = 0
      watchSent(owner.log, (message) => {
        if (message.kind === 'blocks') sent += message.blocks.reduce((sum, block) => sum + block.length, 0)
      })
      const peer = await createReplica(owner.log.key)
      const speaks: LogPeer[] = []
      const extension = openExtension(hypercoreOf(peer.log.core), NAME, (_, from) => void speaks.push(from))
      const [left, right] = [new Raw(), new Raw()]
      left.other = right
      right.other = left
      for (const [store, raw, isInitiator] of [
        [owner.storage.store, left, true],
        [peer.storage.store, right, false],
      ] as const) {
        const stream = how === 'encrypted' ? encrypted(raw, isInitiator) : store.replicate(isInitiator)
        stream.on('error', () => {})
        onTestFinished(() => void stream.destroy())
        if (how === 'encrypted') store.replicate(stream)
        else pipeline(raw, stream, raw, () => {})
      }
      await until(() => speaks.length > 0, 30_000)
      left.held = []
      extension.send(encodeMessage({ kind: 'want', from: 0, length: 0 }), speaks[0]!)
      await until(() => sent > 0, 30_000)
      let said = 0
      for (let n = 0; n < 1500 && sent < 20_000_000; n++) {
        const bytes = sent - said
        if (bytes > 0) extension.send(encodeMessage({ kind: 'have', bytes }), speaks[0]!)
        said += bytes
        await pause(1)
      }
      expect(sent).toBeLessThan(4_000_000)
      const before = sent
      left.letGo()
      await until(() => sent > before, 30_000)
    },
    120_000,
  )

  it('reads little more than a message has, though long blocks follow on short ones', async () => {
    const owner = await ownerOf([...numbered(3000, 10), ...numbered(200, 100_000)])
    const read = owner.log.stored.bind(owner.log)
    let most = 0
    owner.log.stored = async (start, end) => {
      const blocks = await read(start, end)
      most = Math.max(
        most,
        blocks.reduce((sum, block) => sum + (block?.length ?? 0), 0),
      )
      return blocks
    }
    const copy = await copyOf(owner.log.key)
    connect(owner.storage.store, copy.storage.store)
    await until(whole(copy.log, owner.log), 60_000)
    expect(most).toBeLessThan(1_100_000)
  }, 90_000)
})

describe('an owner that signed two histories', () => {
  it.each([
    ['goes on longer', 5, 4000],
    ['is shorter', 4000, 5],
    ['is as long, and then goes on', 50, 50],
  ])(
    'is found out where the other %s',
    async (_, here, there) => {
      const [keyPair, indexKey] = [newKeyPair(), randomBytes(32)]
      const [first, second] = [await createLog({ keyPair, indexKey }), await createLog({ keyPair, indexKey })]
      await first.writer.append(numbered(here))
      await second.writer.append(numbered(there, 51))
      for (const { log } of [first, second]) log.fill()
      const copy = await copyOf(first.log.key)
      const cut = connect(first.storage.store, copy.storage.store)
      await until(whole(copy.log, first.log), 30_000)
      await cut()
      const before = await copy.log.head()
      const other = await copyOf(first.log.key)
      connect(second.storage.store, other.storage.store)
      await until(whole(other.log, second.log), 30_000)
      connect(other.storage.store, copy.storage.store)
      if (here === there) {
        await pause(300)
        await second.writer.append(numbered(3))
      }
      await until(() => copy.log.conflicts.length > 0, 30_000)
      expect(before).not.toBeNull()
      expect(copy.log.conflicts[0]!.length).toBe(Math.min(here, there))
    },
    60_000,
  )
})

describe('an owner that lost its log', () => {
  it('has it back from a copy before it signs anything, and goes on', async () => {
    const [keyPair, indexKey] = [newKeyPair(), randomBytes(32)]
    const first = await createLog({ keyPair, indexKey })
    await first.writer.append(numbered(3000, 500))
    first.log.fill()
    const copy = await copyOf(first.log.key)
    const cut = connect(first.storage.store, copy.storage.store)
    await until(whole(copy.log, first.log), 30_000)
    await cut()
    await first.close()
    const again = await createLog({ keyPair, indexKey })
    again.log.fill()
    connect(again.storage.store, copy.storage.store)
    await until(() => again.log.core.peers.length > 0, 30_000)
    const heads = await Promise.all([0, 1, 2].map((n) => again.writer.append(numbered(1, 60 + n))))
    expect(heads.map(({ length }) => length)).toEqual([3001, 3002, 3003])
    await until(whole(copy.log, again.log), 30_000)
    expect(again.log.isComplete).toBe(true)
    expect(await copy.log.head()).toEqual(heads[2])
    expect([copy.log.conflicts, again.log.conflicts, copy.reasons]).toEqual([[], [], []])
  }, 90_000)
})
