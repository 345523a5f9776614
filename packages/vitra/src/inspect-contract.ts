/** Loads a contract as a database would, without making one. */
import { type ScriptFunction, scriptFunctions } from '@vitra/contract-sdk/script'
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
import type { ContractOptions } from './genesis.js'
import { compile, inScript } from './script/compile.js'

/** What there is to know of a contract before a database is made of it. */
export interface ContractInspection {
  /** What it can be called with; of a script the functions that its text shows. */
  readonly methods: readonly MethodInfo[]
  /** Why it needs a fresh realm for each op, which is slow; empty for a pure contract. */
  readonly warnings: readonly ContractWarning[]
  /** Names that it uses and that nobody has, such as `Date`: an op that comes there fails. Of a script none are told. */
  readonly unknown: readonly UnknownName[]
}

/**
 * Checks that a source is a contract, or a text a script, under the rules of a new database.
 *
 * @param contract the source of a contract, or what a database is created with
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`; of a script those that begin with `SCRIPT_`
 * @example const { methods, warnings } = await inspectContract(source)
 */
export async function inspectContract(
  contract: string | ContractOptions,
  { limits }: { readonly limits?: Partial<RuleLimits> } = {},
): Promise<ContractInspection> {
  const { source: own, script } =
    typeof contract === 'string' ? { source: contract, script: undefined } : contract
  const source = script === undefined ? own : compile(script)
  const abi = oldestAbi(source, CURRENT_RULES)
  const rules = { ...CURRENT_RULES, abi, limits: { ...CURRENT_RULES.limits, ...limits } }
  await using sandbox = await Sandbox.open()
  const { methods } = await sandbox.load(source, rules).catch((error) => {
    throw inScript(source, error)
  })
  return {
    methods: script === undefined ? methods : scriptFunctions(script).map(asMethod),
    warnings: contractWarnings(source, rules),
    unknown: script === undefined ? unknownNames(source, rules) : [],
  }
}

/** Arguments of a script have no names for its callers. */
function asMethod(one: ScriptFunction): MethodInfo {
  return { ...one, parameters: [], takesOthers: true }
}

/**
 * The names that a contract uses and that nobody has; {@link inspectContract} says more, and runs it.
 *
 * @throws {ContractLoadError} `CONTRACT_SYNTAX`, `CONTRACT_LOAD`
 */
export function unknownNamesOf(source: string): readonly UnknownName[] {
  return unknownNames(source, { ...CURRENT_RULES, abi: oldestAbi(source, CURRENT_RULES) })
}
