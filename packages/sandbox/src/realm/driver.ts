/**
 * The driver: what the sandbox puts into a realm before a contract (spec/4-execution §6, spec/6-determinism §1). Bundled
 * into one script that is compiled once per guest and evaluated in every realm. The guest process finds `$vitra` on the global object; `lock` takes it away before the contract comes.
 */
import './prelude.js'
import { assertModule, cleanCaught, createUtil } from '@vitra/contract-sdk/modules'
import { encodeValue } from '@vitra/log/values'
import type { RunItem } from '../runs.js'
import { type HostFunction, MODE, type Mode, ORDER, type Order } from '../wire.js'
import { bringForward, endRun, explains, isRunning, nextItem } from './batch.js'
import { realmConsole, speak } from './console.js'
import { index, listOplogs, oplog } from './contract-module.js'
import { clean, diagnose, keepFrames } from './errors.js'
import { freezeModule } from './freeze.js'
import { connect, takeLimits } from './host.js'
import {
  type Ending,
  type Exports,
  type Finish,
  failedBy,
  inspect,
  PENDING,
  type Prepared,
  prepareApply,
  prepareMethod,
  prepareProcess,
  watch,
} from './invoke.js'
import { LINK } from './links.js'
import { lock } from './lockdown.js'
import { exhaustedBy, fuelUsed, isOutOfFuel, refuel, taintedBy, unmetered } from './meter.js'
import { findUnlisted, type Unlisted } from './prune.js'
import { beginRun, generator, type Run, type RunLimits, readLimits } from './run.js'
import { listExports, runCall, runRead } from './script-module.js'
import { decodeFresh } from './values.js'

const util = createUtil(generator)
cleanCaught(clean)

/** Modules by specifier, each made when a contract imports it. */
const MODULES = {
  get contract() {
    return offer({ index, listOplogs, oplog })
  },
  get assert() {
    return offer({ ...assertModule, default: assertModule.assert })
  },
  get util() {
    return offer({ ...util, default: util })
  },
  get script() {
    return offer({ listExports, runCall, runRead })
  },
}

/** What modules hand out: frozen as soon as the realm is locked, with every function. */
const offered: unknown[] = []

function offer<T extends object>(module: T): T {
  offered.push(...Object.values(module))
  return module
}

let limits: RunLimits
let accepted: Exports | undefined
/** Ends the run in progress; true where another is to follow. */
let finish: ((order: Order) => boolean) | undefined

/** Takes the contract's exports, from the tail module or from the guest. */
function accept(exports: Exports): void {
  accepted = exports
}

/** What the contract offers. */
function look(): Uint8Array {
  const told = () => {
    if (accepted === undefined) return ['unevaluated']
    return isOutOfFuel() ? ['exhausted'] : inspect(accepted)
  }
  return unmetered(() => encodeValue(told()))
}

/**
 * Ends the run in progress, since nothing is left to do in it, and starts the next: everything up to the first point where the
 * contract waits for something.
 */
function turn(mode: Mode, order: Order): void {
  const end = finish
  finish = undefined
  if (end === undefined || unmetered(() => end(order))) start(mode, accepted!)
}

/** True where a turn came to its end, whatever the contract left behind. */
function isSound(): boolean {
  return finish !== undefined || !isRunning()
}

function start(mode: Mode, contract: Exports): void {
  const pending: Prepared = { call: null, finish: (ending) => ending }
  let prepared = pending
  let followed: Finish = () => PENDING
  finish = (order) => end(prepared, followed, order)
  const run = unmetered((): Run => {
    const item = nextItem()
    const { seed, key } = item
    const run: Run = { mode, seed, limits, key, isOpen: true }
    beginRun(run)
    speak()
    keepFrames(mode === MODE.call ? 'method' : explains() ? 'explained' : null)
    refuel(limits.fuelMax)
    prepared = prepare(contract, run, item)
    return run
  })
  if (prepared.call !== null) followed = watch(run, prepared.call)
}

/** Ends a run. What it has run out of counts, whatever the contract made of that. */
function end({ finish: complete, writes }: Prepared, followed: Finish, order: Order): boolean {
  const reached = limitReached()
  const ending = reached ?? complete(followed())
  const fuel = fuelUsed()
  const how = {
    isSpent: reached !== null || ending === PENDING,
    isOver: order === ORDER.stop || reached === RESOURCE,
    isDue: order === ORDER.tell,
  }
  if (!ending.isOk) return endRun({ isOk: false, fuel, told: encodeValue(ending.told) }, how)
  if (writes !== undefined) bringForward(writes())
  const { value, writes: told } = ending
  return endRun({ isOk: true, fuel, value, writes: told }, how)
}

/** What is beyond this process; the host tries it in another. */
const RESOURCE: Ending = Object.freeze({ isOk: false, told: ['resource'] })

function limitReached(): Ending | null {
  if (taintedBy() !== undefined) return RESOURCE
  const code = exhaustedBy()
  return code === undefined ? null : failedBy(code)
}

function prepare(contract: Exports, run: Run, item: RunItem): Prepared {
  if (run.mode === MODE.apply) return prepareApply(contract, run, item)
  if (run.mode === MODE.process) return prepareProcess(contract, item)
  return prepareMethod(contract, run, item)
}

Object.assign(globalThis, {
  $vitra: {
    accept,
    diagnose,
    link: LINK,
    modules: MODULES,
    findUnlisted: () => JSON.stringify(findUnlisted()),
    /** Readies the realm. Its own functions are all that the guest keeps. */
    lock(
      host: HostFunction,
      unlisted: Unlisted,
    ): Record<'accept' | 'isSound' | 'look' | 'turn', (...given: never[]) => unknown> {
      connect(host)
      limits = readLimits(decodeFresh(takeLimits()) as number[])
      lock({ console: realmConsole }, unlisted)
      freezeModule(offered)
      refuel(limits.fuelMax)
      return { accept, isSound, look, turn }
    },
  },
})
