/**
 * The guest process (spec/4-execution §6): synchronous, no event loop, nothing open but the channel. Takes frames
 * one at a time and answers each. Started by the host with the engine's path as only argument.
 */
import { createRequire } from 'node:module'
import type { Value } from '@vitra/log/values'
import { pack, unpack } from '../pack.js'
import { EXIT_ENGINE, FRAME, MODE, unpackRun } from '../wire.js'
import { readFrame, writeFrame } from './channel.js'
import type { Engine } from './engine.js'
import type { Plan } from './facades.js'
import { type Realm, Realms, type Settings } from './realms.js'

const SPARES_MAX = 4
/** Only contracts that are evaluated faster than this get realms ahead, in ms: the next op of another one may wait. */
const SPARE_MS_MAX = 50
const EXIT_LOST = 1

const require = createRequire(process.argv[1]!)
const engine = loadEngine(process.argv[2]!)
const contracts = new Map<number, Plan>()
/** Realms made ahead of the next run, by contract, while the host has other things to do: one costs more than most ops. */
const spares = new Map<number, Realm>()
/** Contracts whose realms are made ahead. */
const quick = new Set<number>()
let message: Uint8Array = new Uint8Array()
let ending: Uint8Array | null = null
let realms: Realms

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
    else if (kind === FRAME.run) run(payload)
    // A frame is taken when everything before it is done, spare realms included.
    else if (kind === FRAME.settle) answer(FRAME.settled, realms.usedMb)
  }
  process.exit(0)
}

function start(payload: Uint8Array): void {
  const [driver, memoryMb, timeoutMs] = unpack(payload) as [string, number, number]
  const settings: Settings = { driver, memoryMb, timeoutMs }
  realms = new Realms(engine, settings, serve)
  writeFrame(FRAME.ready, pack(process.versions.v8))
}

/** What the realm's host function does. Never throws: an exception would carry paths of this machine. */
function serve(kind: number, payload: Uint8Array): Uint8Array | undefined {
  try {
    if (kind === FRAME.run) return message
    if (kind === FRAME.result) ending = payload
    if (kind === FRAME.log || kind === FRAME.call) writeFrame(kind, payload)
    return kind === FRAME.call ? reply() : undefined
  } catch {
    process.exit(EXIT_LOST)
  }
}

function reply(): Uint8Array {
  const frame = readFrame()
  if (frame?.kind !== FRAME.reply) process.exit(EXIT_LOST)
  return frame.payload
}

function load(payload: Uint8Array): void {
  const [id, source, imports, hasTail] = unpack(payload) as [number, string, string[], boolean]
  const plan: Plan = { source, imports, hasTail }
  contracts.set(id, plan)
  try {
    realms.isolate.compileModuleSync(source, { filename: 'contract.js' }).release()
  } catch (error) {
    answer(FRAME.loaded, ['refused', textOf(error, 'message')])
    return
  }
  let realm: Realm
  const startedAt = performance.now()
  try {
    realm = realms.open(plan, { isWriter: null })
  } catch (error) {
    answer(FRAME.loaded, ['threw', textOf(error, 'name'), textOf(error, 'message'), whereItThrows(plan)])
    return
  }
  if (performance.now() - startedAt < SPARE_MS_MAX) quick.add(id)
  const result = runIn(realm, pack([MODE.inspect, null, null, null, null, null]))
  writeFrame(FRAME.loaded, result)
  makeSpare(id, plan)
}

/** Stack of the error, from a realm in which the engine's stacks are left on. */
function whereItThrows(plan: Plan): string {
  try {
    realms.open(plan, { isWriter: null, isDiagnosing: true }).release()
    return ''
  } catch (error) {
    return textOf(error, 'stack')
  }
}

function unload(id: number): void {
  contracts.delete(id)
  quick.delete(id)
  spares.get(id)?.release()
  spares.delete(id)
}

function run(payload: Uint8Array): void {
  const { id, isWriter, message: inner } = unpackRun(payload)
  const plan = contracts.get(id)!
  const result = runIn(takeRealm(id, plan, isWriter), inner)
  writeFrame(FRAME.result, result)
  makeSpare(id, plan)
}

function takeRealm(id: number, plan: Plan, isWriter: boolean | null): Realm {
  const spare = spares.get(id)
  if (spare !== undefined && (isWriter === null || !plan.hasTail)) {
    spares.delete(id)
    return spare
  }
  try {
    return realms.open(plan, { isWriter })
  } catch {
    // It was evaluated before without a complaint: only time or memory can have run out.
    giveUp()
  }
}

function makeSpare(id: number, plan: Plan): void {
  if (!quick.has(id) || spares.has(id) || spares.size >= SPARES_MAX) return
  try {
    spares.set(id, realms.open(plan, { isWriter: null }))
  } catch {
    // The run that needs it tries again, and says why it cannot.
    if (realms.isolate.isDisposed) giveUp()
  }
}

function runIn(realm: Realm, inner: Uint8Array): Uint8Array {
  message = inner
  ending = null
  realm.run()
  const result: Uint8Array | null = ending
  if (result === null) giveUp()
  realm.release()
  return result
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
