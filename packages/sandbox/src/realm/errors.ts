/**
 * Error classes of the realm (spec/6-determinism §3). Those that a contract sees are ours: they remember
 * what they made, so that an error of the contract and one of the engine can be told apart, and they
 * leave no `stack`. The engine's own classes stay out of reach. Imports only the meter: it has to be
 * evaluated before any class extends `Error`.
 */
import { checkFuel, onEmptyStack, type Taint, taint } from './meter.js'

// Taken before ours are there: what the driver calls costs nothing.
const { apply, construct } = Reflect

/** Names of the standard error classes; `Error` comes first, the others inherit from it. */
const CLASSES = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
] as const

/** 1-based line and column in the contract's source. */
export type Frame = [line: number, column: number]

/** What V8 tells about one place of a stack. */
interface CallSite {
  getScriptNameOrSourceURL(): unknown
  getLineNumber(): number | null
  getColumnNumber(): number | null
}

type AnyErrorClass = new (...args: unknown[]) => Error & { stack?: string }
type EngineErrorClass = AnyErrorClass & {
  stackTraceLimit?: number
  prepareStackTrace?: (error: object, sites: CallSite[]) => unknown
}

const CONTRACT_FILE = 'contract.js'
const FRAMES_MAX = 10
/** Frames that V8 looks at: those of the modules that a contract calls are between its own. */
const STACK_MAX = 40

const made = new WeakSet<object>()
const framesOf = new WeakMap<object, Frame[]>()
/** Of errors of the engine that were made bare. */
const messagesOf = new WeakMap<object, string>()
const refusals = new WeakMap<object, string>()
const prototypes = new Map<object, string>()
let engineError: EngineErrorClass
let areFramesKept = false
let areMessagesKept = false
let isDiagnosing = false

const global = globalThis as unknown as Record<string, AnyErrorClass>

/** Puts our classes in the place of the engine's. Once, before anything extends `Error`. */
export function replaceErrors(): void {
  engineError = Error as unknown as EngineErrorClass
  for (const name of CLASSES) {
    const ours = replacement(global[name]!, name)
    if (name !== 'Error') Object.setPrototypeOf(ours, Error)
    global[name] = ours
  }
  delete engineError.stackTraceLimit
  engineError.prepareStackTrace = (error, sites) => {
    framesOf.set(error, contractFrames(sites))
    return undefined
  }
}

/**
 * Says whether places in the source are kept. They are for methods, whose errors go to their caller, and for ops that are run
 * once more to say where they failed: those go on as they did, with errors of the engine as bare as they were.
 */
export function keepFrames(what: 'method' | 'explained' | null): void {
  areMessagesKept = what === 'method'
  const areKept = what !== null
  if (areFramesKept === areKept) return
  areFramesKept = areKept
  if (areKept) engineError.stackTraceLimit = STACK_MAX
  else delete engineError.stackTraceLimit
}

/** Leaves `stack` alone: the module is evaluated once more only to say where it throws. */
export function diagnose(): void {
  isDiagnosing = true
  engineError.stackTraceLimit = STACK_MAX
  delete engineError.prepareStackTrace
}

/** An error of ours for the contract; uncaught, the op fails with `code`. */
export function refusal(code: string, message: string): Error {
  const error = new Error(message)
  refusals.set(error, code)
  return error
}

function replacement(engine: AnyErrorClass, name: string): AnyErrorClass {
  const ours = {
    // A function with its name in a property gets that name.
    [name]: function (this: unknown, ...args: unknown[]): object {
      const error = construct(engine, args, new.target ?? ours) as Error & { stack?: string }
      made.add(error)
      if (isDiagnosing) return error
      // Reading makes V8 call `prepareStackTrace`, which keeps the frames.
      if (areFramesKept) void error.stack
      delete error.stack
      return error
    },
  }[name]!
  ours.prototype = engine.prototype
  ours.prototype.constructor = ours
  prototypes.set(engine.prototype, name)
  return ours as unknown as AnyErrorClass
}

function contractFrames(sites: CallSite[]): Frame[] {
  const frames: Frame[] = []
  for (const site of sites) {
    if (site.getScriptNameOrSourceURL() !== CONTRACT_FILE) continue
    frames.push([site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0])
    if (frames.length === FRAMES_MAX) break
  }
  return frames
}

/** True for an error that the contract, or the driver on its behalf, made with `new`. */
export function isMade(error: object): boolean {
  return made.has(error)
}

