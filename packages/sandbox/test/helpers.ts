// What the sandbox tests share: an index in memory, one participant, and steps over them.
import { CURRENT_RULES, encodeOp, type Rules } from '@vitra/log'
import {
  type Change,
  compareKeys,
  decodeValue,
  type EntrySource,
  encodeValue,
  type KeyRange,
  type Lookup,
  Overlay,
  pathToKey,
  type RawEntry,
  type Value,
} from '@vitra/log/values'
import { type Contract, type MethodHost, readableView, type Sandbox, type Step, step } from '../src/index.js'
import type { StepInput } from '../src/step-types.js'

export const RULES: Rules = CURRENT_RULES
/**
 * Rules with a tenth of the fuel, where a test is about that an op ends, and not about what it may fill before: the long
 * tests (`npm run test:soak`) have all of it.
 */
export const SHORT_RULES: Rules =
  process.env.MODE === 'soak' ? RULES : { ...RULES, limits: { ...RULES.limits, fuelMax: 5_000_000 } }
export const SIGNER = new Uint8Array(32).fill(7)
export const OPLOG = deriveOplog(SIGNER)

/** The contract of the seed, to the letter. */
export const COUNTER = `
import { index } from 'contract'

export async function get () {
  const entry = await index.get(\`/counter\`)
  return Number(entry?.value || 0)
}

export function increment (opts = {}, emit) {
  const amount = typeof opts?.amount === 'number' ? opts.amount : 1
  emit({op: 'INCREMENT', amount})
}

export const apply = {
  async INCREMENT (tx, op) {
    const current = await get()
    tx.put(\`/counter\`, current + op.amount)
  }
}
`

/** Stands in for the derivation of `@vitra/log`. */
export function deriveOplog(signer: Uint8Array): Uint8Array {
  return signer.map((byte) => byte ^ 0xff)
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** An index in memory. */
export class MemorySource implements EntrySource {
  readonly entries = new Map<string, Uint8Array>()

  constructor(content: Record<string, unknown> = {}) {
    for (const [path, value] of Object.entries(content)) this.entries.set(path, encodeValue(value))
  }

  apply(changes: readonly Change[]): void {
    for (const { path, value } of changes) {
      if (value === null) this.entries.delete(path)
      else this.entries.set(path, value)
    }
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    for (const [path, value] of this.entries) if (compareKeys(pathToKey(path), key) === 0) return value
    return null
  }

  async lookUp(key: Uint8Array): Promise<Lookup> {
    const next = await this.first({ gte: key, lt: Uint8Array.of(0xff) }, false)
    if (next !== null && compareKeys(next.key, key) === 0) return { value: next.value }
    return { value: null, until: next?.key ?? null }
  }

  async first({ gte, lt }: KeyRange, reverse: boolean): Promise<RawEntry | null> {
    const found = [...this.entries]
      .map(([path, value]) => ({ key: pathToKey(path), value }))
      .filter(({ key }) => compareKeys(key, gte) >= 0 && compareKeys(key, lt) < 0)
      .sort((a, b) => compareKeys(a.key, b.key))
    return (reverse ? found.at(-1) : found[0]) ?? null
  }
}

/** What an op is executed under, with everything filled in. */
export function inputOf(sandbox: Sandbox, op: unknown, extra: Partial<StepInput> = {}): StepInput {
  return {
    block: encodeOp(op),
    signer: SIGNER,
    oplog: OPLOG,
    seq: 3,
    ts: 1_700_000_000_000,
    rules: RULES,
    deriveOplog,
    processed: 'run',
    loadSource: async (text) => void (await sandbox.load(text, RULES)),
    ...extra,
  }
}

/** A step of an op over a state, with everything else filled in. */
export function stepOver(
  sandbox: Sandbox,
  contract: Contract,
  source: EntrySource,
  op: unknown,
  extra: Partial<StepInput> = {},
): Promise<Step> {
  return step(contract, new Overlay(source), inputOf(sandbox, op, extra))
}

/** Loads a contract and executes one op of it over an empty index. */
export async function run(
  sandbox: Sandbox,
  source: string,
  op: unknown = {},
  content: Record<string, unknown> = {},
  rules = RULES,
): Promise<Step> {
  const contract = await sandbox.load(source, rules)
  return stepOver(sandbox, contract, new MemorySource(content), op, { rules })
}

/** What `apply` returned in an op whose whole body is `body`. */
export async function evaluate(sandbox: Sandbox, body: string, imports = ''): Promise<unknown> {
  const result = await run(sandbox, `${imports}\nexport async function apply (tx, op, ack) {\n${body}\n}`)
  if (result.outcome.kind !== 'ok') return { failed: result.outcome.code, message: result.outcome.message }
  return result.outcome.value === undefined ? undefined : decodeValue(result.outcome.value)
}

/** What a method sees of this machine. */
export function caller(source: EntrySource = new MemorySource(), ops: Value[] = []): MethodHost {
  return {
    view: readableView(source),
    isWriter: true,
    oplog: {
      pubkey: SIGNER,
      length: async () => ops.length,
      get: async (seq) => (seq < ops.length ? encodeValue(ops[seq]) : null),
    },
  }
}

/** Calls a method and decodes what comes back. */
export async function call(contract: Contract, method: string, params: unknown = {}, host = caller()) {
  const { response, ops } = await contract.call({ method, params: encodeValue(params), caller: host })
  return {
    response: response === undefined ? undefined : decodeValue(response),
    ops: ops.map((op) => decodeValue(op)),
  }
}

/** Changes with their values decoded. */
export function decoded(changes: readonly Change[]): [string, unknown][] {
  return changes.map(({ path, value }) => [path, value === null ? null : decodeValue(value)])
}
