/** Makes a new database (spec/2-index §2): keys, genesis, and the folder that holds them. */
import type { TimeSource } from '@vitra/executor'
import {
  type Change,
  CURRENT_RULES,
  type ExportedIdentity,
  encodeRules,
  IndexWriter,
  indexIdentity,
  initialStateHash,
  type KeyPair,
  Log,
  LogWriter,
  layOutGenesis,
  type RuleLimits,
  type Rules,
  randomBytes,
  type Storage,
  sodiumCrypto,
} from '@vitra/log'
import { oldestAbi, type Sandbox } from '@vitra/sandbox'
import { DatabaseError } from './errors.js'
import { type PublicKeyLike, parseKey } from './keys.js'
import { LocalState } from './local-state.js'
import { compile, inScript } from './script/compile.js'

/** The contract of a new database: one of both. */
export type ContractOptions =
  | {
      /** The contract: the text of an ES module. */
      readonly source: string
      readonly script?: undefined
    }
  | {
      /**
       * A script: its exported functions are the calls, its exported variables and files are kept (spec/10-scripts).
       *
       * @example { script: 'exports.count = 0; exports.add = () => ++exports.count' }
       */
      readonly script: string
      readonly source?: undefined
    }

/** What a new database is made of; all of it is pinned by its public key. */
export interface CreateOptions {
  readonly contract: ContractOptions
  /** Participants from the start, besides the creator. */
  readonly participants?: readonly PublicKeyLike[]
  /** Limits that differ from the default ones; pinned for good. */
  readonly limits?: Partial<RuleLimits>
  /** Key pair with which the creator takes part, exported elsewhere; by default a new one. */
  readonly identity?: ExportedIdentity
}

export interface NewDatabase extends CreateOptions {
  /** Entries the database starts with; none by default. */
  readonly initialState?: readonly Change[]
  /** The clock that the genesis is dated by. */
  readonly time?: TimeSource
}

/** Creates a database in an open, empty storage and publishes its genesis. */
export async function createGenesis(storage: Storage, sandbox: Sandbox, options: NewDatabase): Promise<void> {
  const source = sourceOf(options.contract)
  const initialState = options.initialState ?? []
  const rules: Rules = {
    ...CURRENT_RULES,
    abi: oldestAbi(source, CURRENT_RULES),
    limits: { ...CURRENT_RULES.limits, ...options.limits },
    ...(initialState.length === 0 ? {} : { initialState: initialStateHash(sodiumCrypto, initialState) }),
  }
  const others = (options.participants ?? []).map((key) => parseKey(key, 'a participant'))
  await sandbox.load(source, rules).catch((error) => {
    throw inScript(source, error)
  })
  const owner = await storage.keys.create()
  const { identity: own, time = Date } = options
  const creator = own === undefined ? await storage.keys.create() : await storage.keys.import(own)
  const genesis = {
    source,
    founders: distinct([creator.publicKey, ...others]),
    rules: encodeRules(rules),
    nonce: randomBytes(32),
  }
  const identity = indexIdentity(sodiumCrypto, owner.publicKey, genesis)
  const log = await Log.open(storage, identity)
  const draft = {
    ...genesis,
    indexKey: log.key,
    initialState,
    ts: Math.trunc(time.now()),
    engine: sandbox.engine,
  }
  const { blocks } = await (await IndexWriter.open(null)).layOut(layOutGenesis(sodiumCrypto, draft))
  await append(log, storage, owner, blocks)
  await (await LocalState.open(storage)).setParticipant(creator.publicKey)
  await storage.describe({ key: log.key, identity })
  await log.close()
}

/** @throws {DatabaseError} `CREATION_INVALID`; `ContractLoadError` where the script is none */
function sourceOf({ source, script }: ContractOptions): string {
  const text = script ?? source
  if (typeof text !== 'string' || text.trim() === '' || (script !== undefined && source !== undefined)) {
    throw new DatabaseError(
      'CREATION_INVALID',
      'give the contract as text: {contract: {source}} or {contract: {script}}',
    )
  }
  return script === undefined ? text : compile(text)
}

async function append(
  log: Log,
  storage: Storage,
  owner: KeyPair,
  blocks: readonly Uint8Array[],
): Promise<void> {
  const writer = await LogWriter.open(log, storage, owner)
  try {
    await writer.append(blocks)
  } finally {
    await writer.close()
  }
}

function distinct(keys: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(keys.map((key) => [Buffer.from(key).toString('hex'), new Uint8Array(key)])).values()]
}
