// Generated contracts and ops: a list of features each, so that a failing one shrinks to the feature that fails.
import fc from 'fast-check'
import { type Draw, FEATURES } from './features.js'

/** A contract and the ops that are run over it, one after the other. */
export interface Case {
  readonly features: readonly string[]
  readonly source: string
  readonly ops: readonly Op[]
}

interface Op {
  readonly n: number
  readonly s: string
  readonly list: readonly number[]
}

const small = fc.integer({ min: 1, max: 9 })
const use = fc.record({
  name: fc.constantFrom(...Object.keys(FEATURES)),
  k: small,
  text: fc.string({ maxLength: 12 }),
})

const op: fc.Arbitrary<Op> = fc.record({
  n: fc.integer({ min: 0, max: 200 }),
  s: fc.string({ unit: fc.constantFrom('a', 'B', 'ß', '7', ' ', 'é', '\u{1f600}'), maxLength: 10 }),
  list: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 24 }),
})

export const cases: fc.Arbitrary<Case> = fc
  .record({
    uses: fc.array(use, { minLength: 1, maxLength: 6 }),
    ops: fc.array(op, { minLength: 2, maxLength: 5 }),
  })
  .map(({ uses, ops }) => ({
    features: uses.map(({ name }) => name),
    source: contract(uses.map(({ name, k, text }, id) => [name, { id, k, text }])),
    ops,
  }))

/** The same cases for the same seed, on every machine. */
export function corpus(seed: number, count: number): Case[] {
  return fc.sample(cases, { seed, numRuns: count })
}

/** Every feature has a block of its own; an op with `garbage` only fills memory and lets go of it. */
function contract(uses: readonly [name: string, draw: Draw][]): string {
  const tops = uses.map(([name, draw]) => FEATURES[name]!.top?.(draw) ?? '').filter((top) => top !== '')
  const blocks = uses.map(([name, draw]) => `  {\n    ${FEATURES[name]!.body(draw)}\n  }`)
  return `import { index } from 'contract'
import assert from 'assert'
import { genUUID, random } from 'util'
${tops.join('\n')}
export async function look () { return (await index.list('/')).length }
export async function apply (tx, op, ack) {
  const out = []
  if (op.garbage) {
    for (let n = 0; n < op.garbage; n++) out.push([n, 'x' + n, { n }])
    return out.length
  }
${blocks.join('\n')}
  return out
}`
}
