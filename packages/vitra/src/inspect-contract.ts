/** Loads a contract as a database would, without making one. */
import { CURRENT_RULES, type RuleLimits } from '@vitra/log'
import {
  type ContractWarning,
  contractWarnings,
  type MethodInfo,
  oldestAbi,
  Sandbox,
  type UnknownName,
  unknownNames,
} from '@vitra/sandbox'

/** What there is to know of a contract before a database is made of it. */
export interface ContractInspection {
  /** What it can be called with. */
  readonly methods: readonly MethodInfo[]
  /** Why it needs a fresh realm for each op, which is slow; empty for a pure contract. */
  readonly warnings: readonly ContractWarning[]
  /** Names that it uses and that nobody has, such as `Date`: an op that comes there fails. */
  readonly unknown: readonly UnknownName[]
}

/**
 * Checks that a source is a contract, under the rules of a new database.
 *
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`
 * @example const { methods, warnings } = await inspectContract(source)
 */
export async function inspectContract(
  source: string,
  { limits }: { readonly limits?: Partial<RuleLimits> } = {},
): Promise<ContractInspection> {
  const abi = oldestAbi(source, CURRENT_RULES)
  const rules = { ...CURRENT_RULES, abi, limits: { ...CURRENT_RULES.limits, ...limits } }
  await using sandbox = await Sandbox.open()
  const { methods } = await sandbox.load(source, rules)
  return {
    methods,
    warnings: contractWarnings(source, rules),
    unknown: unknownNames(source, rules),
  }
}

/**
 * The names that a contract uses and that nobody has; {@link inspectContract} says more, and runs it.
 *
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`
 */
export function unknownNamesOf(source: string): readonly UnknownName[] {
  return unknownNames(source, { ...CURRENT_RULES, abi: oldestAbi(source, CURRENT_RULES) })
}
