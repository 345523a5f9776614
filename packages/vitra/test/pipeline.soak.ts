import { testSeed } from '@vitra/testkit'
import { afterEach, it, vi } from 'vitest'
import { interleave } from './pipeline.js'

const ROUNDS = 200
const first = testSeed()

afterEach(() => vi.restoreAllMocks())

for (let seed = first; seed < first + ROUNDS; seed++)
  it(`nothing is lost and the audit is valid, however batches interleave (seed ${seed})`, () =>
    interleave(seed))
