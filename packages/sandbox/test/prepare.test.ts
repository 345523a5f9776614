import { CURRENT_RULES } from '@vitra/log'
import { expect, it } from 'vitest'
import { prepareContract } from '../src/prepare.js'

const SOURCE = 'export const apply = { PUT (tx) { tx.put("/a", 1) } }'

it('a contract is made ready once for the same rules, and anew for others', () => {
  const first = prepareContract(SOURCE, CURRENT_RULES)
  expect(prepareContract(SOURCE, { ...CURRENT_RULES })).toBe(first)
  const limits = { ...CURRENT_RULES.limits, fuelMax: CURRENT_RULES.limits.fuelMax + 7 }
  const other = prepareContract(SOURCE, { ...CURRENT_RULES, limits })
  expect(other.instrumented.source).toContain(String(limits.fuelMax))
  expect(first.instrumented.source).not.toContain(String(limits.fuelMax))
  expect(prepareContract(`${SOURCE}\n`, CURRENT_RULES)).not.toBe(first)
})

it('few are kept, those used last, and none that is long', () => {
  const first = prepareContract(SOURCE, CURRENT_RULES)
  for (let n = 0; n < 40; n++) {
    prepareContract(`${SOURCE}//${n}`, CURRENT_RULES)
    expect(prepareContract(SOURCE, CURRENT_RULES)).toBe(first)
  }
  for (let n = 0; n < 40; n++) prepareContract(`${SOURCE}//${n}`, CURRENT_RULES)
  expect(prepareContract(SOURCE, CURRENT_RULES)).not.toBe(first)
  const long = `${SOURCE}//${'x'.repeat(300_000)}`
  expect(prepareContract(long, CURRENT_RULES)).not.toBe(prepareContract(long, CURRENT_RULES))
})

it('what is no contract fails each time', () => {
  for (let n = 0; n < 2; n++)
    expect(() => prepareContract('export const apply = {', CURRENT_RULES)).toThrowError(
      expect.objectContaining({ code: 'CONTRACT_SYNTAX' }),
    )
})
