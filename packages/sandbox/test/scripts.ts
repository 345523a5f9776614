// What the tests of scripts share: a compiled script over an index in memory.
import { compileScript } from '@vitra/contract-sdk/script'
import { decodeValue } from '@vitra/log/values'
import type { Contract, Sandbox } from '../src/index.js'
import type { StepInput } from '../src/step-types.js'
import { call, caller, hex, MemorySource, RULES, SIGNER, stepOver } from './helpers.js'

export const SCRIPT_RULES = { ...RULES, abi: 2 }
export const ME = hex(SIGNER)

export interface TestScript {
  readonly contract: Contract
  readonly state: MemorySource
  /** Executes a call: its return value, or `{failed, message}`. */
  run(name: string, ...args: unknown[]): Promise<unknown>
  /** The same, as another participant. */
  runAs(signer: Uint8Array, name: string, ...args: unknown[]): Promise<unknown>
  /** The fuel that a call takes. */
  fuel(name: string, ...args: unknown[]): Promise<number>
  /** Executes any op. */
  op(op: unknown): Promise<unknown>
  /** Makes a read-only call. */
  read(name: string, ...args: unknown[]): Promise<unknown>
  entries(): Record<string, unknown>
}

export async function loadScript(sandbox: Sandbox, text: string): Promise<TestScript> {
  const contract = await sandbox.load(compileScript(text), SCRIPT_RULES)
  const state = new MemorySource()
  const step = async (op: unknown, extra: Partial<StepInput> = {}) => {
    const done = await stepOver(sandbox, contract, state, op, { rules: SCRIPT_RULES, ...extra })
    state.apply(done.changes)
    return done.outcome
  }
  const told = async (op: unknown, extra: Partial<StepInput> = {}) => {
    const { kind, code, message, value } = await step(op, extra)
    if (kind === 'ok') return value === undefined ? undefined : decodeValue(value)
    return { failed: code, message }
  }
  return {
    contract,
    state,
    op: told,
    run: (name, ...args) => told({ call: name, args }),
    runAs: (signer, name, ...args) => told({ call: name, args }, { signer }),
    fuel: async (name, ...args) => (await step({ call: name, args })).fuel,
    read: async (name, ...args) =>
      (await call(contract, 'read', { call: name, args }, caller(state))).response,
    entries: () =>
      Object.fromEntries(
        [...state.entries]
          .filter(([path]) => !path.startsWith('/.sys'))
          .map(([path, value]) => [path, decodeValue(value)]),
      ),
  }
}
