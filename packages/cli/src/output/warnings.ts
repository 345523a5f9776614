/** Warnings about a contract, as compilers print them. */
import type { ContractWarning } from 'vitra'
import { tameLine } from './text.js'

/** @example 'contract.js:3:1: `calls` is assigned to and may keep state: keep it in the index' */
export function warningLine({ line, column, reason }: ContractWarning): string {
  return `contract.js:${line}:${column}: ${tameLine(reason)}`
}

/** What the places have in common. */
export const WARNINGS_MEAN =
  'the contract may keep state from one op to the next, so each op gets a fresh realm, which is slow'
