/**
 * Everything that a contract sees, for projects without @types/node and without the DOM library: what
 * `@vitra/contract-sdk/contract` declares, the module 'assert' and the global `console`.
 */
/// <reference path="./contract.d.ts" />

declare module 'assert' {
  export * from 'vitra:assert'
  export { default } from 'vitra:assert'
}

/** Reaches the log of the machine that runs the contract; never the database. */
declare const console: Readonly<
  Record<'debug' | 'error' | 'info' | 'log' | 'warn', (...values: unknown[]) => void>
>
