/**
 * What a contract sees, as types (spec/4-execution §2). The module 'contract' itself exists only
 * inside the sandbox; `@vitra/contract-sdk/contract` declares it in these terms.
 */

/** Anything that an op, an entry, a parameter or a return value may hold (spec/5-values). */
export type ContractValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ContractValue[]
  | { readonly [key: string]: ContractValue }

/** One entry of the database. */
export interface Entry<T = unknown> {
  path: string
  value: T
}

/** A direct child of a listed path. */
export interface ListedEntry<T = unknown> {
  path: string
  /** The last segment of the path. */
  name: string
  /** True where there are entries below this path. */
  container: boolean
  /** Null where the path itself has no entry. */
  value: T | null
}

/** Which children `list` gives, and in which order. */
export interface ListOptions {
  /** From the last name to the first. */
  reverse?: boolean
  /** How many items to pass over. */
  offset?: number
  /** Most items to return. */
  limit?: number
  /** Name after which to go on: the `name` of the last item of the page before. */
  cursor?: string
}

/** Reads of the database. In `apply` it is the state before the op: the op's own writes are in `tx`. */
export interface Index {
  /** @example const entry = await index.get('/users/bob') // entry?.value */
  get<T = unknown>(path: string): Promise<Entry<T> | null>
  /** The direct children of a path, in byte order of their names; '/' lists the top. */
  list<T = unknown>(prefix: string, options?: ListOptions): Promise<ListedEntry<T>[]>
}

/** This participant's own log of ops. Methods only: in `apply` and `process` every use throws. */
export interface Oplog {
  /** Public key in hex; undefined where this machine takes no part in the database. */
  readonly pubkey: string | undefined
  /** How many ops it holds. */
  getLength(): Promise<number>
  /** The op at a position, or null. */
  get<T = unknown>(seq: number): Promise<T | null>
}

/** A participant. */
export interface OplogInfo {
  /** Public key of the participant, in hex. */
  pubkey: string
  /** Key of its oplog, in hex. */
  oplog: string
}

/** The writes of one op: all of them reach the database, or none. */
export interface Tx extends Index {
  /** Writes a value at a path. Throws for what is no path or no value, and below `/.sys`. */
  put(path: string, value: unknown): void
  /** Removes the entry at a path, where there is one. */
  delete(path: string): void
  /** The same as `delete`. */
  del(path: string): void
  /** Admits a participant by its public key, in hex. Throws where it is active already. */
  addOplog(participant: { pubkey: string } | string): void
  /** Removes a participant. Throws where it is not active. */
  removeOplog(participant: { pubkey: string } | string): void
  /** Replaces the contract from the next batch on. A source that does not load fails the op. */
  setContractSource(source: { code: string } | { source: string }): void
}

/** What the executor states about an op. */
export interface Ack<M = unknown> {
  /** Public key of the participant that wrote the op, in hex. */
  readonly origin: string
  /** Position in its oplog. */
  readonly seq: number
  /** Milliseconds since 1970 by the executor's clock: the only clock there is. */
  readonly ts: number
  /** What `process` returned. */
  readonly metadata?: M
}

/** Publishes an op from a method; throws for what is not a value. */
export type Emit = (op: unknown) => void

/**
 * What a function of a contract returns: a value, nothing, or a promise of either. Not `unknown`, or a
 * JavaScript function with a JSDoc type would have to return something.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a union with `void` is what lets a function return nothing.
export type Returned = void | null | boolean | number | string | object

/** A method: any exported function except `apply` and `process`. */
export type Method<P = Record<string, unknown>> = (params: P, emit: Emit) => Returned

/** `export function apply (tx, op, ack)`, or one entry of `export const apply = { … }`. */
export type ApplyHandler<O = unknown> = (tx: Tx, op: O, ack: Ack) => Returned

/** `export const apply = { NAME (tx, op, ack) { … } }`: the handler is chosen by `op.op`. */
export type ApplyRecord = Readonly<Record<string, ApplyHandler<never>>>

/** `export function process (op)`: runs once, at the executor; what it returns is `ack.metadata`. */
export type ProcessHandler<O = unknown> = (op: O) => Returned
