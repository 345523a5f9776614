/** spec/1-identity §1, §5: which logs are opened, and what a replica believes. */
import Corestore from 'corestore'
import Hypercore from 'hypercore'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  checkHead,
  hypercoreNamespace,
  Log,
  logKey,
  NAMESPACE_DEFAULT,
  oplogIdentity,
  proofSource,
  proveInclusion,
  Storage,
  sodiumCrypto,
} from '../src/index.js'
import { corestoreOf } from '../src/internals/hypercore.js'
import {
  backUp,
  connect,
  createLog,
  createReplica,
  filled,
  fixedKeyPair,
  loadLog,
  restore,
  temporaryFolder,
  text,
  until,
} from './helpers.js'

const PAIR = fixedKeyPair(3)
const buffer = (bytes: Uint8Array) => Buffer.from(bytes)
const HYPERCORE_PAIR = { publicKey: buffer(PAIR.publicKey), secretKey: buffer(PAIR.secretKey) }
const SIGNER = { signature: 'ed25519' as const, publicKey: buffer(PAIR.publicKey) }
const TEMPLATE: Hypercore.ManifestInput = {
  version: 2,
  hash: 'blake2b',
  allowPatch: false,
  quorum: 1,
  signers: [SIGNER],
  userData: buffer(oplogIdentity(PAIR.publicKey, filled(1)).userData),
}

const FOREIGN: [string, Hypercore.ManifestInput][] = [
  ['version 1', { ...TEMPLATE, version: 1, userData: null }],
  ['version 0', { version: 0, signers: [SIGNER] }],
  ['no user data', { ...TEMPLATE, userData: null }],
  ['patches allowed', { ...TEMPLATE, allowPatch: true }],
  ['a prologue', { ...TEMPLATE, prologue: { hash: buffer(filled(2)), length: 3 } }],
  ['linked logs', { ...TEMPLATE, linked: [buffer(filled(4))] }],
  ['a second signer', { ...TEMPLATE, signers: [SIGNER, { ...SIGNER, publicKey: buffer(filled(5)) }] }],
  ['quorum 2', { ...TEMPLATE, quorum: 2, signers: [SIGNER, { ...SIGNER, publicKey: buffer(filled(5)) }] }],
  ['another namespace', { ...TEMPLATE, signers: [{ ...SIGNER, namespace: buffer(filled(6)) }] }],
  ['long user data', { ...TEMPLATE, userData: Buffer.alloc(253) }],
]

/** Of these no reader takes a block that one key pair signed. */
const WITHOUT_BLOCKS = new Set(['a prologue', 'a second signer', 'quorum 2'])

async function openStorage(): Promise<Storage> {
  const storage = Storage.temporary()
  await storage.create()
  onTestFinished(() => storage.close())
  return storage
}

