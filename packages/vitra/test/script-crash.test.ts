// Calls of a script when processes are killed: executed once, and whoever waits for them is told (spec/10-scripts §1).
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { FORUM_SCRIPT, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { Database } from '../src/index.js'
import { compile } from '../src/script/compile.js'
import { checkDatabase } from '../src/testing/index.js'
import { NodeProcess } from './node-process.js'

useGuests({ secondLooks: false })

const ROUNDS = 4
const CALLS = 20

async function reach(db: Database, executor: NodeProcess): Promise<Socket> {
  const socket = createConnection(await executor.ask<number>('listen'), '127.0.0.1')
  socket.on('error', () => {}) // it is cut when the process is killed
  await once(socket, 'connect')
  db.replicate(socket, { initiator: true })
  await db.whenConnected()
  return socket
}

it('an executor that is killed executes each call once, and callers who come back get its result', async () => {
  await using folder = await TemporaryFolder.make()
  const dir = folder.at('executor')
  let executor = new NodeProcess()
  const key = await executor.ask<string>('create', dir, { contract: { script: FORUM_SCRIPT } })
  await using caller = await Database.load(folder.at('caller'), key)
  let socket = await reach(caller, executor)
  const bob = String(await caller.createIdentity())
  await executor.ask('call', 'addParticipant', { pubkey: bob })
  while (!caller.localOplog?.active) await once(caller, 'update')
  const forum = caller.api()
  const results: Promise<unknown>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < CALLS; n++) results.push(forum.addTopic(`${round} ${n}`))
    // Some of them are executed by then, others are on their way.
    await Promise.race([results.at(-1), new Promise((resolve) => setTimeout(resolve, 10 * round))])
    await executor.kill()
    socket.destroy()
    executor = new NodeProcess()
    await executor.ask('load', dir)
    socket = await reach(caller, executor)
  }
  expect(await Promise.all(results)).toEqual(results.map((_, n) => n + 1))
  expect((await caller.index.get('/.exports/topicCounter'))?.value).toBe(ROUNDS * CALLS)
  await caller.syncFullHistory()
  await checkDatabase(caller)
  await executor.close()
})

it('a caller that is killed finds what became of its call', async () => {
  await using folder = await TemporaryFolder.make()
  const dir = folder.at('db')
  const node = new NodeProcess()
  await node.ask('create', dir, { contract: { script: FORUM_SCRIPT } })
  const { txId } = await node.ask<{ txId: string }>('call', 'call', {
    call: 'addTopic',
    args: ['Hello world'],
  })
  await node.kill()
  await using db = await Database.load(dir)
  const tx = await db.findTransaction(txId)
  const [ack] = await tx!.whenProcessed()
  expect(ack).toMatchObject({ success: true, returnValue: 1 })
  expect(await db.api().addTopic('after')).toBe(2)
  await checkDatabase(db)
})

it('a database whose creation was cut short before its first call makes that call when it is loaded', async () => {
  await using folder = await TemporaryFolder.make()
  const dir = folder.at('db')
  // The same contract, given as one: what is there after its genesis, and before init.
  const { DatabaseCore } = await import('../src/database-core.js')
  const { Storage } = await import('@vitra/log')
  const core = await DatabaseCore.create(Storage.at(dir), { contract: { source: compile(FORUM_SCRIPT) } })
  await core.close()
  await using db = await Database.load(dir)
  expect((await db.index.get('/.script'))?.value).toMatchObject({
    owner: db.localOplog!.publicKey.toString('hex'),
  })
  expect(await db.api().addTopic('one')).toBe(1)
  await checkDatabase(db)
})
