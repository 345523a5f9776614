/**
 * The host's side of one `apply` (spec/4-execution §2, §3): answers what the contract reads, grants system changes,
 * keeps the op's queue and what was read. A fresh one for every attempt.
 */
import { decodeInput, encodeInput, fromHex, type Input, inputPath, type Rules, SOURCE_PATH } from '@vitra/log'
import {
  type Change,
  type EntrySource,
  encodeValue,
  isSystemPath,
  keyToPath,
  type ListItem,
  type ListOptions,
  listChildren,
  Overlay,
  PathError,
  pathToKey,
  sameBytes,
  type Value,
} from '@vitra/log/values'
import { OP_READ_BYTES_MAX, READ_OVERHEAD_BYTES } from './constants.js'
import { SandboxError } from './errors.js'
import { protocolError } from './guest-process.js'
import {
  checked,
  expectArray,
  expectChanges,
  expectEncoded,
  expectListOptions,
  expectReadablePath,
  expectReadablePrefix,
  expectText,
} from './messages.js'
import { pack } from './pack.js'
import { ReadableSource } from './view.js'
import { TO_THE_END } from './wire.js'

/** One read of the state before the op, in the order of the reads; the same read again is not a second one. */
export type Read =
  | { readonly kind: 'get'; readonly path: string; readonly value: Uint8Array | null }
  | {
      readonly kind: 'list'
      readonly prefix: string
      readonly options: ListOptions
      readonly items: readonly ListItem[]
      /** The op's own changes that the listing was made over; `tx.list` only. */
      readonly over?: readonly Change[]
    }

export interface SessionOptions {
  /** State before the op, read while it runs. */
  readonly view: EntrySource
  readonly rules: Rules
  /** Key of a signer's oplog in this database. */
  readonly deriveOplog: (signer: Uint8Array) => Uint8Array
  /** True where the guest keeps what it reads for the ops that follow: then it is told how far there is nothing. */
  readonly isLasting: boolean
}

export class ApplySession {
  readonly reads: Read[] = []
  readonly #options: SessionOptions
  readonly #source: ReadableSource
  readonly #queue: Change[] = []
  readonly #granted: Change[] = []
  /** What was read before: the state stays the same during the op. */
  readonly #values = new Map<string, Uint8Array | null>()
  readonly #lists = new Map<string, readonly ListItem[]>()
  #bytes = 0
  #readBytes = 0

  constructor(options: SessionOptions) {
    this.#options = options
    this.#source = new ReadableSource(options.view)
  }