describe('log', () => {
  it('takes a log of the template, by identity and by key', async () => {
    const storage = await openStorage()
    const core = corestoreOf(storage.store).get({ manifest: TEMPLATE, keyPair: HYPERCORE_PAIR })
    await core.append(text('a') as Buffer)
    const identity = oplogIdentity(PAIR.publicKey, filled(1))
    expect(logKey(sodiumCrypto, identity)).toEqual(new Uint8Array(core.key!))
    const byKey = await Log.open(storage, new Uint8Array(core.key!))
    expect(byKey.identity).toEqual(identity)
    const byIdentity = await Log.open(storage, identity)
    expect(byIdentity.key).toEqual(byKey.key)
    expect(await byIdentity.get(0)).toEqual(text('a'))
  })

  it('names the default namespace as hypercore does', () => {
    const { signers } = Hypercore.parseManifest(TEMPLATE)!
    expect(new Uint8Array(signers[0]!.namespace)).toEqual(hypercoreNamespace(sodiumCrypto, NAMESPACE_DEFAULT))
  })

  it.each(FOREIGN)('refuses a log on disk with a manifest of %s', async (_, manifest) => {
    const storage = await openStorage()
    const core = corestoreOf(storage.store).get({ manifest, keyPair: HYPERCORE_PAIR })
    await core.ready()
    const key = new Uint8Array(core.key!)
    await expect(Log.open(storage, key)).rejects.toMatchObject({ name: 'LogError', code: 'LOG_FOREIGN' })
  })

  it.each(FOREIGN.filter(([what]) => !WITHOUT_BLOCKS.has(what)))(
    'refuses a log that arrives from a peer with %s',
    async (_, manifest) => {
      const folder = await temporaryFolder()
      const store = new Corestore(folder)
      onTestFinished(() => store.close())
      const core = store.get({ manifest, keyPair: HYPERCORE_PAIR })
      await core.append(text('a') as Buffer)
      const { log, storage } = await createReplica(new Uint8Array(core.key!))
      expect(() => log.identity).toThrow(expect.objectContaining({ code: 'LOG_UNKNOWN' }))
      connect(store, storage.store)
      await until(() => log.length === 1 || log.core.manifest !== null)
      expect(() => log.identity).toThrow(expect.objectContaining({ code: 'LOG_FOREIGN' }))
      await expect(log.get(0, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'LOG_FOREIGN' })
    },
  )

  it('refuses a log whose key is a bare public key, which binds no manifest', async () => {
    const core = new Hypercore(await temporaryFolder(), { keyPair: HYPERCORE_PAIR, compat: true })
    onTestFinished(() => core.close())
    await core.append(text('a') as Buffer)
    expect(new Uint8Array(core.key!)).toEqual(PAIR.publicKey)
    const { log, storage } = await createReplica(PAIR.publicKey)
    const left = core.replicate(true)
    const right = storage.store.replicate(false)
    for (const stream of [left, right]) stream.on('error', () => {})
    left.pipe(right).pipe(left)
    await until(() => log.length === 1)
    expect(() => log.identity).toThrow(expect.objectContaining({ code: 'LOG_FOREIGN' }))
    await expect(log.get(0, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'LOG_FOREIGN' })
  })

  it('gives every replica the same head, blocks on hand or not', async () => {
    const { log, writer, storage } = await createLog()
    for (let n = 0; n < 11; n++) await writer.append([text(String(n))])
    const replica = await createReplica(log.key)
    const cut = connect(storage.store, replica.storage.store)
    await until(() => replica.log.length === 11)
    await replica.log.get(2)
    await cut()
    const head = await replica.log.head()
    expect(head).toEqual(await log.head())
    expect(checkHead(sodiumCrypto, replica.log.identity, head!)).toBe(true)
    expect(await replica.log.roots()).toEqual(await log.roots())
    expect((await proveInclusion(proofSource(replica.log), 2)).head).toEqual(head)
  })

  it('has no head and no roots while it is empty', async () => {
    const { log } = await createLog()
    expect(await log.head()).toBe(null)
    expect(await log.roots()).toEqual({ length: 0, roots: [] })
  })

  it('says which block is missing, at once or in time', async () => {
    const { log, writer, storage } = await createLog()
    await writer.append([text('a'), text('b')])
    const { log: replica, storage: other } = await createReplica(log.key)
    await connect(storage.store, other.store)
    await until(() => replica.length === 2)
    expect(await replica.get(0)).toEqual(text('a'))
    await expect(replica.get(1, { wait: false })).rejects.toMatchObject({
      code: 'BLOCK_MISSING',
      details: { seq: 1 },
    })
    await expect(log.get(5, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    await expect(log.get(5, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })

  it('hands out blocks that nobody shares', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('abc')])
    const first = await log.get(0)
    first.fill(0)
    expect(await log.get(0)).toEqual(text('abc'))
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype)
    const head = (await log.head())!
    expect(Object.getPrototypeOf(head.signature)).toBe(Uint8Array.prototype)
  })

  it('waits for a length, and no longer than asked', async () => {
    const { log, writer } = await createLog()
    const waiting = log.waitForLength(2, 5000)
    await writer.append([text('a')])
    await writer.append([text('b')])
    expect(await waiting).toBe(true)
    expect(await log.waitForLength(3, 20)).toBe(false)
    expect(await log.waitForLength(3, 0)).toBe(false)
    expect(log.listenerCount('append')).toBe(0)
  })

  it('keeps its history when a peer shows another one of the same owner', async () => {
    const folder = `${await temporaryFolder()}/db`
    const opened = await createLog({ folder, keyPair: PAIR, indexKey: filled(1) })
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    await opened.writer.append([text('first history'), text('x')])
    const replica = await createReplica(opened.log.key)
    const cut = connect(opened.storage.store, replica.storage.store)
    await until(() => replica.log.length === 3)
    expect(await replica.log.get(1)).toEqual(text('first history'))
    await replica.log.get(2)
    await cut()
    await opened.close()
    await restore(old, folder, 'logs')
    await restore(old, folder, 'journal')
    const liar = await loadLog(folder, PAIR, filled(1))
    await liar.writer.append([text('second history'), text('y'), text('z'), text('longer')])
    vi.spyOn(console, 'log').mockReturnValue() // hypercore prints lines of its own, until the process ends
    const conflict = new Promise((resolve) => replica.log.once('conflict', resolve))
    connect(liar.storage.store, replica.storage.store)
    expect(await conflict).toMatchObject({ fork: 0 })
    expect(replica.log.conflicts.length).toBeGreaterThan(0)
    // hypercore closes a log that has a conflict; what it held is still there.
    const again = await Log.open(replica.storage, replica.log.key)
    expect(again.length).toBe(3)
    expect(await again.get(1, { wait: false })).toEqual(text('first history'))
    await again.close()
  })

  it('does not follow a fork that its owner announces', async () => {
    const folder = await temporaryFolder()
    const store = new Corestore(folder)
    onTestFinished(() => store.close())
    const core = store.get({ manifest: TEMPLATE, keyPair: HYPERCORE_PAIR })
    await core.append([text('a'), text('b'), text('c')] as Buffer[])
    const { log, storage } = await createReplica(new Uint8Array(core.key!))
    const cut = connect(store, storage.store)
    await until(() => log.length === 3)
    for (const seq of [0, 1, 2]) await log.get(seq)
    await cut()
    await core.truncate(1)
    await core.append([text('B'), text('C'), text('D'), text('E')] as Buffer[])
    expect(core.fork).toBe(1)
    connect(store, storage.store)
    await until(() => log.core.peers.length > 0 || log.conflicts.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(log.core.fork).toBe(0)
    expect(log.length).toBe(3)
    expect(await log.get(1, { wait: false })).toEqual(text('b'))
  })
})
