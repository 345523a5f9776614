// What a contract is warned of (spec/6-determinism §1): the same where it is loaded and where it is only parsed.
import { expect, it } from 'vitest'
import { contractWarnings, Sandbox } from '../src/index.js'
import { COUNTER, RULES } from './helpers.js'

it('a loaded contract has its warnings, and is found without loading it again', async () => {
  await using sandbox = await Sandbox.open()
  const stateful = `let calls = 0\nexport function count () { calls++ }\n${COUNTER}`
  expect(sandbox.loaded(stateful, RULES)).toBeUndefined()
  const contract = await sandbox.load(stateful, RULES)
  expect(contract.warnings).toMatchObject([{ line: 2, column: 28 }])
  expect(contract.warnings).toEqual(contractWarnings(stateful, RULES))
  expect(sandbox.loaded(stateful, RULES)).toBe(contract)
  const otherRules = { ...RULES, limits: { ...RULES.limits, fuelMax: 1000 } }
  expect(sandbox.loaded(stateful, otherRules)).toBeUndefined()
  expect((await sandbox.load(COUNTER, RULES)).warnings).toEqual([])
})
