/**
 * The rules of a database, pinned at genesis (spec/1-identity §3). A new version of any of them
 * never reinterprets an old database.
 */
import {
  BATCH_BYTES_MAX,
  BATCH_OPS_MAX,
  DEPTH_MAX,
  FUEL_LIMIT,
  FUEL_MAX,
  KEY_BYTES,
  MESSAGE_UNITS_MAX,
  OP_BYTES_MAX,
  OP_CHANGES_MAX,
  OP_WRITE_BYTES_MAX,
  PROTOCOL_VERSION,
  RUN_BYTES_MAX,
  VALUE_BYTES_MAX,
  VALUE_DEPTH_MAX,
} from '../constants.js'
import { FormatError } from '../errors.js'
import { decodeValue } from '../values/cbor-decode.js'
import { encodeValue } from '../values/cbor-encode.js'

/** Limits of a database; no larger than the value format allows. */
export interface RuleLimits {
  /** Largest oplog block that is executed, in bytes. */
  readonly opBytesMax: number
  /** Largest encoded value, in bytes. */
  readonly valueBytesMax: number
  /** Deepest value. */
  readonly valueDepthMax: number
  /** Most changes of one op. */
  readonly opChangesMax: number
  /** Largest sum of values written by one op, in bytes. */
  readonly opWriteBytesMax: number
  /** Longest recorded message, in UTF-16 code units. */
  readonly messageUnitsMax: number
  /** A run closes once its encoded outcomes reach this size, in bytes. */
  readonly runBytesMax: number
  /** Most oplog blocks of one batch. */
  readonly batchOpsMax: number
  /** A batch closes once its keys and values reach this size, in bytes. */
  readonly batchBytesMax: number
  /** Fuel of one op, and of evaluating the module. */
  readonly fuelMax: number
  /** Levels of calls inside calls; a large function counts as several. */
  readonly depthMax: number
}

/** Versions and limits that a database is pinned to. */
export interface Rules {
  readonly protocol: number
  /** Version of the modules and globals a contract sees: 2 has those of 1, and what scripts compile to imports. */
  readonly abi: number
  /** ECMAScript edition that the pinned parser accepts. */
  readonly ecmaVersion: number
  /** The pinned parser. */
  readonly parser: string
  /** Fuel schedule: 1 is that of spec/6-determinism §7. */
  readonly fuelSchedule: number
  /** Source instrumenter: 2 counts fuel and depth and cleans what is caught. */
  readonly instrumenter: number
  /** How contract state is kept from reaching the next op: 1 freezes what modules made and lets pure contracts share a realm. */
  readonly purity: number
  /** Index format: 1 is Hyperbee 2 with its header in the genesis append. */
  readonly indexFormat: number
  /** Value encoding: 1 is the deterministic CBOR of spec/5-values. */
  readonly valueFormat: number
  readonly limits: RuleLimits
  /** Hash of the entries that a database was created with, where it was (spec/1-identity §4). */
  readonly initialState?: Uint8Array
}

const VERSIONS = {
  protocol: PROTOCOL_VERSION,
  abi: 1,
  ecmaVersion: 2022,
  parser: 'acorn-8.19.0',
  fuelSchedule: 1,
  instrumenter: 2,
  purity: 1,
  indexFormat: 1,
  valueFormat: 1,
} as const

const LIMITS: RuleLimits = Object.freeze({
  opBytesMax: OP_BYTES_MAX,
  valueBytesMax: VALUE_BYTES_MAX,
  valueDepthMax: VALUE_DEPTH_MAX,
  opChangesMax: OP_CHANGES_MAX,
  opWriteBytesMax: OP_WRITE_BYTES_MAX,
  messageUnitsMax: MESSAGE_UNITS_MAX,
  runBytesMax: RUN_BYTES_MAX,
  batchOpsMax: BATCH_OPS_MAX,
  batchBytesMax: BATCH_BYTES_MAX,
  fuelMax: FUEL_MAX,
  depthMax: DEPTH_MAX,
})

/** Versions that databases may be pinned to, where there is more than one. */
const ALSO_KNOWN: Readonly<Partial<Record<keyof typeof VERSIONS, readonly unknown[]>>> = { abi: [1, 2] }

/** The rules that a database created now is pinned to, but for the ABI, which its first contract decides (spec/1-identity §3). */
export const CURRENT_RULES: Rules = Object.freeze({ ...VERSIONS, limits: LIMITS })

/**
 * Canonical bytes of rules: the CBOR of spec/5-values.
 *
 * @throws {FormatError} as {@link decodeRules}: no database is pinned to rules that it could not load
 */
export function encodeRules(rules: Rules): Uint8Array {
  const bytes = encodeValue({ ...rules, limits: { ...rules.limits } })
  decodeRules(bytes)
  return bytes
}

/**
 * Rules from their bytes.
 *
 * @throws {FormatError} `RULES_INVALID` for a field missing, foreign or out of range;
 *   `RULES_UNKNOWN` for a version this software does not know: use a newer one.
 */
export function decodeRules(bytes: Uint8Array): Rules {
  let value: unknown
  try {
    value = decodeValue(bytes)
  } catch (cause) {
    throw new FormatError('RULES_INVALID', 'the rules are not canonical', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('not a map')
  const { limits, initialState, ...versions } = value as Record<string, unknown>
  expectKeys(versions, Object.keys(VERSIONS))
  expectKeys(limits, Object.keys(LIMITS))
  for (const [name, known] of Object.entries(VERSIONS)) {
    if (typeof versions[name] !== typeof known) throw invalid(`${name} has the wrong type`)
    const all = ALSO_KNOWN[name as keyof typeof VERSIONS] ?? [known]
    if (!all.includes(versions[name])) {
      throw new FormatError(
        'RULES_UNKNOWN',
        `this software does not know ${name} ${String(versions[name])}: use a newer version`,
        {
          details: { name, value: versions[name] },
        },
      )
    }
  }
  for (const [name, limit] of Object.entries(limits as object)) {
    if (!Number.isSafeInteger(limit) || limit < 0) throw invalid(`${name} is not a whole number`)
  }
  const { valueBytesMax, valueDepthMax, runBytesMax, batchOpsMax, batchBytesMax, fuelMax, depthMax } =
    limits as RuleLimits
  // What a rule allows, every decoder has to take.
  if (valueBytesMax > VALUE_BYTES_MAX || valueDepthMax > VALUE_DEPTH_MAX)
    throw invalid('larger values than the value format has')
  if (fuelMax < 1 || fuelMax > FUEL_LIMIT) throw invalid('fuelMax is no amount that can be counted')
  if (depthMax < 1 || depthMax > DEPTH_MAX) throw invalid('depthMax is deeper than engines go')
  if (Math.min(runBytesMax, batchOpsMax, batchBytesMax) < 1) throw invalid('no batch could hold an op')
  if (initialState !== undefined && !isHash(initialState)) throw invalid('initialState is not a hash')
  Object.freeze(limits)
  return Object.freeze(value as unknown as Rules)
}

function isHash(value: unknown): boolean {
  return value instanceof Uint8Array && value.length === KEY_BYTES
}

function expectKeys(value: unknown, names: string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('not a map')
  const found = Object.keys(value).sort().join()
  if (found !== [...names].sort().join()) throw invalid(`fields are ${found}`)
}

function invalid(why: string): FormatError {
  return new FormatError('RULES_INVALID', `the rules are not valid: ${why}`)
}
