/**
 * The driver: what the sandbox puts into a realm before a contract (spec/4-execution §6, spec/6-determinism §1). Bundled
 * into one script that is compiled once per guest and evaluated in every realm. The guest process finds `$vitra` on the global object; `lock` takes it away before the contract comes.
 */
import './prelude.js'
import { assertModule, cleanCaught, createUtil } from '@vitra/contract-sdk/modules'
import { MODE, type Mode, SERVICE } from '../wire.js'
import { realmConsole, speak } from './console.js'
import { index, listOplogs, oplog } from './contract-module.js'
import { clean, diagnose, keepFrames } from './errors.js'
import { freezeModule } from './freeze.js'
import { connect, type HostFunction, takeLimits, takeMessage, tell } from './host.js'
import {
  type Ending,
  type Exports,
  type Finish,
  inspect,
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

/** What the host asks for: function or op, parameters or ack, seed, own public key. */
type Message = [never, never, Uint8Array, string | null]

let limits: RunLimits
let accepted: Exports | undefined
let finish: Finish | undefined

/** Takes the contract's exports from the tail module. */
function accept(exports: Exports): void {
  accepted = exports
}

/** Starts a run: everything up to the first point where the contract waits for something. */
function start(mode: Mode, exports: Exports | undefined): void {
  const contract = exports ?? accepted
  if (contract === undefined) {
    finish = () => ['unevaluated']
  } else if (mode === MODE.inspect) {
    finish = () => (isOutOfFuel() ? ['exhausted'] : inspect(contract))
  } else {
    begin(mode, contract)
  }
}

function begin(mode: Mode, contract: Exports): void {
  finish = () => [fuelUsed(), ...(limitReached() ?? ['pending'])]
  const [run, prepared] = unmetered((): [Run, Prepared] => {
    const [subject, extra, seed, pubkey] = decodeFresh(takeMessage()) as Message
    const run: Run = { mode, seed, limits, pubkey: pubkey ?? undefined, isOpen: true }
    beginRun(run)
    speak()
    keepFrames(mode === MODE.call)
    refuel(limits.fuelMax)
    return [run, prepare(contract, run, subject, extra)]
  })
  const { call, finish: complete } = prepared
  const followed = call === null ? () => [] : watch(run, call)
  finish = () => {
    const ending = limitReached() ?? complete(followed())
    return [fuelUsed(), ...ending]
  }
}

/** The ending of a run that used up what it was given, whatever the contract made of that. */
function limitReached(): Ending | null {
  if (taintedBy() !== undefined) return ['resource']
  const code = exhaustedBy()
  return code === undefined ? null : ['failed', code, '', '', []]
}

function prepare(contract: Exports, run: Run, subject: never, extra: never): Prepared {
  if (run.mode === MODE.apply) return prepareApply(contract, run, subject, decodeFresh(extra))
  if (run.mode === MODE.process) return prepareProcess(contract, subject)
  return prepareMethod(contract, run, subject, extra)
}

/** Sends the ending; the guest calls it once nothing is left to do. */
function end(): void {
  unmetered(() => tell(SERVICE.ending, finish!()))
}

Object.assign(globalThis, {
  $vitra: {
    accept,
    diagnose,
    link: LINK,
    modules: MODULES,
    findUnlisted: () => JSON.stringify(findUnlisted()),
    /** Readies the realm. Its own functions are all that the guest keeps. */
    lock(host: HostFunction, unlisted: Unlisted): { start: typeof start; end: typeof end } {
      connect(host)
      limits = readLimits(decodeFresh(takeLimits()) as number[])
      lock({ console: realmConsole }, unlisted)
      freezeModule(offered)
      refuel(limits.fuelMax)
      return { start, end }
    },
  },
})
