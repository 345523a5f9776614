import { IndexLog, type Input, Log, LogError, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { Auditor } from '@vitra/verifier/replay'
import { expect, it } from 'vitest'
import { Database } from 'vitra'
import { publishInto, readHistory, TemporaryFolder, WORKBENCH_CONTRACT } from '../src/index.js'

it('an audit that breaks off inside a batch goes on before it, and accuses nobody of what it did itself', async () => {
  await using folder = await TemporaryFolder.make()
  {
    await using db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
    for (let n = 0; n < 3; n++) await (await db.call('many', { count: 5 })).whenProcessed()
  }
  await using sandbox = await Sandbox.open()
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(await readHistory(folder.at('db')), storage)
  const index = await IndexLog.open(log)
  let broken: Log | null = null
  const openOplog = async ({ signer }: Input) => {
    if (broken !== null) return broken
    broken = await Log.open(storage, oplogIdentity(signer, log.key))
    broken.stored = async () => [] // one block at a time
    return broken
  }
  const auditor = new Auditor({ index, sandbox, openOplog })
  const abort = new AbortController()
  await auditor
    .advance({
      signal: abort.signal,
      onProgress: ({ batches }) => batches === 2 && abort.abort(new Error('enough')),
    })
    .catch((error) => expect(error.message).toBe('enough'))
  const get = broken!.get.bind(broken)
  for (const at of [6, 8, 13]) {
    for (const fault of [new Error('the disk is gone'), new LogError('LOG_DAMAGED', 'so it is')]) {
      broken!.get = async (seq, options) => {
        if (seq === at) throw fault
        return get(seq, options)
      }
      await expect(auditor.advance()).rejects.toBe(fault)
    }
  }
  broken!.get = get
  expect(await auditor.advance()).toMatchObject({ verdict: 'valid', ops: 15, version: index.length })
  await index.close()
})

it('an audit whose index is closed under it accuses nobody, unless a second history closed it', async () => {
  await using folder = await TemporaryFolder.make()
  {
    await using db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
    for (let n = 0; n < 4; n++) await (await db.call('many', { count: 10 })).whenProcessed()
  }
  await using sandbox = await Sandbox.open()
  const history = await readHistory(folder.at('db'))
  const places = [0, 1, 5, 12, 13, 14, 26, 30, 39, 45, 51]
  for (const [blocks, isForked] of places.flatMap((at) => [[at, false] as const, [at, true] as const])) {
    await using storage = Storage.temporary()
    await storage.create()
    const log = await publishInto(history, storage)
    const index = await IndexLog.open(log)
    const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
    const get = log.get.bind(log)
    log.stored = async () => [] // one block at a time
    let read = 0
    log.get = async (seq, options) => {
      const block = await get(seq, options)
      if (read++ !== blocks) return block
      if (isForked) log.conflicts.push({ length: 3, fork: 0, head: null })
      await log.core.close()
      return block
    }
    const report = await new Auditor({ index, sandbox, openOplog }).advance()
    expect(report.verdict).toBe(isForked ? 'fraud' : 'inconclusive')
    expect(report.violation?.code).toBe(isForked ? 'log-forked' : undefined)
    expect(log.length).toBe(0)
    await index.close()
  }
})

it('an audit goes as far as the index reached when it began, however fast that grows', async () => {
  await using folder = await TemporaryFolder.make()
  {
    await using db = await Database.create(folder.at('db'), { contract: { source: WORKBENCH_CONTRACT } })
    for (let n = 0; n < 4; n++) await (await db.call('nothing')).whenProcessed()
  }
  await using sandbox = await Sandbox.open()
  await using storage = Storage.temporary()
  await storage.create()
  const log = await publishInto(await readHistory(folder.at('db')), storage)
  const index = await IndexLog.open(log)
  const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
  const ends: number[] = []
  const onProgress = ({ version }: { version: number }) => ends.push(version)
  await new Auditor({ index, sandbox, openOplog }).advance({ onProgress })
  expect(ends).toHaveLength(5)
  let grown = 1
  Object.defineProperty(index, 'length', { get: () => ends[grown] })
  const auditor = new Auditor({ index, sandbox, openOplog })
  const first = await auditor.advance({ onProgress: () => grown < ends.length - 1 && grown++ })
  expect(first).toMatchObject({ verdict: 'valid', version: ends[1], length: ends[3] })
  expect(await auditor.advance()).toMatchObject({ verdict: 'valid', version: ends[3] })
  await index.close()
})
