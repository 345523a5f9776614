/** spec/8-durability §2: what a log's owner lacks of it is had from peers before anything is signed over it. */
import { describe, expect, it } from 'vitest'
import { backUp, connect, createLog, createReplica, type OpenLog, restore, text, until } from './helpers.js'
import { create, load, losePower, newFolder } from './writer-folders.js'

type Replica = Awaited<ReturnType<typeof createReplica>>

/** A log whose folder came back as it was after its first block; a peer has the others. */
interface Restored {
  readonly folder: string
  readonly replica: Replica
}

/** @param before of the folder's return: appends the blocks that the peer then has */
async function restored(before: (opened: OpenLog, folder: string) => Promise<void>): Promise<Restored> {
  const folder = await newFolder()
  const opened = await create(folder)
  await opened.writer.append([text('a')])
  const old = await backUp(folder)
  const replica = await createReplica(opened.log.key)
  connect(opened.storage.store, replica.storage.store)
  await before(opened, folder)
  await until(() => replica.log.length === opened.log.length)
  for (let n = 0; n < replica.log.length; n++) await replica.log.get(n)
  await opened.close()
  for (const part of ['logs', 'journal'] as const) await restore(old, folder, part)
  return { folder, replica }
}

/** Loads the log and connects it. @returns what cuts the connection besides */
async function join({ folder, replica }: Restored): Promise<{ back: OpenLog; cut: () => Promise<void> }> {
  const back = await load(folder)
  const cut = connect(back.storage.store, replica.storage.store)
  await until(() => back.log.core.peers.length > 0)
  return { back, cut }
}

async function appendAll({ writer }: OpenLog, count: number, name: string): Promise<void> {
  for (let n = 0; n < count; n++) await writer.append([text(`${name} ${n}`)])
}

describe('log writer, behind its peers', () => {
  it('catches up with a peer that has more of its log before it appends', async () => {
    const lost = await restored((opened) => appendAll(opened, 5, 'lost'))
    const { replica } = lost
    const head = await replica.log.head()
    const { back } = await join(lost)
    const next = await back.writer.append([text('new')])
    expect(next.length).toBe(7)
    expect(await back.log.treeHashAt(6)).toEqual(head!.treeHash)
    expect(await back.log.get(3)).toEqual(text('lost 2'))
    await until(() => replica.log.length === 7)
    expect(await replica.log.get(6)).toEqual(text('new'))
  })

  it('loses nothing to a power cut after it has caught up', async () => {
    const lost = await restored((opened) => appendAll(opened, 5, 'given'))
    const { back, cut } = await join(lost)
    await back.writer.append([text('seen')])
    await until(() => lost.replica.log.length === 7)
    await cut()
    const head = await back.writer.append([text('seen by nobody')])
    const atPowerCut = await backUp(lost.folder)
    await back.close()
    await losePower(atPowerCut, lost.folder)

    const { log, writer } = await load(lost.folder)
    expect(await log.head()).toEqual(head)
    expect(await log.get(7)).toEqual(text('seen by nobody'))
    expect((await writer.append([text('next')])).length).toBe(9)
  })

  it('finishes from its journal what follows on the part that a peer gives', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    const replica = await createReplica(opened.log.key)
    const cut = connect(opened.storage.store, replica.storage.store)
    // So large that the journal is begun anew on the way: it alone does not lead from `a` to the end.
    for (let n = 0; n < 9; n++) await opened.writer.append([new Uint8Array(1024 * 1024).fill(n)])
    await until(() => replica.log.length === 10)
    await cut()
    const head = await opened.writer.append([text('seen by nobody')])
    await opened.close()

    await restore(old, folder, 'logs')
    const { back } = await join({ folder, replica })
    await back.writer.catchUp()
    expect(await back.log.head()).toEqual(head)
    expect(back.writer.behind).toBe(false)
    expect((await back.writer.append([text('next')])).length).toBe(12)
    await until(() => replica.log.length === 12)
  })

  it('opens where a peer gave the head of the log alone, and its journal is older', async () => {
    let middle = ''
    const lost = await restored(async (opened, folder) => {
      // The tree of three blocks has a root that no proof of the head of seven brings.
      await appendAll(opened, 2, 'given')
      middle = await backUp(folder)
      await appendAll(opened, 4, 'given later')
    })
    const { back, cut } = await join(lost)
    await back.writer.catchUp()
    await cut()
    await back.close()

    await restore(middle, lost.folder, 'journal')
    const { log, writer } = await load(lost.folder)
    expect(log.length).toBe(7)
    await expect(log.get(2, { wait: false })).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    expect(writer.behind).toBe(false)
    expect((await writer.append([text('next')])).length).toBe(8)
  })

  it('asks nobody for what its journal holds', async () => {
    const folder = await newFolder()
    const opened = await create(folder)
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    await opened.writer.append([text('b')])
    await opened.close()
    await restore(old, folder, 'logs')
    const back = await load(folder)
    expect(back.log.length).toBe(2)
    await back.writer.catchUp()
    expect(back.writer.behind).toBe(false)
  })

  it('leaves the event loop free while a peer does not give what it announced', async () => {
    const { log, writer, storage } = await createLog()
    await writer.append([text('a')])
    const replica = await createReplica(log.key)
    const cut = connect(storage.store, replica.storage.store)
    await until(() => replica.log.length === 1 && log.core.peers.length > 0)
    const peer = log.core.peers[0] as unknown as { remoteLength: number }
    peer.remoteLength = 1000
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    const append = writer.append([text('b')])
    const refusal = expect(append).rejects.toMatchObject({ code: 'LOG_BEHIND' })
    await until(() => ticks >= 20, 5000)
    clearInterval(timer)
    await cut()
    await refusal
    expect((await writer.append([text('b')])).length).toBe(2)
  })

  it.each([0, 1])('refuses a log that contradicts its journal, %i blocks before its end', async (before) => {
    const folder = await newFolder()
    const opened = await create(folder)
    await opened.writer.append([text('a')])
    const old = await backUp(folder)
    for (let n = 0; n <= before; n++) await opened.writer.append([text(`one history ${n}`)])
    const journal = await backUp(folder)
    await opened.close()
    await restore(old, folder, 'logs')
    await restore(old, folder, 'journal')
    const other = await load(folder)
    await other.writer.append([text('another history')])
    await other.close()
    await restore(journal, folder, 'journal')
    await expect(load(folder)).rejects.toMatchObject({ code: 'LOG_CONTRADICTS_JOURNAL' })
  })
})