/** What an error of the engine said before it was made bare; undefined where it was not, or nobody wanted to know. */
export function bareMessage(error: object): string | undefined {
  return messagesOf.get(error)
}

/** The failure code of an error made by {@link refusal}. */
export function refusalCode(error: object): string | undefined {
  return refusals.get(error)
}

/** Name of the standard class that a prototype belongs to. */
export function standardClass(prototype: object): string | undefined {
  return prototypes.get(prototype)
}

/** Places in the contract where an error came from, innermost first; empty where they are not kept. */
export function errorFrames(error: object): Frame[] {
  try {
    // Reading makes V8 call `prepareStackTrace` for an error of its own.
    if (areFramesKept && !framesOf.has(error)) void (error as { stack?: unknown }).stack
  } catch {
    // A getter of the contract threw: there is no place to tell.
  }
  return framesOf.get(error) ?? []
}

/** True where messages and places go to who asked and to no record. */
export function isTalkative(): boolean {
  return areFramesKept
}

/** Errors with which engines say that they have run into a limit of their own, by their message. */
const LIMITS: Readonly<Record<string, Taint>> = {
  'Maximum call stack size exceeded': 'stack',
  'Invalid string length': 'memory',
  'Array buffer allocation failed': 'memory',
  'Invalid array buffer length': 'memory',
  'Maximum BigInt size exceeded': 'memory',
  'Map maximum size exceeded': 'memory',
  'Set maximum size exceeded': 'memory',
  'Too many properties to enumerate': 'memory',
}

/** Taints the run where the engine, not the contract, says that a limit was reached: no other engine need have it there. */
export function noticeLimit(thrown: unknown): void {
  if (typeof thrown !== 'object' || thrown === null || made.has(thrown)) return
  try {
    if (standardClass(Reflect.getPrototypeOf(thrown)!) !== 'RangeError') return
    const message: unknown = Reflect.getOwnPropertyDescriptor(thrown, 'message')?.value
    if (typeof message === 'string' && Object.hasOwn(LIMITS, message)) taint(LIMITS[message]!)
  } catch {
    // A proxy: no error of the engine.
  }
}

/**
 * What a `catch` or a handler of the contract gets: of an error that the engine made, only its class. A
 * method's errors reach no state and keep their messages.
 */
export function clean(thrown: unknown): unknown {
  noticeLimit(thrown)
  checkFuel()
  if (typeof thrown !== 'object' || thrown === null || areMessagesKept || isDiagnosing || made.has(thrown))
    return thrown
  const prototype = Reflect.getPrototypeOf(thrown)
  if (prototype === null || !prototypes.has(prototype)) return thrown
  // The engine gives each of its errors this property; ours lose it when they are made.
  if (Reflect.getOwnPropertyDescriptor(thrown, 'stack') === undefined) return thrown
  if (areFramesKept) {
    errorFrames(thrown)
    messagesOf.set(thrown, String(Reflect.getOwnPropertyDescriptor(thrown, 'message')?.value ?? ''))
  }
  Reflect.deleteProperty(thrown, 'stack')
  Reflect.defineProperty(thrown, 'message', {
    value: '',
    writable: true,
    enumerable: false,
    configurable: true,
  })
  return thrown
}

/** Has rejections go through {@link clean} as well: `then` is where every handler is attached. */
export function cleanRejections(): void {
  const attach = Promise.prototype.then
  const { then } = {
    // biome-ignore lint/suspicious/noThenProperty: a method, for it has no prototype.
    then(this: unknown, onFulfilled?: unknown, onRejected?: unknown): unknown {
      const onValue = typeof onFulfilled === 'function' ? onTop(onFulfilled as AnyHandler) : onFulfilled
      const handle = typeof onRejected === 'function' ? (onRejected as AnyHandler) : rethrow
      return apply(attach, this, [onValue, onTop((reason) => apply(handle, undefined, [clean(reason)]))])
    },
  }
  Object.defineProperty(Promise.prototype, 'then', { value: then })
}

/** What `then` does by itself with a reason that nobody handles. */
const rethrow: AnyHandler = (reason) => {
  throw reason
}

type AnyHandler = (value: unknown) => unknown

/**
 * A handler as the engine calls it, with nothing of the contract below it on the stack. What it throws may go to a
 * function of the contract, where a class of its own made the promise.
 */
function onTop(handler: AnyHandler): AnyHandler {
  return (value) => {
    checkFuel()
    onEmptyStack()
    try {
      return apply(handler, undefined, [value])
    } catch (error) {
      throw clean(error)
    }
  }
}
