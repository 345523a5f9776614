// The law of this folder over a long day: the same bytes after 10,000 other ops, and all the cases of the ordinary tests. `npm run test:soak -- packages/sandbox`.
import { expect, it } from 'vitest'
import './determinism.test.js'
import './golden.test.js'
import './optimised.test.js'
import { corpus } from './contracts.js'
import { openFresh, play } from './play.js'

const OTHER_OPS = 10_000
const GIVEN = 20

it('after 10,000 other ops', async () => {
  await using sandbox = await openFresh()
  const given = corpus(21, GIVEN)
  const first: string[][] = []
  for (const one of given) first.push(await play(sandbox, one))
  let ops = 0
  for (const other of corpus(22, OTHER_OPS)) {
    ops += (await play(sandbox, other)).length
    if (ops >= OTHER_OPS) break
  }
  expect(ops).toBeGreaterThanOrEqual(OTHER_OPS)
  const again: string[][] = []
  for (const one of given) again.push(await play(sandbox, one))
  expect(again).toEqual(first)
})
