/** A copy behind a link of 20 kB/s and 100 ms: it is told how far it is, and nothing breaks. */
import { connect } from 'node:net'
import { TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { Database, type FullSyncProgress, type MonitorLag, Storage, type SyncProgress } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'
import { NodeProcess } from './node-process.js'
import { SlowLink } from './slow-link.js'

const LINK = { bytesPerSecond: 20_000, latencyMs: 100 }

it('a slow link: the history arrives, progress is told, and the monitor falls behind and catches up', async () => {
  await using folder = await TemporaryFolder.make()
  await using host = new NodeProcess()
  const pubkey = await host.ask<string>('create', folder.at('host'), {
    contract: { source: WORKBENCH_CONTRACT },
  })
  for (let n = 0; n < 10; n++) {
    const tx = await host.ask('call', 'put', { key: `k${n}`, value: 'x'.repeat(4000) })
    await host.ask('whenProcessed', tx, { timeout: 60_000 })
  }
  const version = await host.ask<number>('version')
  await using link = await SlowLink.open(await host.ask<number>('listen'), LINK)
  await using copy = await Database.load(Storage.temporary(), pubkey)
  const told: SyncProgress[] = []
  copy.on('sync', (progress) => told.push(progress))
  const monitor = await copy.monitor()
  const lags: MonitorLag[] = []
  monitor.on('lag', (lag) => lags.push(lag))
  const wrong: unknown[] = []
  for (const event of ['violation', 'error', 'restart'] as const)
    monitor.on(event, (...what: unknown[]) => wrong.push([event, ...what]))
  const started = performance.now()
  copy.replicate(connect(link.port, '127.0.0.1'), { initiator: true })
  const full: FullSyncProgress[] = []
  await copy.syncFullHistory({ onProgress: (progress) => full.push(progress) })
  const seconds = (performance.now() - started) / 1000
  expect(link.bytes / seconds).toBeLessThan(2 * LINK.bytesPerSecond)
  expect(link.bytes).toBeGreaterThan(40_000)
  expect(full.length).toBeGreaterThan(3)
  expect(full.at(-1)!.blocks).toBe(full.at(-1)!.knownBlocks)
  while (monitor.version < version || lags.at(-1)?.blocks !== 0)
    await new Promise((resolve) => monitor.once('lag', resolve))
  expect(Math.max(...lags.map(({ blocks }) => blocks))).toBeGreaterThan(0)
  expect(Math.max(...told.map(({ missingBlocks }) => missingBlocks))).toBeGreaterThan(1)
  const tx = await host.ask('call', 'put', { key: 'late', value: 'y'.repeat(2000) })
  await host.ask('whenProcessed', tx, { timeout: 60_000 })
  const after = await host.ask<number>('version')
  while (monitor.version < after) await new Promise((resolve) => monitor.once('lag', resolve))
  expect(wrong).toEqual([])
  await monitor.close()
  await copy.syncFullHistory()
  expect(await checkDatabase(copy)).toMatchObject({ verdict: 'valid', ops: 11 })
  await host.ask('check')
  await host.close()
}, 180_000)
