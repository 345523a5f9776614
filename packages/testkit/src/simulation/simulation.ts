/**
 * Runs a plan: one process, an executor, participants and monitors, with real logs, real contracts in real guests, and
 * our own code as it is; disk, network and clock are the simulation's. At the end everything is mended, and what was
 * promised is checked.
 *
 * **What a seed repeats.** The plan: who calls what, in which order, with which ops; who crashes, how and after which
 * event; every cut, stall, weather, disk fault and jump of the clock, and the time that outcomes carry. The generator
 * of each disk and each link is seeded too. **What it does not repeat:** where exactly inside an append a kill falls,
 * how bytes are grouped into packets, where batches end, how long a guest takes, and keys and nonces, which are
 * random. Disk and guests are real, and the network's ticks are turns of the event loop: two runs of a seed differ in how
 * many calls are accepted before a crash, and a seed that fails may have to be run more than once. So the report of a
 * failure (`failure-report.ts`) says all that is known. A plan without faults, each event awaited, has one history: see
 * {@link published}.
 */
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childProcesses, killChildren } from '../processes.js'
import { Random } from '../random.js'
import { FaultDisk } from './fault-disk.js'
import { SignedHeads } from './signed-heads.js'
import { SimClock } from './sim-clock.js'
import { SimCopy, type SimRecords } from './sim-copy.js'
import { SimLink, type Weather } from './sim-link.js'
import type { SimPlan, TimedEvent } from './sim-plan.js'

const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const FINE: Weather = { latency: 0, bytesPerTick: 1024 * 1024 }
/** Events between two kills of guests. A killed guest is replaced and the op tried again. */
const GUEST_KILLS_APART = 15
/** How often everybody is admitted again once all is mended: ops that waited may remove participants. */
const ADMISSIONS_MAX = 50
/** How long a caller waits for its ops while things go wrong. */
const WAIT_TURNS = 200
/** How long to wait for one thing once all is mended, in ms of real time. */
const PATIENCE_MS = 120_000
/** After this time every result that was seen is acknowledged, in ms of real time. */
const ACKNOWLEDGED_MS = 1500

export interface SimulationOptions {
  /** Let everybody finish after each event. */
  readonly settles?: boolean
  /** False: disks lose what was synced, so that promises are broken. Default true. */
  readonly isDiskHonest?: boolean
  /** Folder for the copies; default memory. */
  readonly folder?: string
}

export class Simulation implements AsyncDisposable {
  readonly plan: SimPlan
  /** Each event, and what came of it. */
  readonly log: string[] = []
  readonly records: SimRecords = { accepted: [], acknowledged: [], problems: [], refusals: new Map() }
  readonly heads = new SignedHeads()
  readonly copies = new Map<string, SimCopy>()
  /** Kills, power cuts and restarts. */
  ends = 0
  readonly #disk = new FaultDisk()
  readonly #clock = new SimClock()
  readonly #links = new Map<string, SimLink>()
  readonly #keys = new Map<string, string>()
  readonly #root: string
  readonly #settles: boolean
  readonly #isDiskHonest: boolean
  readonly #others = childProcesses()
  /** So far. */
  #events = 0
  #untilGuestKill = 0
  /** The last kill, while an op may be tried again whose guest it ended: killed once more it would be given up. */
  #openKill: symbol | null = null

  constructor(plan: SimPlan, options: SimulationOptions = {}) {
    const { settles = false, isDiskHonest = true, folder = MEMORY } = options
    this.plan = plan
    this.#isDiskHonest = isDiskHonest
    this.#settles = settles
    this.#root = mkdtempSync(path.join(folder, 'vitra-simulation-'))
  }

  get executor(): SimCopy {
    return this.copy('alice')
  }

  copy(name: string): SimCopy {
    const copy = this.copies.get(name)
    if (copy === undefined) throw new Error(`there is no copy ${name}`)
    return copy
  }

