// What the attack suites share. An attack is a table's row: its code, and what happens instead of what it is after.
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Contract, Sandbox, type Step } from '../../src/index.js'
import { evaluate, MemorySource, RULES, run, stepOver } from '../helpers.js'

/** Body of an `apply (tx, op, ack)`, and what it returns, or `failed(…)`. */
export type Attack = readonly [body: string, instead: unknown]

/** How {@link evaluate} tells of an op that failed. */
export function failed(code: string, message: string): { failed: string; message: string } {
  return { failed: code, message }
}

/** One sandbox for a file. */
export function useSandbox(options: Parameters<typeof Sandbox.open>[0] = {}): () => Sandbox {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await Sandbox.open(options)
  })
  afterAll(() => sandbox.close())
  return () => sandbox
}

/** A test for each attack; after it the sandbox has to run an op of somebody else. */
export function attacks(sandbox: () => Sandbox, imports: string, list: readonly Attack[]): void {
  it.each(list)('%s', async (body, instead) => {
    expect(await evaluate(sandbox(), body, imports)).toEqual(instead)
    expect(await evaluate(sandbox(), BYSTANDER)).toEqual([3, '[object Object]', { a: 1 }])
  })
}

const BYSTANDER = 'return [[1, 2, 3].map((n) => n).length, String({}), JSON.parse(`{"a":1}`)]'

/** Value or failure of a step. */
export function result({ outcome }: Step): unknown {
  if (outcome.kind !== 'ok') return failed(String(outcome.code), String(outcome.message))
  return outcome.value === undefined ? undefined : decodeValue(outcome.value)
}

/** Outcomes of the same op, time after time, with another contract's op and a method call in between. */
export async function repeated(
  sandbox: Sandbox,
  contract: Contract,
  times: number,
  between: () => Promise<unknown> = async () => undefined,
): Promise<unknown[]> {
  const results: unknown[] = []
  for (let n = 0; n < times; n++) {
    results.push(result(await stepOver(sandbox, contract, new MemorySource({ '/kept': n }), {})))
    await between()
    await run(sandbox, 'export function apply () { return [].concat([1]) }')
  }
  return results
}

export function load(sandbox: Sandbox, source: string): Promise<Contract> {
  return sandbox.load(source, RULES)
}
