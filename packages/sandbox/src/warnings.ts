/** Warnings about a contract that is one all the same (spec/6-determinism §1). */
import type { Rules } from '@vitra/log'
import type { Impurity } from './compile/purity.js'
import { parseContract } from './parse.js'

/** A place, 1-based, for which a contract needs a fresh realm for each op, which is slow, and what to do about it. */
export type ContractWarning = Impurity

/**
 * What keeps a contract from being pure, in the order of the source; empty where it is. Runs nothing.
 *
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD` for an import that there is not
 */
export function contractWarnings(source: string, rules: Rules): readonly ContractWarning[] {
  return Object.freeze([...parseContract(source, rules).impurities])
}
