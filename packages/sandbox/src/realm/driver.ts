/**
 * The driver: what the sandbox puts into a realm before a contract (spec/4-execution §6, spec/6-determinism §1). Bundled
 * into one script that is compiled once per guest and evaluated in every realm. The guest process finds `$vitra` on the global object; `lock` takes it away before the contract comes.
 */
import './prelude.js'
import { assertModule, createUtil } from '@vitra/contract-sdk/modules'
import { FRAME, MODE, type Mode } from '../wire.js'
import { realmConsole, speak } from './console.js'
import { index, listOplogs, oplog } from './contract-module.js'
import { clean, diagnose } from './errors.js'
import { freezeModule } from './freeze.js'
import { connect, type HostFunction, takeMessage, tell } from './host.js'
import { type Exports, type Finish, inspect, runApply, runMethod, runProcess } from './invoke.js'
import { LINK } from './links.js'
import { lock } from './lockdown.js'
import { exhaustedBy, refuel, taintedBy, unmetered } from './meter.js'
import { findUnlisted, type Unlisted } from './prune.js'
import { beginRun, generator, type Run, readLimits } from './run.js'
import { decodeFresh } from './values.js'

const util = createUtil(generator)
assertModule.cleanCaught(clean)

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

/** What the host asks for: mode, function or op, parameters or ack, seed, own public key, limits. */
type Message = [Mode, never, never, Uint8Array, string | null, number[]]

let accepted: Exports | undefined
let finish: Finish | undefined

/** Takes the contract's exports from the tail module. */
function accept(exports: Exports): void {
  accepted = exports
}

/** Starts a run: everything up to the first point where the contract waits for something. */
function start(exports: Exports | undefined): void {
  const contract = exports ?? accepted
  const message = decodeFresh(takeMessage()) as Message
  const [mode, subject, extra, seed, pubkey] = message
  if (contract === undefined) {
    finish = () => ['unevaluated']
  } else if (mode === MODE.inspect) {
    finish = () => inspect(contract)
  } else {
    const run: Run = { mode, seed, limits: readLimits(message[5]), pubkey: pubkey ?? undefined, isOpen: true }
    beginRun(run)
    refuel()
    speak()
    finish = begin(contract, run, subject, extra)
  }
}

function begin(contract: Exports, run: Run, subject: never, extra: never): Finish {
  if (run.mode === MODE.apply) return runApply(contract, run, subject, decodeFresh(extra))
  if (run.mode === MODE.process) return runProcess(contract, run, subject)
  return runMethod(contract, run, subject, extra)
}

/** Sends the ending; the guest calls it once nothing is left to do. */
function end(): void {
  unmetered(() => {
    const ending = finish!()
    if (taintedBy() !== undefined) return
    const code = exhaustedBy()
    tell(FRAME.result, code === undefined ? ending : ['failed', code, '', '', []])
  })
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
      lock({ console: realmConsole }, unlisted)
      freezeModule(offered)
      return { start, end }
    },
  },
})
