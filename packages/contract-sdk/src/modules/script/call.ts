/** Runs one call of a script (spec/10-scripts §1): its own text first, then what is kept, then the function. */
import { createParticipants, type ScriptCaller } from './caller.js'
import { Files } from './files.js'
import type { ScriptRealm, ScriptStore } from './host.js'
import { RECORD_PATH, type ScriptRecord } from './layout.js'
import { Promises } from './promised.js'
import { createState } from './state.js'
import { type ScriptExports, Variables } from './variables.js'

/** A script as the compiler wraps it. */
export type ScriptBody = (
  module: { exports: unknown },
  exports: object,
  require: (name: unknown) => unknown,
  state: unknown,
  caller: unknown,
  participants: unknown,
) => void

/** Modules that the script requires, by name. */
export type ScriptModules = Readonly<Record<string, unknown>>

/** The op of a script. */
export interface ScriptOp {
  readonly call: string
  readonly args: readonly unknown[]
}

/** One call: what is called, on what. */
export interface CallParts {
  readonly body: ScriptBody
  readonly modules: ScriptModules
  readonly store: ScriptStore
  readonly realm: ScriptRealm
  readonly caller: ScriptCaller
}

const { apply } = Reflect

/** The call that every database begins with. */
const INIT = 'init'
/** Calls that a script need not export: the owner's. */
const BUILT_IN = ['addParticipant', 'removeParticipant'] as const

/** Executes the op of a call. */
export async function executeCall(parts: CallParts, given: unknown): Promise<unknown> {
  const { store, realm, caller } = parts
  const { op, record } = realm.unmetered(() => {
    const op = checkOp(given, realm)
    const record = readRecord(store)
    checkBegun(op, record)
    return { op, record }
  })
  const call = begin(parts, record)
  const value = await enter(call, parts, op, record)
  realm.unmetered(() => {
    call.checkHeard()
    const variables = call.variables.save(call.exports)
    if (record === null) writeRecord(store, { owner: caller.id!, variables: variables ?? [] })
    else if (variables !== null) writeRecord(store, { ...record, variables })
  })
  return value
}

/** Makes a read-only call. */
export async function readCall(parts: CallParts, given: unknown): Promise<unknown> {
  const { store, realm } = parts
  const { op, record } = realm.unmetered(() => ({ op: checkOp(given, realm), record: readRecord(store) }))
  if (record === null) throw new Error('the database has not begun: its first call is init()')
  const call = begin(parts, record)
  const value = await enter(call, parts, op, record)
  realm.unmetered(() => {
    call.checkHeard()
    const name = call.variables.changed(call.exports)
    if (name !== undefined)
      throw new Error(
        `${op.call} changes exports.${name}: this is a read-only call, make it through db.api()`,
      )
  })
  return value
}

/** What a script exports, by kind. */
export function describeScript(parts: CallParts): { functions: string[]; variables: string[] } {
  const { exports } = begin(parts, null)
  const names = Object.keys(exports)
  const isFunction = (name: string) => typeof exports[name] === 'function'
  return {
    functions: names.filter(isFunction),
    variables: names.filter((name) => !isFunction(name) && exports[name] !== undefined),
  }
}

interface Begun {
  readonly exports: ScriptExports
  readonly variables: Variables
  /** Fails where something has failed that nobody waited for. */
  checkHeard(): void
}

/** Evaluates the script's text and puts back its variables. */
function begin({ body, modules, store, realm, caller }: CallParts, record: ScriptRecord | null): Begun {
  const given = realm.unmetered(() => {
    const promises = new Promises()
    const state = createState({ files: new Files(store), store, promises, realm })
    const participants = createParticipants(store, promises, realm)
    // The script may do with its `caller` what it likes: who the owner is, is not asked of that.
    return { promises, state, participants, module: { exports: {} as unknown }, caller: { ...caller } }
  })
  const { promises, state, participants, module } = given
  body(module, module.exports as object, requireFrom(modules), state, given.caller, participants)
  return realm.unmetered(() => {
    const exports = realm.metered(() => module.exports) as ScriptExports
    if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null)
      throw new Error('module.exports is no object: export functions by their names')
    const variables = new Variables(store, realm, record?.variables ?? [])
    variables.restore(exports)
    const checkHeard = (): void => {
      if (promises.unheard !== undefined) throw promises.unheard.error
    }
    return { exports, variables, checkHeard }
  })
}

/** Calls the function, or what every script has. */
function enter(
  { exports }: Begun,
  { store, realm, caller }: CallParts,
  { call, args }: ScriptOp,
  record: ScriptRecord | null,
): unknown {
  const found = realm.unmetered(() =>
    realm.metered(() => (Object.hasOwn(exports, call) ? exports[call] : undefined)),
  )
  if (typeof found === 'function') return apply(found, exports, args)
  if (call === INIT) return undefined
  return realm.unmetered(() => {
    if (!BUILT_IN.includes(call as BuiltIn)) throw new Error(`the script exports no function ${call}`)
    if (caller.id !== record!.owner)
      throw new Error(`${call} is for the owner of the database, ${record!.owner}`)
    if (call === 'addParticipant') store.admit(args[0] as string)
    else store.expel(args[0] as string)
    return undefined
  })
}

type BuiltIn = (typeof BUILT_IN)[number]

function checkOp(given: unknown, { argumentsMax }: ScriptRealm): ScriptOp {
  const { call, args } = (given ?? {}) as Record<string, unknown>
  const isOp = typeof call === 'string' && Array.isArray(args) && Object.keys(given as object).length === 2
  if (!isOp) throw new Error('an op of a script is {call, args}: a name and a list')
  if (args.length > argumentsMax) throw new Error(`a call takes at most ${argumentsMax} arguments`)
  return { call, args }
}

function checkBegun({ call, args }: ScriptOp, record: ScriptRecord | null): void {
  if (call !== INIT) {
    if (record === null) throw new Error('the database has not begun: its first call is init()')
    return
  }
  if (record !== null) throw new Error('init has run: it is the first call of a database, and runs once')
  if (args.length > 0) throw new Error('init takes no arguments')
}

function requireFrom(modules: ScriptModules): (name: unknown) => unknown {
  return (name) => {
    const known = typeof name === 'string' ? name.replace(/^(?:node|vitra):/, '') : ''
    if (Object.hasOwn(modules, known)) return modules[known]
    const error = new Error(`Cannot find module '${String(name)}': a script requires 'assert' and 'util'`)
    throw Object.assign(error, { code: 'MODULE_NOT_FOUND' })
  }
}

function readRecord(store: ScriptStore): ScriptRecord | null {
  const encoded = store.read(RECORD_PATH)
  return encoded === null ? null : (store.decode(encoded) as ScriptRecord)
}

function writeRecord(store: ScriptStore, record: ScriptRecord): void {
  store.write(RECORD_PATH, store.encode(record))
}
