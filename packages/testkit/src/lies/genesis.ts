/** Lies about how a database began. */
import { type Change, encodeGenesis, encodeInput, encodeValue, inputPath, randomBytes } from '@vitra/log'
import { DishonestExecutor } from '../dishonest-executor.js'

abstract class GenesisLie extends DishonestExecutor {
  readonly expected = 'genesis-invalid'
  abstract rewrite(changes: Change[]): Change[]

  override entries(changes: Change[], number: number): Change[] {
    return number === 0 ? this.rewrite(changes) : changes
  }
}

export class SwapsContract extends GenesisLie {
  readonly does = 'begins with another contract than the key commits to'

  rewrite(changes: Change[]): Change[] {
    const value = encodeValue('export const apply = { INCREMENT () {} }')
    return changes.map((change) => (change.path === '/.sys/contract/source' ? { ...change, value } : change))
  }
}

export class AddsFounder extends GenesisLie {
  readonly does = 'begins with a founder more'

  rewrite(changes: Change[]): Change[] {
    const oplog = randomBytes(32)
    const value = encodeInput({ signer: randomBytes(32), oplog, active: true })
    return [changes[0]!, { path: inputPath(oplog), value }, ...changes.slice(1)]
  }
}

export class MisderivesOplog extends GenesisLie {
  readonly does = 'records another oplog key for a founder'

  rewrite(changes: Change[]): Change[] {
    return changes.map((change) => {
      if (!change.path.startsWith('/.sys/inputs/')) return change
      const oplog = randomBytes(32)
      return { path: inputPath(oplog), value: encodeInput({ signer: randomBytes(32), oplog, active: true }) }
    })
  }
}

export class AddsState extends GenesisLie {
  readonly does = 'begins with an entry that nobody wrote'

  rewrite(changes: Change[]): Change[] {
    return [...changes.slice(0, -2), { path: '/counter', value: encodeValue(100) }, ...changes.slice(-2)]
  }
}

export class GarblesGenesisRecord extends GenesisLie {
  readonly does = 'begins with rules that cannot be decoded'

  rewrite(changes: Change[]): Change[] {
    const value = encodeGenesis({ rules: Uint8Array.of(0xff), nonce: randomBytes(32) })
    return changes.map((change) => (change.path === '/.sys/acks/genesis' ? { ...change, value } : change))
  }
}

export class LeavesOutGenesisRecord extends GenesisLie {
  readonly does = 'begins without a genesis record'

  rewrite(changes: Change[]): Change[] {
    return changes.filter(({ path }) => path !== '/.sys/acks/genesis')
  }
}

export const GENESIS_LIES = [
  SwapsContract,
  AddsFounder,
  MisderivesOplog,
  AddsState,
  GarblesGenesisRecord,
  LeavesOutGenesisRecord,
]
