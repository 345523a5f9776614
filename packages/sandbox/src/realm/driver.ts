/**
 * The driver: what the sandbox puts into a realm before a contract (spec/4-execution §6, spec/6-determinism §1). Bundled
 * into one script that is compiled once per guest and evaluated in every realm. The guest process finds `$vitra` on the global object; `lock` takes it away before the contract comes.
 */
import './prelude.js'
import { assertModule, cleanCaught, createUtil } from '@vitra/contract-sdk/modules'
import { encodeValue } from '@vitra/log/values'
import { packEnding } from '../ending-fields.js'
import { FieldReader, FieldWriter } from '../fields.js'
import { type RunItem, readItem } from '../runs.js'
import { MODE, type Mode } from '../wire.js'
import { realmConsole, speak } from './console.js'
import { index, listOplogs, oplog } from './contract-module.js'
import { clean, diagnose, keepFrames } from './errors.js'
import { freezeModule } from './freeze.js'
import { connect, type HostFunction, takeItems, takeLimits, tellEnding } from './host.js'
import {
  type Ending,
  type Exports,
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
}

/** What modules hand out: frozen as soon as the realm is locked, with every function. */
const offered: unknown[] = []

function offer<T extends object>(module: T): T {
  offered.push(...Object.values(module))
  return module
}

let limits: RunLimits
let accepted: Exports | undefined
/** What is left to run. */
let items: FieldReader | undefined
/** Gives the bytes of the ending of the run in progress. */
let finish: (() => Uint8Array) | undefined
const writer = new FieldWriter()

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
function turn(mode: Mode): void {
  if (finish !== undefined) {
    const told = finish
    finish = undefined
    if (!unmetered(() => tellEnding(told()))) {
      items = undefined
      return
    }
  }
  start(mode, accepted!)
}

function start(mode: Mode, contract: Exports): void {
  finish = () => told({ isOk: false, told: ['pending'] })
  const [run, prepared] = unmetered((): [Run, Prepared] => {
    items ??= new FieldReader(takeItems())
    const item = readItem(items)
    const { seed, key } = item
    const run: Run = { mode, seed, limits, key, isOpen: true }
    beginRun(run)
    speak()
    keepFrames(mode === MODE.call)
    refuel(limits.fuelMax)
    return [run, prepare(contract, run, item)]
  })
  const { call, finish: complete } = prepared
  const followed = call === null ? () => PENDING : watch(run, call)
  finish = () => told(complete(followed()))
}

/** Bytes of an ending; of a run that used up what it was given, whatever the contract made of that. */
function told(ending: Ending): Uint8Array {
  const fuel = fuelUsed()
  const reached = limitReached() ?? ending
  if (reached.isOk) return packEnding({ ...reached, fuel }, writer)
  return packEnding({ isOk: false, fuel, told: encodeValue(reached.told) }, writer)
}

function limitReached(): Ending | null {
  if (taintedBy() !== undefined) return { isOk: false, told: ['resource'] }
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
    ): { turn: typeof turn; look: typeof look; accept: typeof accept } {
      connect(host)
      limits = readLimits(decodeFresh(takeLimits()) as number[])
      lock({ console: realmConsole }, unlisted)
      freezeModule(offered)
      refuel(limits.fuelMax)
      return { turn, look, accept }
    },
  },
})
