/** The module 'contract' as the realm offers it (spec/4-execution §2): reads of the index and of the own oplog. */
import type { Entry, Index, ListedEntry, Oplog, OplogInfo } from '@vitra/contract-sdk'
import { MODE } from '../wire.js'
import { ask, readState } from './batch.js'
import { refusal } from './errors.js'
import { hex } from './hex.js'
import { take, unmetered } from './meter.js'
import { PRICE } from './prices.js'
import { runIn } from './run.js'
import { decodeFresh, decodePriced, listOptions, readablePath, readablePrefix, service } from './values.js'

export const WITH_INDEX = [MODE.apply, MODE.call] as const
const WITH_OPLOG = [MODE.call] as const
export const INPUTS = '/.sys/inputs'

/** What the host answers to a listing. */
export type ListReply = [path: string, name: string, container: boolean, value: Uint8Array | null][]

// Async functions without an await: the promise is settled when the contract gets it.
export const index: Index = {
  async get<T>(path: string): Promise<Entry<T> | null> {
    return service(PRICE.get, () => {
      runIn('index', WITH_INDEX)
      return readEntry<T>(readablePath(path))
    })
  },
  async list<T>(prefix: string, options?: object): Promise<ListedEntry<T>[]> {
    return service(PRICE.list, () => {
      runIn('index', WITH_INDEX)
      return listed<T>(ask('list', readablePrefix(prefix), listOptions(options)) as ListReply)
    })
  },
}

export const oplog: Oplog = {
  get pubkey(): string | undefined {
    return unmetered(() => {
      const { key } = runIn('oplog', WITH_OPLOG)
      return key === null ? undefined : hex(key)
    })
  },
  async getLength(): Promise<number> {
    return service(PRICE.oplog, () => {
      runIn('oplog', WITH_OPLOG)
      return ask('oplogLength') as number
    })
  },
  async get<T>(seq: number): Promise<T | null> {
    return service(PRICE.oplog, () => {
      runIn('oplog', WITH_OPLOG)
      if (!Number.isSafeInteger(seq) || seq < 0)
        throw refusal('value', 'oplog.get: seq is a whole number from 0')
      const bytes = ask('oplogGet', seq) as Uint8Array | null
      return bytes === null ? null : (decodePriced(bytes) as T)
    })
  },
}

export async function listOplogs(): Promise<OplogInfo[]> {
  return service(PRICE.list, () => {
    runIn('listOplogs', WITH_INDEX)
    return activeOplogs(ask('list', INPUTS, listOptions(undefined)) as ListReply)
  })
}

/** The participants that take part, of all that were ever admitted. */
export function activeOplogs(reply: ListReply): OplogInfo[] {
  const found: OplogInfo[] = []
  for (const [, , , bytes] of reply) {
    take(PRICE.listItem)
    if (bytes === null) continue
    const { active, oplog: key, signer } = decodeFresh(bytes) as unknown as Input
    if (active) found.push({ pubkey: hex(signer), oplog: hex(key) })
  }
  return found
}

/** An entry of the state before the op. */
export function readEntry<T>(path: string): Entry<T> | null {
  const bytes = readState(path)
  return bytes === undefined ? null : { path, value: decodePriced(bytes) as T }
}

export function listed<T>(reply: ListReply): ListedEntry<T>[] {
  return reply.map(([path, name, container, value]) => {
    take(PRICE.listItem + path.length)
    return { path, name, container, value: value === null ? null : (decodePriced(value) as T) }
  })
}

interface Input {
  active: boolean
  oplog: Uint8Array
  signer: Uint8Array
}
