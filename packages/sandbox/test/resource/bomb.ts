// What the resource suites share. A bomb is a table's row: a body, and how the op that runs it has to end.
import type { Rules } from '@vitra/log'
import { expect, it } from 'vitest'
import { type Sandbox, UnexecutableError } from '../../src/index.js'
import { evaluate, RULES, run } from '../helpers.js'

/**
 * How an op ends: out of `fuel`, too deep, writing too much, refused, as the engine's own error, well, or not at all on this machine
 * (`unexecutable`).
 */
type Ending = 'fuel' | 'depth' | 'size' | 'value' | 'contract' | 'engine' | 'ok' | 'unexecutable'

/** Body of an `apply (tx, op, ack)`, and the ending; two endings where the clock may come first. */
export type Bomb = readonly [body: string, ending: Ending, or?: Ending]

/** Longest that a bomb may take before it counts as a hang, in ms. */
const HANG_MS = 120_000

/** How an op ended; out of fuel means all of it, to the last unit. */
async function endingOf(sandbox: Sandbox, body: string, rules: Rules): Promise<string> {
  const source = `import { index } from 'contract'; import assert from 'assert'
    export async function apply (tx, op, ack) {\n${body}\n}`
  try {
    const { outcome } = await run(sandbox, source, {}, {}, rules)
    if (outcome.code === 'fuel') {
      expect(outcome).toMatchObject({ fuel: rules.limits.fuelMax, message: '' })
    }
    return outcome.kind === 'ok' ? 'ok' : String(outcome.code)
  } catch (error) {
    if (error instanceof UnexecutableError) return 'unexecutable'
    throw error
  }
}

/** A test for each bomb; the sandbox and its host go on. */
export function bombs(sandbox: () => Sandbox, list: readonly Bomb[], rules = RULES): void {
  const rows = list.map(([body, ending, or = ending]) => [body, ending, or] as const)
  it.each(rows)('%s', { timeout: HANG_MS }, async (body, ending, or) => {
    const before = process.memoryUsage().rss
    expect([ending, or]).toContain(await endingOf(sandbox(), body, rules))
    expect(await evaluate(sandbox(), 'return 6 * 7')).toBe(42)
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
  })
}
