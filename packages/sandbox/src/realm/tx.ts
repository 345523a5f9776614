/**
 * `tx`: the writes of one op (spec/4-execution §3). They queue up here in call order; reads see the queue
 * first. System writes are granted by the host, which accepts none that it did not grant.
 */
import type { Tx } from '@vitra/contract-sdk'
import type { Write } from '../ending-fields.js'
import { ask } from './batch.js'
import { type ListReply, listed, readEntry } from './contract-module.js'
import { refusal } from './errors.js'
import { metered } from './meter.js'
import { PRICE } from './prices.js'
import type { Run } from './run.js'
import {
  decodePriced,
  encodePriced,
  listOptions,
  readablePath,
  readablePrefix,
  service,
  writablePath,
} from './values.js'

type Grant = [granted: true, path: string, value: Uint8Array] | [granted: false, message: string]
const MESSAGE_SIZE = 'the op writes more than the rules allow'

export class Queue {
  readonly #run: Run
  readonly #changes: Write[] = []
  readonly #newest = new Map<string, Uint8Array | null>()
  #bytes = 0
  #told = 0
  /** True once a write was refused for size: then the op fails, whatever the contract does about it. */
  isExhausted = false

  constructor(run: Run) {
    this.#run = run
  }

  /** Changes that the host has not been told about. */
  takeNew(): readonly Write[] {
    const fresh = this.#told === 0 ? this.#changes : this.#changes.slice(this.#told)
    this.#told = this.#changes.length
    return fresh
  }

  /** All changes, in call order. */
  get writes(): readonly Write[] {
    return this.#changes
  }

  write(path: string, value: Uint8Array | null): void {
    const { opChangesMax, opWriteBytesMax } = this.#run.limits
    const bytes = this.#bytes + (value?.length ?? 0)
    if (this.#changes.length >= opChangesMax || bytes > opWriteBytesMax) {
      this.isExhausted = true
      throw refusal('size', MESSAGE_SIZE)
    }
    this.#bytes = bytes
    this.#changes.push([path, value])
    this.#newest.set(path, value)
  }

  /** Bytes that this op wrote, null where it deleted, undefined where it did neither. */
  newest(path: string): Uint8Array | null | undefined {
    return this.#newest.get(path)
  }

  /** @throws what the contract sees once `apply` has settled */
  checkOpen(): Run {
    if (!this.#run.isOpen) throw refusal('contract', 'tx is closed: apply has settled')
    return this.#run
  }

  /** Writes what the host grants. */
  grant(...question: unknown[]): void {
    const [granted, text, value] = ask(...question) as unknown as Grant
    if (!granted) throw refusal('contract', text)
    this.write(text, value!)
  }
}

const queues = new WeakMap<object, Queue>()

/** What a `tx` writes to; undefined for what is no `tx`. */
export function queueOf(tx: unknown): Queue | undefined {
  return typeof tx === 'object' && tx !== null ? queues.get(tx) : undefined
}

/** The `tx` that a handler receives. */
export function createTx(queue: Queue): Tx {
  const tx = makeTx(queue)
  queues.set(tx, queue)
  return tx
}

function makeTx(queue: Queue): Tx {
  const remove = (path: string): void =>
    service(PRICE.write, () => {
      queue.checkOpen()
      queue.write(writablePath(path), null)
    })
  return Object.freeze({
    async get(path: string) {
      return service(PRICE.get, () => {
        queue.checkOpen()
        const checked = readablePath(path)
        const own = queue.newest(checked)
        if (own === undefined) return readEntry<never>(checked)
        return own === null ? null : { path: checked, value: decodePriced(own) as never }
      })
    },
    async list(prefix: string, options?: object) {
      return service(PRICE.list, () => {
        queue.checkOpen()
        const checked = readablePrefix(prefix)
        return listed<never>(ask('txList', checked, listOptions(options), queue.takeNew()) as ListReply)
      })
    },
    put(path: string, value: unknown) {
      service(PRICE.write, () => {
        const run = queue.checkOpen()
        const checked = writablePath(path)
        queue.write(checked, encodePriced(value, run))
      })
    },
    delete: remove,
    del: remove,
    addOplog(participant: { pubkey: string } | string) {
      service(PRICE.grant, () => {
        queue.checkOpen()
        queue.grant('addOplog', publicKey(participant))
      })
    },
    removeOplog(participant: { pubkey: string } | string) {
      service(PRICE.grant, () => {
        queue.checkOpen()
        queue.grant('removeOplog', publicKey(participant))
      })
    },
    setContractSource(given: { code?: unknown; source?: unknown }) {
      service(PRICE.grant, () => {
        queue.checkOpen()
        const source = metered(() => given?.code ?? given?.source)
        if (typeof source !== 'string')
          throw refusal('value', 'setContractSource takes {code}, the source as a string')
        encodePriced(source, queue.checkOpen())
        queue.grant('setSource', source)
      })
    },
  })
}

function publicKey(participant: { pubkey: string } | string): string {
  const key = typeof participant === 'string' ? participant : metered(() => participant?.pubkey)
  if (typeof key !== 'string' || !/^[0-9a-f]{64}$/i.test(key)) {
    throw refusal('value', 'a participant is given by its public key: {pubkey}, 64 hex digits')
  }
  return key.toLowerCase()
}
