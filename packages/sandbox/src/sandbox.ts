/**
 * The sandbox (spec/4-execution §5, §6): loads contracts and runs them in guest processes, which it shares with the other
 * sandboxes of this process. A guest that fails is replaced; contracts are loaded again where they are needed.
 */
import { createHash } from 'node:crypto'
import { encodeRules, type Rules, toHex } from '@vitra/log'
import type { Value } from '@vitra/log/values'
import type { Confinement } from './confinement.js'
import { GUESTS_MAX, LOAD_MS, LOADED_CONTRACTS_MAX, MEMORY_MB, OP_MS, TEXT_UNITS_MAX } from './constants.js'
import type { Contract } from './contract.js'
import type { EngineBinaries } from './engine-binary.js'
import { ENGINE_TABLE, engineName } from './engine-table.js'
import { SandboxError } from './errors.js'
import type { GuestRun } from './guest-process.js'
import { readInspection } from './inspection.js'
import { LoadedContract, packLimits } from './loaded-contract.js'
import { expectArray } from './messages.js'
import { pack } from './pack.js'
import { Conduct } from './pool/conduct.js'
import { Pool } from './pool/pool.js'
import { Tenant } from './pool/tenant.js'
import { prepareContract } from './prepare.js'

/** A line of a contract's console. */
export interface ContractLogEntry {
  readonly level: 'debug' | 'error' | 'info' | 'log' | 'warn'
  readonly text: string
}

/**
 * Limits of the guest processes. No outcome depends on them, but for `unexecutable`. Sandboxes with the same limits share
 * their guests.
 */
export interface SandboxOptions {
  /** Longest that one op, `process` or method may keep the guest busy, in milliseconds. Default 5000. */
  readonly opMs?: number
  /** Longest that loading may take, in milliseconds. Default 5000. */
  readonly loadMs?: number
  /** Heap of a contract, in megabytes. Default 128. */
  readonly memoryMb?: number
  /** Most guest processes at a time for all sandboxes with these limits. Default 4. */
  readonly guests?: number
  /**
   * Engine to run contracts under, one of `ENGINES`. Default: that of the Node which runs this.
   *
   * @example await Sandbox.open({ engine: 'v8-12.4', engines: { 'v8-12.4': { node: '/opt/node-22/bin/node' } } })
   */
  readonly engine?: string
  /** Other engines that this machine has, by name. */
  readonly engines?: EngineBinaries
  /**
   * False runs contracts that have their guests ended again and again all the same, where no op may be left out, as in an
   * audit. Default true: they are refused for a while.
   */
  readonly refusal?: boolean
  /** How long they are refused the first time, in milliseconds; twice as long each time after. Default 30,000. */
  readonly refusalMs?: number
  /**
   * True runs every op in a fresh realm, also of contracts that are proved to need none: slower, with the same results.
   * For checking just that. Default false.
   */
  readonly freshRealms?: boolean
  /** Receives what contracts print with `console`. */
  readonly onLog?: (entry: ContractLogEntry) => void
}

/**
 * @example
 * await using sandbox = await Sandbox.open()
 * const contract = await sandbox.load(source, CURRENT_RULES)
 */
export class Sandbox implements AsyncDisposable {
  /** What runs the contracts, one of `ENGINES`. */
  readonly engine: string
  /** What confines its guests on this machine; SECURITY.md says what each measure stops. */
  readonly confinement: readonly Confinement[]
  readonly #pool: Pool
  readonly #onLog: SandboxOptions['onLog']
  readonly #conduct: Conduct
  readonly #freshRealms: boolean
  readonly #contracts = new Map<string, Contract>()
  #closing: Promise<void> | undefined

  private constructor(pool: Pool, { onLog, refusal = true, refusalMs, freshRealms = false }: SandboxOptions) {
    this.#freshRealms = freshRealms
    this.#conduct = new Conduct({ refuses: refusal, ...(refusalMs === undefined ? {} : { refusalMs }) })
    this.#pool = pool
    this.#onLog = onLog
    this.engine = engineName(pool.guests.v8)
    this.confinement = Object.freeze([...pool.guests.confinement])
  }