  /** The answer to one question of the guest. @throws {SandboxError} `GUEST_PROTOCOL` */
  async answer(question: Value): Promise<Uint8Array> {
    const [name, first, second, third] = expectArray(question, 'no question')
    switch (name) {
      case 'get':
        return pack(await this.#read(expectReadablePath(first)))
      case 'list':
        return pack(asReply(await this.#list(expectReadablePrefix(first), expectListOptions(second))))
      case 'txList':
        this.accept(third)
        return pack(
          asReply(await this.#list(expectReadablePrefix(first), expectListOptions(second), [...this.#queue])),
        )
      case 'addOplog':
      case 'removeOplog':
        return pack(await this.#grantInput(expectText(first, 64, 'no key'), name === 'addOplog'))
      case 'setSource':
        return pack(this.#grant(SOURCE_PATH, this.#encode(first)))
      default:
        throw protocolError('a question that there is not')
    }
  }

  /** Takes changes that the guest queued. @throws {SandboxError} `GUEST_PROTOCOL` */
  accept(list: unknown): void {
    const { limits } = this.#options.rules
    for (const change of expectChanges(list, limits.opChangesMax - this.#queue.length)) {
      const { path, value } = change
      if (isSystemPath(path) && !this.#isGranted(change))
        throw protocolError('a system change that was not granted')
      if (value !== null) expectEncoded(value, this.#valueLimits(), 'a change that is no value')
      this.#bytes += value?.length ?? 0
      if (this.#bytes > limits.opWriteBytesMax) throw protocolError('more bytes than an op may write')
      this.#queue.push(change)
    }
  }

  /** Everything that the op wrote, in call order. */
  get queue(): readonly Change[] {
    return this.#queue
  }

  /**
   * The changes that become blocks: a delete of what is absent at that moment makes none.
   *
   * @param view state before the op
   */
  async effectiveChanges(view: EntrySource): Promise<Change[]> {
    const changes: Change[] = []
    const isPresent = new Map<string, boolean>()
    for (const change of this.#queue) {
      const { path, value } = change
      const wasPresent = isPresent.get(path) ?? (value !== null || (await this.#get(path, view)) !== null)
      if (value !== null || wasPresent) changes.push(change)
      isPresent.set(path, value !== null)
    }
    return changes
  }

  /** What the guest is told of a path: see `SERVICE.get`. */
  async #read(path: string): Promise<Uint8Array | string | null> {
    if (!this.#options.isLasting || this.#values.has(path)) return this.#get(path)
    const key = pathToKey(path)
    const found = await this.#source.lookUp(key)
    this.#take(path, found.value)
    if (found.value !== null) return found.value
    if (found.until === null) return TO_THE_END
    return sameBytes(found.until, key) ? null : pathOf(found.until)
  }

  async #get(path: string, view: EntrySource = this.#source): Promise<Uint8Array | null> {
    const known = this.#values.get(path)
    if (known !== undefined) return known
    return this.#take(path, await view.get(pathToKey(path)))
  }

  #take(path: string, value: Uint8Array | null): Uint8Array | null {
    this.#keep(path.length + (value?.length ?? 0))
    this.#values.set(path, value)
    this.reads.push({ kind: 'get', path, value })
    return value
  }

  async #list(prefix: string, options: ListOptions, over?: Change[]): Promise<readonly ListItem[]> {
    const { reverse, offset, limit, cursor } = options
    const name = JSON.stringify([prefix, reverse, offset, limit, cursor, over?.length])
    const known = this.#lists.get(name)
    if (known !== undefined) return known
    const source = over === undefined ? this.#source : new Overlay(this.#source, over)
    const items = await listChildren(source, prefix, options)
    this.#keep((over?.length ?? 0) + 1)
    for (const { path, value } of items) this.#keep(path.length + (value?.length ?? 0))
    this.#lists.set(name, items)
    this.reads.push({ kind: 'list', prefix, options, items, ...(over === undefined ? {} : { over }) })
    return items
  }

  /** A contract that reads without end must not fill the host's memory. @throws {SandboxError} `GUEST_MEMORY` */
  #keep(bytes: number): void {
    this.#readBytes += bytes + READ_OVERHEAD_BYTES
    if (this.#readBytes <= OP_READ_BYTES_MAX) return
    throw new SandboxError(
      'GUEST_MEMORY',
      `an op reads more than ${OP_READ_BYTES_MAX} bytes: let it read less`,
    )
  }

  /** The participant's new entry, over the state and what this op changed before. */
  async #grantInput(key: string, active: boolean): Promise<unknown[]> {
    const signer = checked('no key', () => {
      if (!/^[0-9a-f]{64}$/.test(key)) throw new TypeError('not 64 hex digits')
      return fromHex(key)
    })
    const oplog = this.#options.deriveOplog(signer)
    const path = inputPath(oplog)
    const earlier = this.#granted.findLast((grant) => grant.path === path)
    const bytes = earlier === undefined ? await this.#get(path) : earlier.value
    const isActive = bytes !== null && decodeInput(bytes).active
    if (active && isActive) return [false, 'the participant is active already']
    if (!active && !isActive) return [false, 'the participant is not active']
    const input: Input = { signer, oplog, active }
    return this.#grant(path, encodeInput(input))
  }

  #grant(path: string, value: Uint8Array): unknown[] {
    this.#granted.push({ path, value })
    return [true, path, value]
  }

  #isGranted({ path, value }: Change): boolean {
    return this.#granted.some(
      (grant) => grant.path === path && value !== null && sameBytes(grant.value!, value),
    )
  }

  #encode(value: unknown): Uint8Array {
    const { valueBytesMax } = this.#options.rules.limits
    const text = expectText(value, valueBytesMax, 'no source')
    return checked('a source that is no value', () => encodeValue(text, this.#valueLimits()))
  }

  #valueLimits(): { bytesMax: number; depthMax: number } {
    const { valueBytesMax, valueDepthMax } = this.#options.rules.limits
    return { bytesMax: valueBytesMax, depthMax: valueDepthMax }
  }
}

/** The path of a key; null where it is that of none, as it may be in an index that nobody has checked. */
function pathOf(key: Uint8Array): string | null {
  try {
    return keyToPath(key)
  } catch (error) {
    if (error instanceof PathError) return null
    throw error
  }
}

/** A listing as the realm reads it. */
export function asReply(items: readonly ListItem[]): unknown[] {
  return items.map(({ path, name, container, value }) => [path, name, container, value])
}
