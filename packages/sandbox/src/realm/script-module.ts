/**
 * The module 'vitra:script' (spec/10-scripts): the adapter of scripts over this realm's reads and writes, at their
 * prices. The adapter's own work is not charged; what it calls of the script is.
 */
import type { Ack, Tx } from '@vitra/contract-sdk'
import {
  type CallParts,
  type Child,
  describeScript,
  executeCall,
  readCall,
  type ScriptBody,
  type ScriptModules,
  type ScriptRealm,
  type ScriptStore,
} from '@vitra/contract-sdk/modules'
import { bytesLength, decodeUtf8, encodeUtf8, isBytes, pathFault } from '@vitra/log/values'
import { ask, readState } from './batch.js'
import { activeOplogs, INPUTS, type ListReply, WITH_INDEX } from './contract-module.js'
import { refusal, refusalCode } from './errors.js'
import { hex } from './hex.js'
import { ARGUMENTS_MAX, metered, take, unmetered } from './meter.js'
import { PRICE } from './prices.js'
import { type Run, runIn } from './run.js'
import { type Queue, queueOf } from './tx.js'
import { decodePriced, encodePriced, listOptions } from './values.js'

// The engine's own: what the adapter does with bytes of a script runs nothing of the script.
const { apply } = Reflect
const { set: fill } = Uint8Array.prototype

/** Executes the op of a compiled script. */
export async function runCall(
  body: ScriptBody,
  modules: ScriptModules,
  tx: Tx,
  op: unknown,
  ack: Ack,
): Promise<unknown> {
  const parts = unmetered(() => {
    const queue = queueOf(tx)
    if (queue === undefined) throw refusal('contract', 'runCall takes the tx, op and ack that apply gets')
    const { origin, seq, ts } = ack
    return {
      body,
      modules,
      store: new RealmStore(queue.checkOpen(), queue, tx),
      realm,
      caller: { id: origin, seq, ts },
    }
  })
  return executeCall(parts, op)
}

/** Makes a read-only call of a compiled script, in a method. */
export async function runRead(body: ScriptBody, modules: ScriptModules, call: unknown): Promise<unknown> {
  return readCall(readParts(body, modules), call)
}

/** Names of what a script exports, by kind. */
export function listExports(
  body: ScriptBody,
  modules: ScriptModules,
): { functions: string[]; variables: string[] } {
  return describeScript(readParts(body, modules))
}

function readParts(body: ScriptBody, modules: ScriptModules): CallParts {
  return unmetered(() => {
    const run = runIn('vitra:script', WITH_INDEX)
    const id = run.key === null ? null : hex(run.key)
    return { body, modules, store: new RealmStore(run, null, null), realm, caller: { id } }
  })
}

const realm: ScriptRealm = {
  argumentsMax: ARGUMENTS_MAX,
  charge: take,
  unmetered,
  metered,
  refusal: (message) => refusal('value', message),
  refused(thrown) {
    if (typeof thrown !== 'object' || thrown === null || refusalCode(thrown) === undefined) return null
    const message = metered(() => (thrown as { message?: unknown }).message)
    return typeof message === 'string' ? message : ''
  },
}

class RealmStore implements ScriptStore {
  readonly isWritable: boolean
  readonly #run: Run
  readonly #queue: Queue | null
  readonly #tx: Tx | null

  constructor(run: Run, queue: Queue | null, tx: Tx | null) {
    this.isWritable = queue !== null
    this.#run = run
    this.#queue = queue
    this.#tx = tx
  }

  read(path: string): Uint8Array | null {
    take(PRICE.get)
    this.#checkOpen()
    const own = this.#queue?.newest(path)
    return own === undefined ? (readState(path) ?? null) : own
  }

  write(path: string, encoded: Uint8Array | null): void {
    take(PRICE.write)
    this.#checkOpen()
    this.#queue!.write(path, encoded)
  }

  children(path: string, limit?: number): Child[] {
    take(PRICE.list)
    return this.#list(path, limit === undefined ? undefined : { limit }).map(([at, name, , value]) => {
      take(PRICE.listItem + at.length)
      return { name, value }
    })
  }

  encode(value: unknown): Uint8Array {
    return encodePriced(value, this.#run)
  }

  decode(encoded: Uint8Array): unknown {
    return decodePriced(encoded)
  }

  pathFault(path: string): 'long' | 'form' | null {
    return pathFault(path)
  }

  isBytes(value: unknown): value is Uint8Array {
    return isBytes(value)
  }

  copyBytes(bytes: Uint8Array): Uint8Array {
    const copy = new Uint8Array(bytesLength(bytes))
    if (copy.length > 0) apply(fill, copy, [bytes])
    return copy
  }

  toBytes(text: string): Uint8Array | null {
    return text.isWellFormed() ? encodeUtf8(text) : null
  }

  toText(bytes: Uint8Array): string | null {
    return decodeUtf8(bytes)
  }

  participants(): string[] {
    take(PRICE.list)
    return activeOplogs(this.#list(INPUTS)).map(({ pubkey }) => pubkey)
  }

  admit(pubkey: string): void {
    this.#changing().addOplog(pubkey)
  }

  expel(pubkey: string): void {
    this.#changing().removeOplog(pubkey)
  }

  #changing(): Tx {
    if (this.#tx !== null) return this.#tx
    throw new Error('this is a read-only call, and participants change: make it through db.api()')
  }

  #list(path: string, options?: object): ListReply {
    this.#checkOpen()
    const checked = listOptions(options)
    const queue = this.#queue
    return (
      queue === null ? ask('list', path, checked) : ask('txList', path, checked, queue.takeNew())
    ) as ListReply
  }

  #checkOpen(): void {
    if (this.#queue !== null) this.#queue.checkOpen()
    else if (!this.#run.isOpen) throw refusal('contract', 'the call has settled')
  }
}