  /** @throws {SandboxError} `ENGINE_MISSING`, `ENGINE_UNKNOWN`, `GUEST_NOT_STARTED` */
  static async open(options: SandboxOptions = {}): Promise<Sandbox> {
    const {
      opMs = OP_MS,
      loadMs = LOAD_MS,
      memoryMb = MEMORY_MB,
      guests = GUESTS_MAX,
      engine,
      engines,
    } = options
    const settings = { opMs, loadMs, memoryMb, guests: Math.max(1, guests), engine, engines }
    const pool = await Pool.lease(settings)
    const sandbox = new Sandbox(pool, options)
    const known = ENGINE_TABLE.find(({ name }) => name === sandbox.engine)
    const { unicode } = pool.guests
    if (known?.unicode === unicode) return sandbox
    await sandbox.close()
    if (known !== undefined) {
      throw new SandboxError(
        'ENGINE_UNKNOWN',
        `${known.name} has Unicode ${known.unicode}, but this Node was built with ${unicode}: use a release of Node ${known.node} from nodejs.org that has it`,
      )
    }
    throw new SandboxError(
      'ENGINE_UNKNOWN',
      `${sandbox.engine} may not run contracts: use Node 20, 22, 24 or 26`,
    )
  }

  /** A contract that is loaded already. */
  loaded(source: string, rules: Rules): Contract | undefined {
    return this.#contracts.get(nameOf(source, rules))
  }

  /**
   * Parses, evaluates and inspects a contract.
   *
   * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`
   * @throws {SandboxError} `ENGINE_REFUSED`, `GUEST_TIMEOUT`, `GUEST_MEMORY`, `GUEST_CRASHED`, `GUEST_NOT_STARTED`,
   *   `CONTRACT_REFUSED`
   */
  async load(source: string, rules: Rules): Promise<Contract> {
    const key = nameOf(source, rules)
    const known = this.#contracts.get(key)
    if (known !== undefined) return known
    // From here on the stack is nearly empty, as the parser needs it.
    await null
    const prepared = prepareContract(source, rules)
    const { parsed, instrumented } = prepared
    const { imports, hasTail } = parsed
    const isPure = !this.#freshRealms && parsed.impurities.length === 0
    const limits = packLimits(rules.limits)
    const tenant = new Tenant({
      digest: createHash('sha256').update(`${isPure} ${key}`).digest('base64'),
      loadPayload: (id) => pack([id, rules.abi, instrumented.source, imports, hasTail, isPure, limits]),
      onLog: (value) => this.#log(value),
      conduct: this.#conduct,
    })
    const inspected = await this.#submit(tenant, null)
    const contract = new LoadedContract({
      source,
      facts: readInspection(inspected, prepared),
      rules,
      authorColumn: instrumented.authorColumn,
      run: (run) => this.#submit(tenant, run),
    })
    this.#contracts.set(key, contract)
    const [oldest] = this.#contracts.keys()
    if (this.#contracts.size > LOADED_CONTRACTS_MAX) this.#contracts.delete(oldest!)
    return contract
  }

  /** Ends what it runs. The last sandbox that is closed ends the guests and waits until they are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `await using` closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#pool.leave(this.#conduct, new SandboxError('SANDBOX_CLOSED', 'the sandbox was closed'))
    await this.#pool.release()
  }

  async #submit(tenant: Tenant, run: GuestRun | null): Promise<Uint8Array> {
    if (this.#closing !== undefined)
      throw new SandboxError('SANDBOX_CLOSED', 'the sandbox is closed: open another one')
    return this.#pool.submit(tenant, run)
  }

  #log(value: Value): void {
    const [level, text] = expectArray(value, 'no line of a console')
    if (!LEVELS.includes(level as ContractLogEntry['level']) || typeof text !== 'string') return
    this.#onLog?.({ level: level as ContractLogEntry['level'], text: text.slice(0, TEXT_UNITS_MAX) })
  }
}

function nameOf(source: string, rules: Rules): string {
  return `${toHex(encodeRules(rules))} ${source}`
}

const LEVELS: readonly ContractLogEntry['level'][] = ['debug', 'error', 'info', 'log', 'warn']
