/**
 * The sandbox (spec/4-execution §5, §6): loads contracts and runs them in a guest process, one run at a time. A guest
 * that fails is replaced; contracts never notice, they are loaded again where they are needed.
 */
import { encodeRules, Mutex, type Rules, toHex } from '@vitra/log'
import type { Value } from '@vitra/log/values'
import { LOAD_MS, LOADED_CONTRACTS_MAX, MEMORY_MB, OP_MS, TEXT_UNITS_MAX } from './constants.js'
import { type Contract, LoadedContract } from './contract.js'
import { ENGINES, engineName } from './engine.js'
import { SandboxError } from './errors.js'
import type { GuestProcess, GuestRun } from './guest-process.js'
import { readInspection } from './inspection.js'
import { type Instrumented, instrument } from './instrument.js'
import { expectArray } from './messages.js'
import { pack } from './pack.js'
import { type ParsedContract, parseContract } from './parse.js'
import { type StartedGuest, startGuest } from './start.js'
import { FRAME } from './wire.js'

/** A line of a contract's console. */
export interface ContractLogEntry {
  readonly level: 'debug' | 'error' | 'info' | 'log' | 'warn'
  readonly text: string
}

/** Limits of the guest process. No outcome depends on them, but for `unexecutable`. */
export interface SandboxOptions {
  /** Longest that one op, `process` or method may keep the guest busy, in milliseconds. Default 5000. */
  readonly opMs?: number
  /** Longest that loading may take, in milliseconds. Default 5000. */
  readonly loadMs?: number
  /** Heap of the contracts, in megabytes. Default 128. */
  readonly memoryMb?: number
  /** Receives what contracts print with `console`. */
  readonly onLog?: (entry: ContractLogEntry) => void
}

interface Entry {
  readonly id: number
  readonly parsed: ParsedContract
  readonly instrumented: Instrumented
}

/**
 * @example
 * await using sandbox = await Sandbox.open()
 * const contract = await sandbox.load(source, CURRENT_RULES)
 */
export class Sandbox implements AsyncDisposable {
  /** What runs the contracts, one of {@link ENGINES}. */
  readonly engine: string
  readonly #options: Required<Omit<SandboxOptions, 'onLog'>> & Pick<SandboxOptions, 'onLog'>
  readonly #turns = new Mutex()
  readonly #contracts = new Map<string, Contract>()
  /** Contracts that the guest holds, the one used longest ago first. */
  readonly #loaded = new Set<Entry>()
  #guest: GuestProcess
  #nextId = 1
  #isClosed = false

  private constructor(started: StartedGuest, options: SandboxOptions) {
    this.#options = { opMs: OP_MS, loadMs: LOAD_MS, memoryMb: MEMORY_MB, ...options }
    this.#guest = started.guest
    this.engine = engineName(started.v8)
  }

  /** @throws {SandboxError} `ENGINE_MISSING`, `ENGINE_UNKNOWN`, `GUEST_NOT_STARTED` */
  static async open(options: SandboxOptions = {}): Promise<Sandbox> {
    const sandbox = new Sandbox(
      await startGuest(options.opMs ?? OP_MS, options.memoryMb ?? MEMORY_MB),
      options,
    )
    if (ENGINES.includes(sandbox.engine)) return sandbox
    await sandbox.close()
    throw new SandboxError(
      'ENGINE_UNKNOWN',
      `${sandbox.engine} may not run contracts: use Node 20, 22, 24 or 26`,
    )
  }

  /**
   * Parses, evaluates and inspects a contract.
   *
   * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`
   * @throws {SandboxError} `ENGINE_REFUSED`, `GUEST_TIMEOUT`, `GUEST_MEMORY`, `GUEST_CRASHED`, `GUEST_NOT_STARTED`
   */
  async load(source: string, rules: Rules): Promise<Contract> {
    const key = `${toHex(encodeRules(rules))} ${source}`
    const known = this.#contracts.get(key)
    if (known !== undefined) return known
    // From here on the stack is nearly empty, as the parser needs it.
    await null
    const parsed = parseContract(source, rules)
    const instrumented = instrument(source, parsed.program)
    const entry: Entry = { id: this.#nextId++, parsed, instrumented }
    const inspected = await this.#turns.run(async () => this.#loadInto(await this.#liveGuest(), entry))
    const facts = readInspection(inspected, parsed, instrumented)
    const contract = new LoadedContract({
      source,
      facts,
      rules,
      authorColumn: instrumented.authorColumn,
      run: (run) => this.#run(entry, run),
    })
    this.#contracts.set(key, contract)
    const [oldest] = this.#contracts.keys()
    if (this.#contracts.size > LOADED_CONTRACTS_MAX) this.#contracts.delete(oldest!)
    return contract
  }

  /** Ends the guest and waits until it is gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#guest.close()
  }

  /** `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Carries out one run of a contract, in its turn. */
  #run(entry: Entry, { payload, signal, ...run }: GuestRun): Promise<Uint8Array> {
    return this.#turns.run(async () => {
      signal?.throwIfAborted()
      const guest = await this.#liveGuest()
      if (!this.#loaded.has(entry)) await this.#loadInto(guest, entry)
      this.#loaded.delete(entry)
      this.#loaded.add(entry)
      const abort = () => guest.kill(signal!.reason)
      signal?.addEventListener('abort', abort)
      try {
        return await guest.request({
          timeoutMs: this.#options.opMs,
          ...run,
          payload: payload(entry.id),
          onLog: (value) => this.#log(value),
        })
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    })
  }

  /** Hands a contract to the guest; what comes back says what it offers, or why it does not load. */
  async #loadInto(guest: GuestProcess, entry: Entry): Promise<Uint8Array> {
    const { imports, hasTail } = entry.parsed
    const inspected = await guest.request({
      kind: FRAME.load,
      payload: pack([entry.id, entry.instrumented.source, imports, hasTail]),
      answer: FRAME.loaded,
      timeoutMs: this.#options.loadMs,
      onLog: (value) => this.#log(value),
    })
    this.#loaded.add(entry)
    const [oldest] = this.#loaded
    if (this.#loaded.size > LOADED_CONTRACTS_MAX) {
      this.#loaded.delete(oldest!)
      guest.send(FRAME.unload, pack(oldest!.id))
    }
    return inspected
  }

  /** The guest, or a fresh one where it has died. */
  async #liveGuest(): Promise<GuestProcess> {
    if (this.#isClosed) throw new SandboxError('SANDBOX_CLOSED', 'the sandbox is closed: open another one')
    if (!this.#guest.isDead) return this.#guest
    this.#loaded.clear()
    const { guest } = await startGuest(this.#options.opMs, this.#options.memoryMb)
    this.#guest = guest
    if (!this.#isClosed) return guest
    await guest.close()
    throw new SandboxError('SANDBOX_CLOSED', 'the sandbox was closed')
  }

  #log(value: Value): void {
    const [level, text] = expectArray(value, 'no line of a console')
    if (!LEVELS.includes(level as ContractLogEntry['level']) || typeof text !== 'string') return
    this.#options.onLog?.({ level: level as ContractLogEntry['level'], text: text.slice(0, TEXT_UNITS_MAX) })
  }
}

const LEVELS: readonly ContractLogEntry['level'][] = ['debug', 'error', 'info', 'log', 'warn']
