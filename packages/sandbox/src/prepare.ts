/**
 * What a contract is made ready with before a guest loads it: parsed and instrumented. The same source under the same rules
 * gives the same each time, so the last ones are kept: a process often has several copies of a database open, and an audit
 * opens sandboxes of its own.
 */

import { ABIS } from '@vitra/contract-sdk'
import { encodeRules, type Rules, toHex } from '@vitra/log'
import { ContractLoadError } from './errors.js'
import { type Instrumented, instrument } from './instrument.js'
import { type ParsedContract, parseContract } from './parse.js'

export interface PreparedContract {
  /** Without its tree, which takes many times the room of the source. */
  readonly parsed: Omit<ParsedContract, 'program'>
  readonly instrumented: Instrumented
}

const KEPT_MAX = 16
/** Longer sources are not kept, in UTF-16 code units. */
const KEPT_UNITS_MAX = 256 * 1024

/** By source and rules, the one used longest ago first. */
const kept = new Map<string, PreparedContract>()

/** @throws {ContractLoadError} `CONTRACT_SYNTAX`, or `CONTRACT_LOAD` for an import that the ABI does not offer */
export function prepareContract(source: string, rules: Rules): PreparedContract {
  const key = `${toHex(encodeRules(rules))} ${source}`
  const prepared = kept.get(key) ?? prepare(source, rules)
  if (source.length > KEPT_UNITS_MAX) return prepared
  kept.delete(key)
  kept.set(key, prepared)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_MAX) kept.delete(oldest!)
  return prepared
}

function prepare(source: string, rules: Rules): PreparedContract {
  const { program, ...parsed } = parseContract(source, rules)
  return { parsed, instrumented: instrument(source, program, rules.limits) }
}

/**
 * The oldest version of the ABI that offers what a contract imports: what a new database is pinned to (spec/1-identity §3).
 * Where none does, the first; loading says why.
 */
export function oldestAbi(source: string, rules: Rules): number {
  for (const { version } of ABIS) {
    try {
      prepareContract(source, { ...rules, abi: version })
      return version
    } catch (error) {
      if (!(error instanceof ContractLoadError)) throw error
    }
  }
  return ABIS[0]!.version
}
