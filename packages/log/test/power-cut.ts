/**
 * What `power-cut.test.ts` and its soak form share: a log whose machine loses power at random points, with whatever a
 * power cut may take from its folder, and peers that are there, come later or stay away.
 */
import { open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { expect, onTestFinished } from 'vitest'
import { type LogError, randomBytes, type SignedHead, toHex } from '../src/index.js'
import {
  backUp,
  connect,
  createLog,
  createReplica,
  filled,
  fixedKeyPair,
  loadLog,
  type OpenLog,
  restore,
  temporaryFolder,
  until,
} from './helpers.js'
import { seeded } from './seeded.js'

const KEYS = fixedKeyPair(21)
const INDEX = filled(22)

/** What is left of the journal. A disk that keeps its word keeps it whole. */
type JournalLoss = 'whole' | 'torn' | 'cut' | 'old' | 'lost'

/** Every length that was ever signed, with its tree: a second one for a length is what must never be. */
class Signed {
  readonly #trees = new Map<number, string>()
  longest = 0

  add({ length, treeHash }: SignedHead): void {
    const known = this.#trees.get(length)
    if (known !== undefined) expect(toHex(treeHash), `length ${length} was signed twice`).toBe(known)
    this.#trees.set(length, toHex(treeHash))
    this.longest = Math.max(this.longest, length)
  }

  get size(): number {
    return this.#trees.size
  }
}

/** Cuts the write-ahead log at a random point: what comes after was never on disk. Zeros are what some systems leave. */
async function cutStore(folder: string, random: () => number): Promise<void> {
  const db = `${folder}/logs/db`
  const names = (await readdir(db)).filter((name) => /^\d+\.log$/.test(name)).sort()
  const cutAt = Math.floor(random() * names.length)
  for (const name of names.slice(cutAt)) {
    const { size } = await stat(`${db}/${name}`)
    const kept = name === names[cutAt] ? Math.floor(random() * (size + 1)) : 0
    await truncate(`${db}/${name}`, kept)
    if (random() < 0.3) await truncate(`${db}/${name}`, size)
  }
}

async function cutJournal(file: string, loss: JournalLoss, random: () => number): Promise<void> {
  const { size } = await stat(file)
  if (loss === 'lost') await rm(file)
  if (loss === 'cut') await truncate(file, Math.floor(random() * size))
  if (loss !== 'torn') return
  // A record that was on its way: what was written of it is a beginning, or zeros.
  const handle = await open(file, 'a')
  await handle.appendFile(random() < 0.5 ? Buffer.alloc(200) : (await readFile(file)).subarray(0, size - 1))
  await handle.close()
}

interface Machine {
  readonly folder: string
  readonly random: () => number
  readonly signed: Signed
  opened: OpenLog
}

async function work({ opened: { writer, log }, random, signed }: Machine): Promise<void> {
  for (let appends = Math.ceil(random() * 6); appends > 0; appends--) {
    const blocks = Array.from({ length: Math.ceil(random() * 4) }, () =>
      randomBytes(random() < 0.1 ? 40_000 : 90),
    )
    signed.add(await writer.append(blocks))
    signed.add((await log.head())!)
  }
}

/** What the journal lost is known to peers alone; else the journal tells everything. */
const JOURNAL_TELLS: readonly JournalLoss[] = ['whole', 'torn']

/** One power cut, and what the machine does after it. */
async function powerCut(machine: Machine, replica: OpenReplica, loss: JournalLoss): Promise<void> {
  const { folder, random, signed, opened } = machine
  const old = await backUp(folder)
  await work(machine)
  await until(async () => replica.log.length === opened.log.length && replica.log.isComplete)
  const atCut = await backUp(folder)
  const file = opened.storage.journalPath(opened.log.key)
  await replica.cut()
  await opened.close()
  await restore(atCut, folder, 'logs')
  await restore(loss === 'old' ? old : atCut, folder, 'journal')
  await cutStore(folder, random)
  await cutJournal(file, loss, random)

  machine.opened = await loadLog(folder, KEYS, INDEX)
  const { writer, log } = machine.opened
  const head = await log.head()
  if (head !== null) signed.add(head)
  if (JOURNAL_TELLS.includes(loss)) {
    expect(log.length, 'nothing that was acknowledged is lost').toBe(signed.longest)
    expect(writer.behind || writer.isUnsure).toBe(false)
  } else if (writer.behind && random() < 0.5) {
    // Nobody is there yet: it waits.
    const refusal = await writer.append([randomBytes(9)]).catch((error: LogError) => error)
    expect(refusal).toMatchObject({ code: 'LOG_BEHIND' })
  }
  replica.join(machine.opened)
  if (!JOURNAL_TELLS.includes(loss)) await until(() => log.core.peers.length > 0)
  await work(machine)
  expect(log.length).toBeGreaterThan(signed.longest - 1)
}

interface OpenReplica {
  readonly log: OpenLog['log']
  join(machine: OpenLog): void
  cut(): Promise<void>
}

async function openReplica(machine: OpenLog): Promise<OpenReplica> {
  const { log, storage } = await createReplica(machine.log.key)
  log.core.download({ start: 0, end: -1 })
  const conflicts: unknown[] = []
  log.on('conflict', (conflict) => conflicts.push(conflict))
  onTestFinished(() => expect(conflicts).toEqual([]))
  let cut = connect(storage.store, machine.storage.store)
  return {
    log,
    join(other) {
      cut = connect(storage.store, other.storage.store)
    },
    cut: () => cut(),
  }
}

/** A log whose machine loses power again and again signs one history. */
export async function losePowerAgainAndAgain(seed: number, rounds: number): Promise<void> {
  const random = seeded(seed)
  const folder = `${await temporaryFolder()}/db`
  const opened = await createLog({ folder, keyPair: KEYS, indexKey: INDEX })
  const machine: Machine = { folder, random, signed: new Signed(), opened }
  const replica = await openReplica(opened)
  await work(machine)
  const losses: JournalLoss[] = ['whole', 'torn', 'cut', 'old', 'lost', 'whole']
  for (let round = 0; round < rounds; round++)
    await powerCut(machine, replica, losses[round % losses.length]!)
  const { log } = machine.opened
  await until(() => replica.log.length === log.length)
  expect(await replica.log.head()).toEqual(await log.head())
  expect(machine.signed.size).toBeGreaterThan(rounds)
}
