/**
 * The contract ABI (spec/4-execution §2): the modules that a contract can import and the names that
 * each one exports. A name never leaves a published version and never changes meaning; a new name
 * needs a new version, and old databases keep the one pinned in their rules.
 */

/** What one module offers. */
export interface ModuleAbi {
  /** Names that `import { … }` can take, in byte order. */
  readonly names: readonly string[]
  /** True where `import x from` works as well. */
  readonly hasDefault: boolean
}

export interface Abi {
  readonly version: number
  /** By the specifier that the contract writes. */
  readonly modules: Readonly<Record<string, ModuleAbi>>
  /** Names on the `tx` that `apply` receives. */
  readonly tx: readonly string[]
  /** Names on the `ack` that `apply` receives; `metadata` only where `process` gave one. */
  readonly ack: readonly string[]
  /** Names on the global `console`. */
  readonly console: readonly string[]
}

const ASSERT: ModuleAbi = {
  hasDefault: true,
  names: [
    'AssertionError',
    'deepEqual',
    'deepStrictEqual',
    'doesNotMatch',
    'equal',
    'fail',
    'match',
    'notDeepEqual',
    'notDeepStrictEqual',
    'notEqual',
    'notStrictEqual',
    'ok',
    'rejects',
    'strictEqual',
    'throws',
  ],
}

const UTIL: ModuleAbi = { hasDefault: true, names: ['genUUID', 'random'] }

/** Version 1. */
export const ABI_V1: Abi = deepFreeze({
  version: 1,
  modules: {
    contract: { hasDefault: false, names: ['index', 'isWriter', 'listOplogs', 'oplog'] },
    assert: ASSERT,
    util: UTIL,
    'vitra:assert': ASSERT,
    'vitra:util': UTIL,
  },
  tx: ['addOplog', 'del', 'delete', 'get', 'list', 'put', 'removeOplog', 'setContractSource'],
  ack: ['metadata', 'origin', 'seq', 'ts'],
  console: ['debug', 'error', 'info', 'log', 'warn'],
})

/** The version that a new database is pinned to where its first contract imports nothing else (spec/1-identity §3). */
export const CURRENT_ABI: Abi = ABI_V1

/** What a compiled script imports (spec/10-scripts). */
const SCRIPT: ModuleAbi = { hasDefault: false, names: ['listExports', 'runCall', 'runRead'] }

/** Version 2: version 1 and the module of scripts. */
export const ABI_V2: Abi = deepFreeze({
  ...ABI_V1,
  version: 2,
  modules: { ...ABI_V1.modules, 'vitra:script': SCRIPT },
})

/** Every version, the oldest first. */
export const ABIS: readonly Abi[] = Object.freeze([ABI_V1, ABI_V2])

/**
 * The ABI that a database is pinned to.
 *
 * @param version as its rules have it
 * @throws {RangeError} where there is none
 */
export function abiOf(version: number): Abi {
  const found = ABIS.find((abi) => abi.version === version)
  if (found === undefined) throw new RangeError(`there is no contract ABI ${version}`)
  return found
}

/** True where a module can be imported, and the names from it; `null` stands for all of them. */
export function offers(abi: Abi, specifier: string, names: readonly string[] | null): boolean {
  const offered = Object.hasOwn(abi.modules, specifier) ? abi.modules[specifier] : undefined
  if (offered === undefined) return false
  return (names ?? []).every(
    (name) => offered.names.includes(name) || (name === 'default' && offered.hasDefault),
  )
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
