// Instrumented code against plain code (spec/6-determinism §7): generated programs do the same, step by step.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { load, loadInstrumented, outcomeOf } from './instrumented.js'
import { programs } from './programs.js'

const RUNS = 300
const TIMEOUT_MS = 5 * 60_000

// A failure prints the seed and the path that give the program again.
it('does what plain code does', { timeout: TIMEOUT_MS }, async () => {
  // The end of a module freezes prototypes of this process: before anything is compared.
  await loadInstrumented('export function main () {}')
  let alive = 0
  await fc.assert(
    fc.asyncProperty(programs, async (source) => {
      const expected = await outcomeOf(await load(source))
      if (!expected.includes('"threw')) alive++
      expect(await outcomeOf(await loadInstrumented(source))).toBe(expected)
    }),
    { numRuns: RUNS },
  )
  // Programs that all end at once would say little.
  expect(alive).toBeGreaterThan(RUNS / 4)
})
