/** A few seconds of load; `load.soak.ts` holds it for minutes and looks at memory. */
import { expect, it } from 'vitest'
import { holdLoad } from './load.js'

it('loses nothing under load, with a participant and a monitor', async () => {
  expect((await holdLoad(3)).ops).toBeGreaterThan(100)
}, 120_000)
