/**
 * Realms (spec/6-determinism §1): contexts in which the contract has just been evaluated, and in which everything
 * that a run could change is frozen. No V8 snapshot is involved, although realms would start faster: under Node 20 strings of one
 * character come out of isolated-vm's snapshots as others.
 */

import type { Runs } from '../runs.js'
import { type HostFunction, MODE, type Mode, type Order } from '../wire.js'
import type { Engine, EngineContext, EngineIsolate, EngineModule, EngineScript, Reference } from './engine.js'
import { CONTRACT, earlySources, lateSources, type Plan, TAIL, TAIL_REACHED } from './facades.js'

export interface RealmOptions {
  /** Value of `isWriter`; null outside methods. */
  readonly isWriter: boolean | null
  /** Leave engine stacks on, to say where evaluation throws. */
  readonly isDiagnosing?: boolean
}

export interface Settings {
  readonly driver: string
  readonly memoryMb: number
  /** Longest stretch of the contract's code, in milliseconds: what stops it if the host is gone. */
  readonly timeoutMs: number
}

/** A realm with a contract in it, ready to run. */
export class Realm {
  readonly #context: EngineContext
  readonly #look: Reference
  readonly #turn: Reference
  readonly #isSound: Reference
  readonly #timeoutMs: number
  /** What it knows of the state that ops go on from, and of the one that methods read. */
  readonly #known = { ops: { state: 0, batch: 0 }, methods: { state: 0, batch: 0 } }

  constructor(context: EngineContext, entry: Reference, timeoutMs: number) {
    this.#context = context
    this.#look = entry.getSync('look', { reference: true })
    this.#turn = entry.getSync('turn', { reference: true })
    this.#isSound = entry.getSync('isSound', { reference: true })
    this.#timeoutMs = timeoutMs
    entry.release()
  }

  /** True where the realm knows a state that went on from what it left. */
  isAt({ mode, state, after }: Runs): boolean {
    const known = this.#known[mode === MODE.call ? 'methods' : 'ops']
    return after !== 0 && known.state === state && known.batch === after
  }

  /** Notes up to where the realm knows the state. */
  arrive({ mode, state, batch }: Runs): void {
    if (state !== 0) this.#known[mode === MODE.call ? 'methods' : 'ops'] = { state, batch }
  }

  /** What the contract offers, packed. @throws where time or memory ran out */
  look(): Uint8Array {
    const options = { timeout: this.#timeoutMs, result: { copy: true } } as const
    return this.#look.applySync(undefined, [], options) as Uint8Array
  }

  /**
   * Ends the run in progress, in which nothing is left to do, and starts the next one. What comes of it goes out through
   * the host function.
   *
   * @throws where time or memory ran out
   */
  turn(mode: Mode, order: Order): void {
    const timeout = { timeout: this.#timeoutMs }
    const startedAt = performance.now()
    try {
      this.#turn.applySync(undefined, [mode, order], timeout)
    } catch (error) {
      // Else it is a rejection that the contract did not handle, which has no meaning: the ending tells all.
      const isLate = performance.now() - startedAt >= this.#timeoutMs
      if (isLate || this.#isSound.applySync(undefined, [], timeout) !== true) throw error
    }
  }

  release(): void {
    for (const handle of [this.#look, this.#turn, this.#isSound, this.#context]) handle.release()
  }
}

export class Realms {
  readonly isolate: EngineIsolate
  readonly #settings: Settings
  readonly #host: object
  readonly #driver: EngineScript
  readonly #lock: EngineScript
  readonly #diagnose: EngineScript

  constructor(engine: Engine, settings: Settings, host: HostFunction) {
    this.#settings = settings
    this.#host = new engine.Callback(host)
    this.isolate = new engine.Isolate({ memoryLimit: settings.memoryMb })
    const compile = (text: string) => this.isolate.compileScriptSync(text, { filename: 'driver.js' })
    this.#driver = compile(settings.driver)
    this.#lock = compile(`$vitra.lock($host, ${this.#findUnlisted(compile('$vitra.findUnlisted()'))})`)
    this.#diagnose = compile('$vitra.diagnose()')
  }

  /** Memory of all contracts, what is not collected yet included, in megabytes. */
  get usedMb(): number {
    const { used_heap_size: heap, externally_allocated_size: outside } = this.isolate.getHeapStatisticsSync()
    return Math.round((heap + outside) / 2 ** 20)
  }

  /**
   * A fresh realm with the contract evaluated in it.
   *
   * @throws what V8 throws where it refuses the source, or what the contract throws while evaluated
   */
  open({ plan }: { readonly plan: Plan }, { isWriter, isDiagnosing = false }: RealmOptions): Realm {
    const context = this.isolate.createContextSync()
    this.#driver.runSync(context)
    context.global.setSync('$host', this.#host)
    const modules = new Map<string, EngineModule>()
    const resolve = (specifier: string) => modules.get(specifier)!
    const timeout = { timeout: this.#settings.timeoutMs }
    for (const [name, source] of earlySources(plan)) {
      const early = this.#compile(modules, name, source)
      early.instantiateSync(context, resolve)
      early.evaluateSync(timeout)
    }
    if (isDiagnosing) this.#diagnose.runSync(context)
    const entry = this.#lock.runSync(context, { reference: true })
    const contract = this.#compile(modules, CONTRACT, plan.source)
    for (const [name, source] of lateSources(plan, isWriter)) this.#compile(modules, name, source)
    const main = plan.hasTail ? modules.get(TAIL)! : contract
    main.instantiateSync(context, resolve)
    try {
      main.evaluateSync(timeout)
    } catch (error) {
      if (error !== TAIL_REACHED) throw error
    }
    if (!plan.hasTail) accept(entry, contract.namespace)
    for (const module of modules.values()) module.release()
    return new Realm(context, entry, this.#settings.timeoutMs)
  }

  /** What every realm has and no contract gets, as JSON: one realm is searched for all. */
  #findUnlisted(find: EngineScript): string {
    const context = this.isolate.createContextSync()
    this.#driver.runSync(context)
    const found = find.runSync(context) as unknown as string
    context.release()
    return found
  }

  #compile(modules: Map<string, EngineModule>, name: string, source: string): EngineModule {
    const module = this.isolate.compileModuleSync(source, { filename: name })
    modules.set(name, module)
    return module
  }
}

/** Hands the driver the exports of a contract that has no tail to do so. */
function accept(entry: Reference, exports: Reference): void {
  const take = entry.getSync('accept', { reference: true })
  take.applySync(undefined, [exports.derefInto()])
  take.release()
  exports.release()
}
