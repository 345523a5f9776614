// spec/vectors/fuel.json: what another implementation of the schedule (spec/6-determinism §7, §8) has to agree with.
import { readFileSync } from 'node:fs'
import { Overlay } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox, step } from '../src/index.js'
import { inputOf, MemorySource, RULES } from './helpers.js'

interface Vector {
  readonly comment: string
  readonly source: string
  readonly kind: string
  readonly code?: string
  readonly fuel: number
}

const FILE = new URL('../../../spec/vectors/fuel.json', import.meta.url)
const { fuelMax, depthMax, op, vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as {
  fuelMax: number
  depthMax: number
  op: unknown
  vectors: Vector[]
}

describe('fuel', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await Sandbox.open()
  })
  afterAll(() => sandbox.close())

  it.each(vectors)('$comment', async ({ source, kind, code, fuel }) => {
    const rules = { ...RULES, limits: { ...RULES.limits, fuelMax, depthMax } }
    const contract = await sandbox.load(source, rules)
    const { outcome } = await step(contract, new Overlay(new MemorySource()), inputOf(sandbox, op, { rules }))
    expect(outcome).toMatchObject({ kind, fuel, ...(code === undefined ? {} : { code }) })
  })
})
