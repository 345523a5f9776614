// How fast the sandbox is, and that it stays so: `npm run test:soak -- packages/sandbox`. Prints the figures.
import { expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { COUNTER, call, caller, MemorySource, RULES, stepOver } from './helpers.js'

const OPS = 3000
const STARTS = 10

it('executes ops in fresh realms without slowing down', async () => {
  await using sandbox = await Sandbox.open()
  const contract = await sandbox.load(COUNTER, RULES)
  const source = new MemorySource()
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const from = performance.now()
    for (let n = 0; n < OPS; n++) {
      source.apply((await stepOver(sandbox, contract, source, { op: 'INCREMENT', amount: 1 })).changes)
    }
    rates.push(Math.round((OPS / (performance.now() - from)) * 1000))
  }
  console.log(`step, counter: ${rates.join(', ')} ops/s`)
  expect((await call(contract, 'get', {}, caller(source))).response).toBe(3 * OPS)
})

it('calls methods', async () => {
  await using sandbox = await Sandbox.open()
  const contract = await sandbox.load(COUNTER, RULES)
  const from = performance.now()
  for (let n = 0; n < OPS; n++) await call(contract, 'increment')
  const rate = Math.round((OPS / (performance.now() - from)) * 1000)
  console.log(`call, increment: ${rate} calls/s`)
  expect(rate).toBeGreaterThan(0)
})

it('starts guests', async () => {
  const times: number[] = []
  for (let n = 0; n < STARTS; n++) {
    const from = performance.now()
    const sandbox = await Sandbox.open()
    times.push(Math.round(performance.now() - from))
    await sandbox.close()
  }
  console.log(`open: ${times.join(', ')} ms; the first one bundles the guest from source`)
  expect(times).toHaveLength(STARTS)
})
