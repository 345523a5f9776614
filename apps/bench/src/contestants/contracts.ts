/** The sandbox by itself: contracts, a state in memory, and ops that are executed over it, signed by nobody. */
import { CURRENT_RULES, encodeOp } from '@vitra/log'
import {
  type Change,
  compareKeys,
  type EntrySource,
  type KeyRange,
  Overlay,
  pathToKey,
  type RawEntry,
} from '@vitra/log/values'
import {
  type Contract,
  readableView,
  type Sandbox,
  StateSession,
  type StepInput,
  steps,
} from '@vitra/sandbox'

/** A counter, as in the README: a read and a write an op, nothing that lasts. */
export const COUNTER = `
import { index } from 'contract'

export async function get () {
  const entry = await index.get('/counter')
  return Number(entry?.value || 0)
}

export const apply = {
  async INCREMENT (tx, op) {
    const current = await get()
    tx.put('/counter', current + op.amount)
  }
}
`

/** The same with a variable of the module that ops change: every op needs a realm of its own. */
export const STATEFUL_COUNTER = `${COUNTER}
let calls = 0
export function count () { calls++ }
`

const SIGNER = new Uint8Array(32).fill(7)
const OPLOG = new Uint8Array(32).fill(8)
const BLOCK = encodeOp({ op: 'INCREMENT', amount: 1 })

/** A contract with its state. */
export class Counter implements EntrySource {
  readonly #contract: Contract
  readonly #entries = new Map<string, Uint8Array>()
  readonly #session = new StateSession()
  #seq = 0

  private constructor(contract: Contract) {
    this.#contract = contract
  }

  static async load(sandbox: Sandbox, source: string): Promise<Counter> {
    return new Counter(await sandbox.load(source, CURRENT_RULES))
  }

  /** Executes that many increments in as few messages as `steps` takes for them. */
  async increment(ops: number): Promise<void> {
    for (let left = ops; left > 0; ) {
      const inputs = Array.from({ length: left }, (_, nth) => this.#input(this.#seq + nth))
      const done = await steps(this.#contract, new Overlay(this), inputs, this.#session)
      for (const { outcome, changes } of done) {
        if (outcome.kind !== 'ok') throw new Error(`an increment is ${outcome.kind}: ${outcome.message}`)
        this.#apply(changes)
      }
      this.#seq += done.length
      left -= done.length
    }
  }

  /** Calls the method that reads the counter. */
  async call(): Promise<void> {
    await this.#contract.call({
      method: 'get',
      params: new Uint8Array([0xf6]),
      caller: { view: readableView(this), isWriter: false, oplog: null },
    })
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    for (const [path, value] of this.#entries) if (compareKeys(pathToKey(path), key) === 0) return value
    return null
  }

  async first(_range: KeyRange, _reverse: boolean): Promise<RawEntry | null> {
    throw new Error('the counter lists nothing')
  }

  #apply(changes: readonly Change[]): void {
    for (const { path, value } of changes) if (value !== null) this.#entries.set(path, value)
  }

  #input(seq: number): StepInput {
    return {
      block: BLOCK,
      signer: SIGNER,
      oplog: OPLOG,
      seq,
      ts: 1_700_000_000_000 + seq,
      rules: CURRENT_RULES,
      deriveOplog: (signer) => signer,
      processed: null,
      loadSource: async () => {},
    }
  }
}
