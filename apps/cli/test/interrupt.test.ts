/** Ctrl-C at long work: it ends in order, says how to go on, and leaves nothing half done. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from 'vitra'
import { check } from './database.js'
import { aliceAndBob, hosting } from './nodes.js'
import { Terminal } from './terminal.js'
import { json, Live, spawned, vitra } from './vitra.js'

const LONG_MS = 180_000
const CTRL_C = '\u0003'
const OPS = 200
const NOWHERE = { VITRA_BOOTSTRAP: '127.0.0.1:9' }

/** An op that takes a while, for audits that last. */
const SLOW = `
export const apply = (tx, op) => {
  let sum = 0
  for (let n = 0; n < 1200000; n++) sum = (sum + n * op.n) % 1000003
  tx.put('/sum/' + op.n, sum)
}
export function add ({ n }, emit) { emit({ n }) }`

describe('Ctrl-C', () => {
  let folder: TemporaryFolder
  const at = () => ({ cwd: folder.path, env: { ...NOWHERE, NO_COLOR: '1' } })
  beforeAll(async () => {
    folder = await TemporaryFolder.make()
    await writeFile(folder.at('contract.js'), SLOW)
    await json(['init', 'contract.js'], at())
    await using db = await Database.load(folder.at('.vitra'))
    const calls = await Promise.all(Array.from({ length: OPS }, (_, n) => db.call('add', { n })))
    await Promise.all(calls.map((call) => call.whenProcessed({ timeout: LONG_MS })))
  }, LONG_MS)
  afterAll(() => folder[Symbol.asyncDispose]())

  it(
    'ends an audit, which is gone on from with the command line that is told',
    async () => {
      const words = ['verify', '--offline', '--workers', '1']
      await using audit = new Terminal(words, at(), 60)
      await audit.see(/checked [1-9]\d* %.*left/)
      audit.type(CTRL_C)
      await audit.see('error: stopped before it was done (INTERRUPTED)')
      const told = await audit.see(/go on with:\nvitra verify.*\n/)
      expect(await audit.ended()).toBe(130)
      const line = told.replace('go on with:\nvitra ', '').trim().split(' ')
      expect(line).toEqual([...words, '--resume'])
      const resumed = await json<{ from: number }>(line, at())
      expect(resumed).toMatchObject({ verdict: 'valid' })
      expect(resumed.from).toBeGreaterThan(0)
      await check(folder.at('.vitra'))
    },
    LONG_MS,
  )

  it(
    'ends an audit of a part, a monitor, and a question, each with its own word',
    async () => {
      await using audit = new Terminal(['verify', '--offline', '--range', '1..', '--workers', '1'], at())
      await audit.see(/checked [1-9]\d* %/)
      audit.type(CTRL_C)
      await audit.see('begin again with: vitra verify --offline --range 1.. --workers 1\n')
      expect(await audit.ended()).toBe(130)
      await using monitor = new Terminal(['monitor', '--offline', '--fresh'], at())
      await monitor.see(/behind, checked/)
      monitor.type(CTRL_C)
      await monitor.see(/stopped at version \d+/)
      await monitor.see('`vitra monitor` goes on from there.')
      expect(await monitor.ended()).toBe(0)
      await using destroy = new Terminal(['destroy'], at())
      await destroy.see('.vitra')
      destroy.type(CTRL_C)
      expect([1, 130]).toContain(await destroy.ended())
      await check(folder.at('.vitra'))
    },
    LONG_MS,
  )

  it(
    'tells in plain lines in a pipe, and nothing with --quiet',
    async () => {
      const piped = await spawned(['verify', '--offline', '--workers', '1'], at(), 500)
      expect(piped).toEqual({
        code: 130,
        stdout: '',
        stderr:
          'error: stopped before it was done (INTERRUPTED)\n' +
          'what was checked is kept; go on with: vitra verify --offline --workers 1 --resume\n',
      })
      const quiet = await vitra(['verify', '--offline', '--quiet'], at())
      expect(quiet).toMatchObject({ code: 0, stderr: '' })
    },
    LONG_MS,
  )

  it(
    'leaves no file of an export, no database of an import, no folder of a copy without peers',
    async () => {
      await vitra(['export', 'whole.tgz'], at())
      for (const words of [
        ['load', '1'.repeat(64), '--dir', 'copy'],
        ['import', 'whole.tgz', '--dir', 'restored'],
        ['export', 'other.tgz', '--offline'],
      ]) {
        const { code, stderr } = await spawned(words, at(), 100)
        // What takes no time may be done by then.
        if (code === 0 && words[0] !== 'load') continue
        expect(code, words[0]).toBe(130)
        expect(stderr).toContain(`: vitra ${words.join(' ')}\n`)
        const made = words[0] === 'export' ? ['other.tgz', 'other.tgz.next'] : [words.at(-1)!]
        expect(
          made.filter((name) => existsSync(folder.at(name))),
          words[0],
        ).toEqual([])
      }
    },
    LONG_MS,
  )
})

describe('Ctrl-C at a copy that arrives', () => {
  it(
    'keeps what has arrived, and the same command goes on',
    async () => {
      await using both = await aliceAndBob()
      const { alice, bob, key, folder } = both
      {
        await using db = await Database.load(folder.at('alice'))
        const value = 'x'.repeat(20_000)
        for (let n = 0; n < 16; n++) {
          const paths = Array.from({ length: 25 }, (_, m) => `/${n}/${m}`)
          const calls = await Promise.all(paths.map((path) => db.call('put', { path, value: value + path })))
          await Promise.all(calls.map((call) => call.whenProcessed({ timeout: LONG_MS })))
        }
      }
      await using host = new Live(['host'], alice)
      await hosting(host)
      await using copy = new Terminal(['load', key], bob, 60)
      await copy.see(/fetched \d+ %/)
      copy.type(CTRL_C)
      const code = await copy.ended()
      if (code !== 0) {
        expect(code).toBe(130)
        expect(copy.shown).toContain(`what has arrived is kept; go on with:\nvitra load ${key}`)
        expect(existsSync(folder.at('bob'))).toBe(true)
      }
      expect(await json(['load', key], bob)).toMatchObject({ key })
      expect(await json(['status'], bob)).toMatchObject({ missingBlocks: 0 })
      await host.stop()
      await check(folder.at('bob'))
    },
    LONG_MS,
  )
})
