/**
 * Declares the modules that a contract imports. Opt in from a contract with
 * `/// <reference types="@vitra/contract-sdk/contract" />`, or in tsconfig with
 * `"types": ["@vitra/contract-sdk/contract"]`. Goes well with @types/node: 'util' is merged into
 * Node's, and 'assert' is Node's own, whose names the sandbox offers. Without @types/node refer to
 * `@vitra/contract-sdk/contract-only` instead.
 */
declare module 'contract' {
  import type { Index, Oplog, OplogInfo } from '@vitra/contract-sdk'

  export type {
    Ack,
    ApplyHandler,
    ApplyRecord,
    ContractValue,
    Emit,
    Entry,
    Index,
    ListedEntry,
    ListOptions,
    Method,
    Oplog,
    OplogInfo,
    ProcessHandler,
    Returned,
    Tx,
  } from '@vitra/contract-sdk'

  /** The database; in `apply` as it stood before the op. Not available in `process`. */
  export const index: Index
  /** This participant's own log. Methods only. */
  export const oplog: Oplog
  /** True where this machine can emit ops. Methods only: in `apply` and `process` reading it throws. */
  export const isWriter: boolean
  /** The active participants, in the order of their oplog keys. */
  export function listOplogs(): Promise<OplogInfo[]>
}

declare module 'util' {
  /** A version 4 UUID: in `apply` derived from the op, the same at every replay. */
  export function genUUID(): string
  /** A number from 0 up to, not including, 1: in `apply` derived from the op. */
  export function random(): number
}

declare module 'vitra:util' {
  /** A version 4 UUID: in `apply` derived from the op, the same at every replay. */
  export function genUUID(): string
  /** A number from 0 up to, not including, 1: in `apply` derived from the op. */
  export function random(): number
}

declare module 'vitra:assert' {
  export {
    AssertionError,
    assert as default,
    deepEqual,
    deepStrictEqual,
    doesNotMatch,
    equal,
    fail,
    match,
    notDeepEqual,
    notDeepStrictEqual,
    notEqual,
    notStrictEqual,
    ok,
    rejects,
    strictEqual,
    throws,
  } from '@vitra/contract-sdk/assert'
}
