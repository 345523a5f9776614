/** The sandbox by itself: contracts, a state in memory, and ops that are executed over it, signed by nobody. */
import { CURRENT_RULES, encodeOp } from '@vitra/log'
import {
  type Change,
  compareKeys,
  type EntrySource,
  type KeyRange,
  type Lookup,
  Overlay,
  pathToKey,
  type RawEntry,
} from '@vitra/log/values'
import * as ours from '@vitra/sandbox'
import { type Contract, readableView, type Sandbox, type StateSession, type StepInput } from '@vitra/sandbox'

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

/**
 * What contracts do in `apply`, as often as an op says, so that the cost of an op itself counts little: checks, two
 * reads, sums, a text, a small list and two writes.
 */
export const TRANSFERS = `
import { index } from 'contract'
import assert from 'assert'

const HISTORY = 8

async function account (name) {
  const entry = await index.get('/accounts/' + name)
  return entry ? entry.value : { balance: 100, history: [] }
}

function booked ({ balance, history }, change) {
  const kept = history.length < HISTORY ? history : history.slice(1)
  return { balance: balance + change.amount, history: [...kept, change] }
}

async function transfer (tx, { from, to, amount, memo }, n) {
  assert(typeof from === 'string' && typeof to === 'string', 'accounts are texts')
  assert(from !== to, 'an account cannot pay itself')
  assert(Number.isSafeInteger(amount) && amount >= 0, 'an amount is a whole number')
  const [source, target] = [await account(from), await account(to)]
  if (source.balance < amount) throw new Error('not enough')
  const words = memo.split(' ').filter((word) => word !== '')
  const note = \`\${n % 10}: \${words.map((word) => word.toUpperCase()).join('-')}\`
  tx.put('/accounts/' + from, booked(source, { amount: -amount, note }))
  tx.put('/accounts/' + to, booked(target, { amount, note }))
}

export const apply = {
  async TRANSFER (tx, op) {
    for (let n = 0; n < op.times; n++) await transfer(tx, op, n)
  }
}
`

/** A loop that does nothing but count: what metering costs most. */
export const LOOP = `
export const apply = {
  LOOP (tx, op) {
    let sum = 0
    for (let n = 0; n < op.times; n++) sum = (sum ^ n) | 0
    return sum
  }
}
`

/** More fuel than an op has: the loop is to take far longer than the op around it. */
const RULES = { ...CURRENT_RULES, limits: { ...CURRENT_RULES.limits, fuelMax: 2 ** 31 - 1 } }

const SIGNER = new Uint8Array(32).fill(7)
const OPLOG = new Uint8Array(32).fill(8)
const INCREMENT = encodeOp({ op: 'INCREMENT', amount: 1 })

/** The sandbox package, or what stands in for it. */
type SandboxPackage = Pick<typeof import('@vitra/sandbox'), 'Sandbox' | 'StateSession' | 'steps'>

/** A contract with its state. */
export class Subject implements EntrySource {
  readonly #contract: Contract
  readonly #entries = new Map<string, Uint8Array>()
  readonly #session: StateSession
  readonly #steps: SandboxPackage['steps']
  #seq = 0

  private constructor(contract: Contract, { steps, StateSession }: SandboxPackage) {
    this.#contract = contract
    this.#steps = steps
    this.#session = new StateSession()
  }

  /** @param from the package that the sandbox is of */
  static async load(sandbox: Sandbox, source: string, from: SandboxPackage = ours): Promise<Subject> {
    return new Subject(await sandbox.load(source, RULES), from)
  }

  /** Executes that many increments. */
  increment(ops: number): Promise<void> {
    return this.execute(INCREMENT, ops)
  }

  /** Executes an op that many times, in as few messages as `steps` takes for them. */
  async execute(block: Uint8Array, ops = 1): Promise<void> {
    for (let left = ops; left > 0; ) {
      const inputs = Array.from({ length: left }, (_, nth) => inputOf(block, this.#seq + nth))
      const done = await this.#steps(this.#contract, new Overlay(this), inputs, this.#session)
      for (const { outcome, changes } of done) {
        if (outcome.kind !== 'ok') throw new Error(`an op is ${outcome.kind}: ${outcome.message}`)
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

  async lookUp(key: Uint8Array): Promise<Lookup> {
    const value = await this.get(key)
    return value === null ? { value, until: key } : { value }
  }

  async first(_range: KeyRange, _reverse: boolean): Promise<RawEntry | null> {
    throw new Error('these contracts list nothing')
  }

  #apply(changes: readonly Change[]): void {
    for (const { path, value } of changes) if (value !== null) this.#entries.set(path, value)
  }
}

function inputOf(block: Uint8Array, seq: number): StepInput {
  return {
    block,
    signer: SIGNER,
    oplog: OPLOG,
    seq,
    ts: 1_700_000_000_000 + seq,
    rules: RULES,
    deriveOplog: (signer) => signer,
    processed: null,
    loadSource: async () => {},
  }
}
