/**
 * The guest process (spec/4-execution §6): synchronous, no event loop, nothing open but the channel. Takes frames
 * one at a time and answers each. Started by the host with the engine's path as only argument.
 */
import { createRequire } from 'node:module'
import type { Value } from '@vitra/log/values'
import { ORPHAN_GRACE_MS } from '../constants.js'
import { pack, unpack } from '../pack.js'
import { type Runs, unpackRuns } from '../runs.js'
import { EXIT_ENGINE, FRAME, ORDER, type Order, SERVICE, type Service } from '../wire.js'
import { Batch } from './batch.js'
import { readFrame, writeFrame } from './channel.js'
import type { Engine } from './engine.js'
import { Loaded } from './loaded.js'
import { type Realm, Realms, type Settings } from './realms.js'

const EXIT_LOST = 1

const require = createRequire(process.argv[1]!)
const engine = loadEngine(process.argv[2]!)
const contracts = new Map<number, Loaded>()
/** What the realm at work belongs to. */
let loaded: Loaded
let batch: Batch
let atWork: Realm
let realms: Realms
/** Longest that a run may be at work, in milliseconds. */
let limitMs: number

main()

function loadEngine(file: string): Engine {
  try {
    return require(file) as Engine
  } catch {
    process.exit(EXIT_ENGINE) // built for another Node, or never built
  }
}

function main(): void {
  for (let frame = readFrame(); frame !== null; frame = readFrame()) {
    const { kind, payload } = frame
    if (kind === FRAME.start) start(payload)
    else if (kind === FRAME.load) load(payload)
    else if (kind === FRAME.unload) unload(unpack(payload) as number)
    else if (kind === FRAME.run) run(unpackRuns(payload))
    // A frame is taken when everything before it is done, spare realms included.
    else if (kind === FRAME.settle) answer(FRAME.settled, realms.usedMb)
  }
  process.exit(0)
}

function start(payload: Uint8Array): void {
  const [driver, memoryMb, opMs] = unpack(payload) as [string, number, number]
  limitMs = opMs
  const settings: Settings = { driver, memoryMb, timeoutMs: opMs + ORPHAN_GRACE_MS }
  realms = new Realms(engine, settings, serve)
  writeFrame(FRAME.ready, pack([process.versions.v8, process.versions.unicode ?? 'none']))
}

/** What the realm's host function does. Never throws: an exception would carry paths of this machine. */
function serve(
  service: Service,
  payload?: Uint8Array | string,
  ...numbers: number[]
): Uint8Array | string | undefined {
  try {
    switch (service) {
      case SERVICE.limits:
        return loaded.limits
      case SERVICE.items:
        return batch.items(loaded.isPure, atWork.isAt(batch.runs))
      case SERVICE.get:
        return batch.get(payload as string)
      case SERVICE.ask:
        return batch.ask(payload as Uint8Array)
      case SERVICE.log:
        batch.log(payload as Uint8Array)
        return undefined
      case SERVICE.endings:
        batch.take(payload as Uint8Array, numbers[0]!, numbers[1]!)
        return undefined
    }
  } catch {
    process.exit(EXIT_LOST)
  }
}

function load(payload: Uint8Array): void {
  const [id, abi, source, imports, hasTail, isPure, limits] = unpack(payload) as LoadMessage
  loaded = new Loaded(realms, { plan: { abi, source, imports, hasTail }, isPure, limits })
  contracts.set(id, loaded)
  try {
    realms.isolate.compileModuleSync(source, { filename: 'contract.js' }).release()
  } catch (error) {
    answer(FRAME.loaded, ['refused', textOf(error, 'message')])
    return
  }
  let realm: Realm
  const startedAt = performance.now()
  try {
    realm = loaded.open(null)
  } catch (error) {
    if (performance.now() - startedAt > limitMs) giveUp()
    answer(FRAME.loaded, ['threw', textOf(error, 'name'), textOf(error, 'message'), whereItThrows(loaded)])
    return
  }
  writeFrame(FRAME.loaded, lookInto(realm))
  loaded.release(realm, null, true)
  prepare()
}

type LoadMessage = [
  id: number,
  abi: number,
  source: string,
  imports: string[],
  hasTail: boolean,
  isPure: boolean,
  limits: Uint8Array,
]

function lookInto(realm: Realm): Uint8Array {
  try {
    return realm.look()
  } catch {
    giveUp()
  }
}

/** Stack of the error, from a realm in which the engine's stacks are left on. */
function whereItThrows(contract: Loaded): string {
  try {
    realms.open(contract, { isWriter: null, isDiagnosing: true }).release()
    return ''
  } catch (error) {
    return textOf(error, 'stack')
  }
}

function unload(id: number): void {
  contracts.get(id)?.dispose()
  contracts.delete(id)
}

function run(runs: Runs): void {
  const { id, mode, isWriter } = runs
  loaded = contracts.get(id)!
  batch = new Batch(runs)
  while (!batch.isDone) {
    atWork = takeRealm(isWriter)
    runIn(atWork, mode)
    atWork.arrive(runs)
    loaded.release(atWork, isWriter, batch.isReusable)
  }
  batch.finish()
  prepare()
}

function takeRealm(isWriter: boolean | null): Realm {
  try {
    return loaded.take(isWriter)
  } catch {
    // It was evaluated before without a complaint: only time or memory can have run out.
    giveUp()
  }
}

function prepare(): void {
  try {
    loaded.prepare()
  } catch {
    // The run that needs it tries again, and says why it cannot.
    if (realms.isolate.isDisposed) giveUp()
  }
}

/** Runs items in a realm, for as long as it goes on. */
function runIn(realm: Realm, mode: Runs['mode']): void {
  try {
    turn(realm, mode, ORDER.goOn)
    while (batch.goesOn) turn(realm, mode, batch.order)
  } catch {
    batch.tell()
    giveUp()
  }
}

/** @throws where time or memory ran out */
function turn(realm: Realm, mode: Runs['mode'], order: Order): void {
  batch.beginRun()
  realm.turn(mode, order)
  // The engine's own time limit may have ended the run: what looks like an ending would be none.
  if (batch.busyMs > limitMs) throw new Error('the contract ran for too long')
}

function giveUp(): never {
  answer(FRAME.fatal, realms.isolate.isDisposed ? 'memory' : 'time')
  process.exit(EXIT_LOST)
}

function answer(kind: number, value: Value): void {
  writeFrame(kind, pack(value))
}

function textOf(error: unknown, key: 'name' | 'message' | 'stack'): string {
  const text = (error as Record<string, unknown> | null)?.[key]
  return typeof text === 'string' ? text.toWellFormed() : ''
}
