/**
 * spec/8-durability §2, seen from outside: no signed head leaves the process, and no call returns, before what it
 * covers is on disk. The system's own fdatasync is slowed down for it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Log, Storage, toHex } from '@vitra/log'
import { COUNTER_CONTRACT, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const CHILD = fileURLToPath(new URL('disk-child.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const DELAY_MS = 500
/** Clocks of two processes and the timer of the kernel are this exact, in ms. */
const EXACT_MS = 5
const CALLS = 3
const TEST_MS = 120_000

/** A process that says one event a line, under strace. */
class Traced {
  readonly #child: ChildProcess
  readonly #said: [event: string, value: number][] = []
  readonly #told = new Set<() => void>()
  readonly #ended: Promise<void>

  constructor(args: readonly string[], traceFile: string) {
    const delay = `fdatasync:delay_enter=${DELAY_MS * 1000}`
    const strace = ['-f', '-qq', '--seccomp-bpf', '-y', '-ttt', '-T', '-o', traceFile, '-e', 'fdatasync']
    this.#child = spawn('strace', [...strace, '-e', `inject=${delay}`, process.execPath, CHILD, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const [event, value] = line.split(' ')
      this.#said.push([event!, Number(value)])
      for (const tell of this.#told) tell()
    })
  }

  /** The value of the n-th line of an event. */
  async heard(event: string, nth = 0): Promise<number> {
    for (;;) {
      const found = this.#said.filter(([name]) => name === event)[nth]
      if (found !== undefined) return found[1]
      await new Promise<void>((resolve) => this.#told.add(resolve))
    }
  }

  call(): void {
    this.#child.stdin!.write('call\n')
  }

  async end(): Promise<void> {
    this.#child.stdin!.end()
    await this.#ended
  }
}

interface Sync {
  readonly file: string
  readonly endedAt: number
}

/** Every fdatasync in a trace: of what file, and when it had returned, in ms. */
async function readSyncs(traceFile: string): Promise<Sync[]> {
  const line = /^\d+\s+([\d.]+) fdatasync\(\d+<([^>]+)>\)\s+= 0 .*<([\d.]+)>$/gm
  const whole = /^(\d+)\s+([\d.]+) fdatasync\(\d+<([^>]+)> <unfinished \.\.\.>$/gm
  const trace = await readFile(traceFile, 'utf8')
  const syncs = [...trace.matchAll(line)].map(([, at, file, took]) => ({
    file: file!,
    endedAt: (Number(at) + Number(took)) * 1000,
  }))
  for (const [text, pid, , file] of trace.matchAll(whole)) {
    const rest = trace.slice(trace.indexOf(text) + text.length)
    const end = new RegExp(`^${pid}\\s+([\\d.]+) <\\.\\.\\. fdatasync resumed>\\)\\s+= 0`, 'm').exec(rest)
    syncs.push({ file: file!, endedAt: Number(end![1]) * 1000 })
  }
  return syncs.sort((a, b) => a.endedAt - b.endedAt)
}

/** Which length of which log a peer of the child has heard of, and when. */
interface Heard {
  readonly log: 'index' | 'oplog'
  readonly length: number
  readonly at: number
}

/** Calls `CALLS` times while a peer listens. */
async function watch(folder: TemporaryFolder, durability: string) {
  expect(existsSync(BUILT), 'build first: npm run build').toBe(true)
  const db = await Database.create(folder.at('db'), { contract: { source: COUNTER_CONTRACT } })
  const keys = { index: new Uint8Array(db.pubkey), oplog: new Uint8Array(db.localOplog!.key) }
  await db.close()
  const child = new Traced([folder.at('db'), durability], folder.at('trace'))
  const heard: Heard[] = []
  await using storage = Storage.temporary()
  await storage.create()
  for (const name of ['index', 'oplog'] as const) {
    const log = await Log.open(storage, keys[name])
    log.on('append', () => heard.push({ log: name, length: log.length, at: Date.now() }))
  }
  const socket = connect(await child.heard('port'), '127.0.0.1')
  const stream = storage.store.replicate(true)
  for (const end of [socket, stream]) end.on('error', () => {})
  socket.pipe(stream).pipe(socket)
  const until = async (fits: () => boolean) => {
    while (!fits()) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const lastOf = (log: Heard['log']) => heard.findLast((one) => one.log === log)?.length ?? 0
  await until(() => lastOf('index') > 0)
  const before = lastOf('index')
  const calls = []
  for (let nth = 0; nth < CALLS; nth++) {
    const version = lastOf('index')
    child.call()
    const at = async (event: string) => child.heard(event, nth)
    calls.push({
      calling: await at('calling'),
      called: await at('called'),
      processed: await at('processed'),
    })
    await until(() => lastOf('oplog') > nth && lastOf('index') > version)
  }
  await child.end()
  socket.destroy()
  const journal = (log: Heard['log']) => `${toHex(keys[log])}.journal`
  const syncs = await readSyncs(folder.at('trace'))
  const syncsOf = (log: Heard['log']) => syncs.filter(({ file }) => file.endsWith(journal(log)))
  const news = heard.filter(({ log, length }) => log === 'oplog' || length > before)
  return { calls, syncsOf, newsOf: (name: Heard['log']) => news.filter(({ log }) => log === name) }
}

it(
  'no head leaves, no call returns and no result is told before its fdatasync has returned',
  async () => {
    await using folder = await TemporaryFolder.make()
    const { calls, syncsOf, newsOf } = await watch(folder, 'batch')
    for (const log of ['oplog', 'index'] as const) {
      const syncs = syncsOf(log)
      expect(syncs).toHaveLength(CALLS)
      expect(newsOf(log)).toHaveLength(CALLS)
      for (const [nth, { at }] of newsOf(log).entries())
        expect(at + EXACT_MS).toBeGreaterThan(syncs[nth]!.endedAt)
    }
    for (const [nth, { calling, called, processed }] of calls.entries()) {
      expect(called + EXACT_MS).toBeGreaterThan(syncsOf('oplog')[nth]!.endedAt)
      expect(processed + EXACT_MS).toBeGreaterThan(syncsOf('index')[nth]!.endedAt)
      expect(called - calling + EXACT_MS).toBeGreaterThan(DELAY_MS)
      expect(processed - called + EXACT_MS).toBeGreaterThan(DELAY_MS)
    }
    await using db = await Database.load(folder.at('db'))
    expect(await checkDatabase(db)).toMatchObject({ ops: CALLS, waiting: 0 })
  },
  TEST_MS,
)

it(
  'with durability none nothing is waited for',
  async () => {
    await using folder = await TemporaryFolder.make()
    const { syncsOf, newsOf } = await watch(folder, 'none')
    for (const log of ['oplog', 'index'] as const) {
      expect(syncsOf(log)).toEqual([])
      expect(newsOf(log)).toHaveLength(CALLS)
    }
    await using db = await Database.load(folder.at('db'))
    expect(await checkDatabase(db)).toMatchObject({ ops: CALLS, waiting: 0 })
  },
  TEST_MS,
)
