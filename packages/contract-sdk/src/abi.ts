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

/** The version that new databases are pinned to. */
export const CURRENT_ABI: Abi = ABI_V1

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
