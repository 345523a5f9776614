/** Audits genesis (spec/2-index §2): what the public key commits to, rebuilt from what was published. */
import {
  decodeGenesis,
  decodeInput,
  decodeRules,
  GENESIS_PATH,
  INPUTS_PREFIX,
  type IndexEntry,
  initialStateHash,
  isAtOrBelow,
  layOutGenesis,
  type Rules,
  SOURCE_PATH,
} from '@vitra/log/formats'
import { type Crypto, indexIdentity } from '@vitra/log/proofs'
import { type Change, decodeValue, FormatError, isSystemPath, sameBytes } from '@vitra/log/values'
import { violation } from '../verdict.js'
import { Caught, formatViolation, type WholeBatch } from './published-batch.js'
import type { IndexBlocks } from './sources.js'

export interface Genesis {
  readonly source: string
  readonly rules: Rules
  /** The entries of genesis as the spec lays them out from what was published. */
  readonly changes: readonly Change[]
}

/** The rules have a version that this software does not know: nothing after them can be judged. */
export class RulesUnknown extends Error {}

/**
 * Reads genesis back into its content and lays it out again.
 *
 * @throws {Caught} `genesis-invalid`
 * @throws {RulesUnknown}
 */
export function auditGenesis(crypto: Crypto, index: IndexBlocks, batch: WholeBatch): Genesis {
  return decode(() => readGenesis(crypto, index, batch))
}

function readGenesis(crypto: Crypto, index: IndexBlocks, batch: WholeBatch): Genesis {
  const { entries, record } = batch
  const [first, ...rest] = entries
  const last = rest.pop()
  if (first?.path !== SOURCE_PATH || !first.value) throw invalid('it does not begin with the contract')
  if (last?.path !== GENESIS_PATH || !last.value) throw invalid('it does not end with the genesis record')
  const source = decodeValue(first.value, { bytesMax: Number.MAX_SAFE_INTEGER })
  if (typeof source !== 'string') throw invalid('the contract is not text')
  const inputs = rest.filter((entry) => isAtOrBelow(entry.path, INPUTS_PREFIX))
  const initialState = rest.slice(inputs.length).map(toChange)
  const founders = inputs.map(({ value }) => decodeInput(value ?? new Uint8Array()).signer)
  if (founders.length === 0) throw invalid('it names no founder')
  const { rules: rulesBytes, nonce } = decodeGenesis(last.value)
  const rules = readRules(rulesBytes)
  const { signer, userData } = index.identity
  const content = { source, founders, rules: rulesBytes, nonce }
  if (!sameBytes(indexIdentity(crypto, signer, content).userData, userData)) {
    throw invalid('the public key commits to another genesis')
  }
  checkInitialState(crypto, rules, initialState)
  const changes = layOutGenesis(crypto, {
    ...content,
    indexKey: index.key,
    initialState,
    ts: record.lastTs,
    engine: record.engine,
  })
  return { source, rules, changes }
}

function checkInitialState(crypto: Crypto, rules: Rules, entries: readonly Change[]): void {
  if (rules.initialState === undefined) {
    if (entries.length > 0) throw invalid('it holds entries that the rules do not commit to')
    return
  }
  for (const { path, value } of entries) {
    if (value === null || isSystemPath(path)) throw invalid('its initial state is malformed')
    decodeValue(value)
  }
  if (!sameBytes(initialStateHash(crypto, entries), rules.initialState))
    throw invalid('its initial state is not the committed one')
}

function readRules(bytes: Uint8Array): Rules {
  try {
    return decodeRules(bytes)
  } catch (error) {
    if (error instanceof FormatError && error.code === 'RULES_UNKNOWN')
      throw new RulesUnknown(error.message, { cause: error })
    throw formatViolation(error, 'genesis-invalid', { batch: 0 })
  }
}

/** A refusal of any decoder is a fault of genesis. */
function decode<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw formatViolation(error, 'genesis-invalid', { batch: 0 })
  }
}

function toChange(entry: IndexEntry): Change {
  return { path: entry.path, value: entry.value }
}

function invalid(why: string): Caught {
  return new Caught(
    violation('genesis', 'genesis-invalid', { batch: 0 }, { message: `genesis is not valid: ${why}` }),
  )
}
