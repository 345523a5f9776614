/** Calls of a script: from a name and arguments to an op, and from its outcome to a return value (spec/10-scripts §6). */
import { RECORD_PATH, readScript, type ScriptFunction, scriptFunctions } from '@vitra/contract-sdk/script'
import { decodeValue, encodeValue, type Value } from '@vitra/log'
import { type Contract, ContractError } from '@vitra/sandbox'
import { CallTurns } from '../call-turns.js'
import type { DatabaseCore } from '../database-core.js'
import { DatabaseError } from '../errors.js'
import { explainFailure } from '../explain-failure.js'
import { isScriptSource } from '../script-source.js'
import type { Transaction } from '../transaction.js'
import type { WaitOptions } from '../transaction-types.js'
import { asCallError, asReadError, ScriptCallError } from './script-call-error.js'
import type { ScriptResult } from './script-types.js'

/** What the contract in force is, where it is a script. */
export interface ScriptInfo {
  /** The script as it was written. */
  readonly text: string
  /** The functions that it exports, `init` left out, with what every script has besides. */
  readonly functions: readonly ScriptFunction[]
  /** Names of the variables that it begins with. */
  readonly variables: readonly string[]
}

const INIT = 'init'
const BUILT_IN: readonly ScriptFunction[] = ['addParticipant', 'removeParticipant'].map((name) => ({
  name,
  params: 'id',
  async: true,
}))

export class ScriptCalls {
  readonly #core: DatabaseCore
  /** Ops are written in the order of the calls. */
  readonly #turns = new CallTurns()
  #known: { readonly contract: Contract; readonly info: ScriptInfo | null } | null = null

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  /** The script in force; null where the contract is none. */
  async info(): Promise<ScriptInfo | null> {
    if (this.#known === null) {
      const source = await this.#core.index.read((snapshot) => snapshot.contractSource())
      if (!isScriptSource(source)) return null
    }
    const contract = await this.#core.contract()
    if (this.#known?.contract === contract) return this.#known.info
    const info = await this.#look(contract)
    this.#known = { contract, info }
    return info
  }

  /** Writes the op of a call. */
  async emit(call: string, args: readonly unknown[], signal?: AbortSignal): Promise<Transaction> {
    return this.#core.use(async () => {
      const { functions } = await this.#turns.next(() => this.#script())
      if (!functions.some(({ name }) => name === call)) throw noFunction(call, functions)
      return this.#write(call, args, signal)
    })
  }

  /** Makes a call and waits for what it returns. */
  async call(call: string, args: readonly unknown[], options: WaitOptions): Promise<Value | undefined> {
    return (await this.#result(call, await this.emit(call, args, options.signal), options)) as Value
  }

  async callWithReceipt(
    call: string,
    args: readonly unknown[],
    options: WaitOptions,
  ): Promise<ScriptResult<Value | undefined>> {
    const tx = await this.emit(call, args, options.signal)
    const result = await this.#result(call, tx, options)
    return { result, receipt: await tx.fetchReceipt(), tx }
  }

  /** Makes a read-only call. */
  read(call: string, args: readonly unknown[]): Promise<Value | undefined> {
    return this.#core.use(() => this.#read(call, args))
  }

  async #read(call: string, args: readonly unknown[]): Promise<Value | undefined> {
    const { functions } = await this.#script()
    if (!functions.some(({ name }) => name === call)) throw noFunction(call, functions)
    const contract = await this.#core.contract()
    try {
      const { response } = await this.#core.callContract('read', encodeCall(call, args))
      return response === undefined ? undefined : decodeValue(response)
    } catch (error) {
      throw asReadError(call, contract.source, error)
    }
  }

  /**
   * Makes the first call of a script that has not begun; nothing for any other contract.
   *
   * @throws {ScriptCallError} `CALL_FAILED` for what `init` throws
   */
  async begin(): Promise<void> {
    const core = this.#core
    if ((await this.info()) === null) return
    const record = await core.index.read((snapshot) => snapshot.read(RECORD_PATH))
    if (record !== null) return
    const pending = await core.participant.pending()
    const begun = pending.find(({ ops }) => ops.some(({ value }) => isInit(value)))
    const tx = begun ?? (await this.#write(INIT, []))
    try {
      await this.#result(INIT, tx, {})
    } catch (error) {
      if (!(error instanceof ScriptCallError)) throw error
      // Where it cannot be explained, what was thrown is what there is to say.
      const why = await explainFailure(core, tx).catch(() => null)
      throw asCallError(INIT, error.cause, why)
    }
  }

  async #result(call: string, tx: Transaction, options: WaitOptions): Promise<Value | undefined> {
    try {
      const acks = await tx.whenProcessed({ ...options, receipt: false })
      return acks.at(-1)?.returnValue
    } catch (error) {
      throw asCallError(call, error)
    }
  }

  async #write(call: string, args: readonly unknown[], signal?: AbortSignal): Promise<Transaction> {
    signal?.throwIfAborted()
    const op = encodeCall(call, args)
    return this.#core.calls.run(op.length, () =>
      this.#core.emit({ method: 'call', params: decodeValue(op) }, [op]),
    )
  }

  async #script(): Promise<ScriptInfo> {
    const info = await this.info()
    if (info !== null) return info
    throw new DatabaseError('NOT_A_SCRIPT', 'the contract is no script: call its methods with db.call()')
  }

  async #look(contract: Contract): Promise<ScriptInfo | null> {
    const text = readScript(contract.source)
    if (text === null) return null
    const { response } = await this.#core.callContract('functions', encodeValue({}))
    const { functions, variables } = decodeValue(response!) as unknown as Exported
    const written = new Map(scriptFunctions(text).map((one) => [one.name, one]))
    const own = functions
      .filter((name) => name !== INIT)
      .map((name) => written.get(name) ?? { name, params: '', async: true })
    const rest = BUILT_IN.filter(({ name }) => !functions.includes(name))
    return { text, functions: [...own, ...rest], variables }
  }
}

interface Exported {
  readonly functions: readonly string[]
  readonly variables: readonly string[]
}

/** Arguments that stay away at the end are not told from ones that are not given. @throws {ValueError} `VALUE_REFUSED` */
function encodeCall(call: string, given: readonly unknown[]): Uint8Array {
  const args = [...given]
  while (args.length > 0 && args.at(-1) === undefined) args.pop()
  return encodeValue({ call, args })
}

function isInit(value: Value): boolean {
  return (value as { call?: unknown } | null)?.call === INIT
}

function noFunction(call: string, functions: readonly ScriptFunction[]): ContractError {
  const known = functions.map(({ name }) => name).join(', ')
  return new ContractError('METHOD_NOT_FOUND', `the script exports no function ${call}; it has ${known}`)
}