  /** The plan from the first event to the last; then all is mended and comes to rest. */
  async run(): Promise<void> {
    await this.#begin()
    for (const [n, event] of this.plan.events.entries()) {
      this.log.push(`${n} ${describe(event)}`)
      this.#events++
      this.#clock.pass(event.after)
      await this.#do(event)
      if (this.#settles) await this.#settle()
      else for (let tick = 0; tick < event.ticks; tick++) await this.#turn()
    }
    await this.#mend()
    await this.#settle()
    if (!this.#settles) await this.#hearAcknowledgements()
    for (const { database } of this.copies.values()) await this.#until(database.syncFullHistory())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links.values()) link.cut()
    for (const copy of this.copies.values()) await copy.close()
    this.#disk[Symbol.dispose]()
    this.heads[Symbol.dispose]()
    await rm(this.#root, { recursive: true, force: true })
  }

  async #begin(): Promise<void> {
    const { participants, monitors, contract, limits, seed } = this.plan
    for (const [nth, name] of [...participants, ...monitors].entries()) {
      this.copies.set(
        name,
        new SimCopy({
          name,
          root: this.#root,
          disk: this.#disk,
          random: new Random(seed + nth),
          records: this.records,
          // Where everything has to happen at its time, nothing is written by the clock of this machine.
          open: { acknowledge: !this.#settles, ...(name === 'alice' ? { time: this.#clock } : {}) },
          monitors: monitors.includes(name),
          isDiskHonest: this.#isDiskHonest,
          tell: (what) => this.log.push(what),
        }),
      )
    }
    await this.executor.create(contract, limits)
    const { pubkey } = this.executor.database
    for (const [name, copy] of this.copies) {
      if (name !== 'alice') await copy.load(pubkey)
      if (monitors.includes(name)) continue
      const { database } = copy
      const key =
        name === 'alice' ? database.localOplog!.publicKey : (await database.createIdentity()).publicKey
      this.#keys.set(name, key.toString('hex'))
    }
    for (const link of this.#allLinks()) this.#join(link)
  }

  async #do(event: TimedEvent): Promise<void> {
    switch (event.kind) {
      case 'call': {
        const called = this.copy(event.who).call(event.method, this.#named(event.params))
        if (this.#settles) return this.#until(called)
        return event.waits ? this.#forSomeTurns(called) : undefined
      }
      case 'end':
        return this.#end(event)
      case 'cut':
        return this.#cut(event.link)
      case 'join':
        return this.#join(event.link)
      case 'stall':
        return this.#links.get(event.link)?.stall(true)
      case 'flow':
        return this.#links.get(event.link)?.stall(false)
      case 'weather':
        return this.#links.get(event.link)?.turn(event.weather)
      case 'disk':
        return this.copy(event.who).folder.fail(event.fault)
      case 'guest':
        return this.#killGuests()
      case 'clock':
        return this.#clock.jump(event.ms)
      case 'verify':
        return void this.copy(event.who).verify()
    }
  }

  async #end({ who, how }: { who: string; how: 'restart' | 'kill' | 'power-cut' }): Promise<void> {
    const cut = [...this.#links.keys()].filter((link) => link.split('-').includes(who))
    for (const link of cut) this.#cut(link)
    this.ends++
    await this.#until(this.copy(who).end(how))
    await this.#until(this.copy(who).load())
    if (this.copy(who) === this.executor) this.#openKill = null
    for (const link of cut) this.#join(link)
  }

  #killGuests(): void {
    const events = this.ends + this.#events
    if (this.#openKill !== null || events < this.#untilGuestKill) return
    this.#untilGuestKill = events + GUEST_KILLS_APART
    const kill = Symbol('kill')
    this.#openKill = kill
    const isOver = () => {
      if (this.#openKill === kill) this.#openKill = null
    }
    this.executor.database.executor!.sync().then(isOver, isOver)
    this.log.push(`  killed ${killChildren(this.#others)} guests`)
  }

  /** Public keys for the names that a plan has. */
  #named(params: object): object {
    const { pubkey } = params as { pubkey?: string }
    return pubkey === undefined ? params : { ...params, pubkey: this.#keys.get(pubkey) }
  }

  #allLinks(): string[] {
    const names = [...this.copies.keys()]
    return names.flatMap((a, n) => names.slice(n + 1).map((b) => `${a}-${b}`))
  }

  #join(link: string): void {
    if (this.#links.get(link)?.isCut === false) return
    const [a, b] = link.split('-') as [string, string]
    const random = new Random(this.plan.seed + this.#allLinks().indexOf(link))
    this.#links.set(
      link,
      new SimLink(this.copy(a).database, this.copy(b).database, this.#clock, random, FINE),
    )
  }

  #cut(link: string): void {
    this.#links.get(link)?.cut()
    this.#links.delete(link)
  }

  /** Everything works again, and everybody takes part. */
  async #mend(): Promise<void> {
    this.log.push('all is mended')
    for (const copy of this.copies.values()) copy.folder.fail(null)
    this.#joinAll()
    await this.#settle()
    for (let n = 0; n < ADMISSIONS_MAX && this.#removed().length > 0; n++) {
      for (const name of this.#removed())
        await this.#until(
          this.executor.call('admit', { ids: [`end${n}.${name}`], pubkey: this.#keys.get(name) }),
        )
      await this.#settle()
    }
  }

  #removed(): string[] {
    return this.plan.participants.filter((name) => this.copy(name).database.localOplog?.active !== true)
  }

  /** Connects everybody. */
  #joinAll(): void {
    for (const link of this.#allLinks()) {
      this.#join(link)
      this.#links.get(link)!.stall(false)
      this.#links.get(link)!.turn(FINE)
    }
  }

  /** Waits until nobody has anything to do. Nobody is loaded again for it: a disk that is well again is enough. */
  async #settle(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const busy = await this.#busy()
      if (busy === null) return
      if (performance.now() > deadline) throw new Error(`it takes too long until ${busy}`)
      await this.#turn()
    }
  }

  /** Results are acknowledged a while after they were seen, by the clock of this machine. */
  async #hearAcknowledgements(): Promise<void> {
    for (let version = 0; version !== this.executor.database.index.version; ) {
      version = this.executor.database.index.version
      for (const end = performance.now() + ACKNOWLEDGED_MS; performance.now() < end; ) await this.#turn()
      await this.#settle()
    }
  }

  /** What is not done yet, or null. */
  async #busy(): Promise<string | null> {
    const alice = this.executor.database
    const { version } = alice.index
    for (const [name, { database, monitor }] of this.copies) {
      if (name !== 'alice' && database.index.version !== version) return `${name} has the index`
      if (database.progress().missingBlocks > 0) return `${name} has the blocks of the index`
      const { lag, status } = monitor ?? { lag: { version }, status: 'valid' }
      if (lag.version !== version || status !== 'valid')
        return `the monitor of ${name} has checked all (${status} at ${lag.version} of ${version})`
    }
    for (const name of this.plan.participants) {
      const { database } = this.copy(name)
      if (database.localOplog?.active !== true) continue
      if ((await database.pending()).length > 0) {
        alice.executor!.confirmClock()
        return `the ops of ${name} are executed`
      }
    }
    return alice.index.version === version ? null : 'the index stands still'
  }

  /** One turn of the event loop and of the network. */
  async #turn(): Promise<void> {
    this.#clock.tick()
    await (this.#clock.ticks % 4 === 0 ? sleep(1) : new Promise(setImmediate))
  }

  /** Waits for something that may take until all is mended. */
  async #forSomeTurns(work: Promise<void>): Promise<void> {
    let isDone = false
    void work.then(() => {
      isDone = true
    })
    for (let turn = 0; turn < WAIT_TURNS && !isDone; turn++) await this.#turn()
  }

  /** The network goes on while something is waited for. */
  async #until<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = work.finally(() => {
      isDone = true
    })
    done.catch(() => {})
    const deadline = performance.now() + PATIENCE_MS
    while (!isDone) {
      if (performance.now() > deadline) throw new Error('one event takes too long')
      await this.#turn()
    }
    return done
  }
}

function describe({ after: _, ticks: __, ...event }: TimedEvent): string {
  return JSON.stringify(event, (_key, value) => (typeof value === 'string' ? value.slice(0, 40) : value))
}
