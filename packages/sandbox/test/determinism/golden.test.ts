// This engine against the digests that all of them agreed on: `npm run test:engines` runs the others, and writes the file.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ENGINES } from '../../src/index.js'
import { record } from './record.js'

const GOLDEN = new URL('golden.json', import.meta.url)
const TIMEOUT_MS = 10 * 60_000
/** Digests that the ordinary run checks; the long tests check all of them. */
const DIGESTS = process.env.MODE === 'soak' ? undefined : 12

it('gives what every engine gives', { timeout: TIMEOUT_MS }, async () => {
  const { engine, ...recording } = await record(DIGESTS)
  expect(ENGINES).toContain(engine)
  const hint = 'where the rules were meant to change: npm run test:engines -- --write'
  const { cases, digests } = JSON.parse(readFileSync(GOLDEN, 'utf8'))
  expect(recording, hint).toEqual({ cases, digests: digests.slice(0, DIGESTS) })
  expect(recording.digests.length).toBeGreaterThan(10)
})
