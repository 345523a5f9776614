/** `VITRA_MINUTES` of load: no op is lost, and memory stays flat. Prints the figures. */
import { expect, it } from 'vitest'
import { holdLoad } from './load.js'

const MINUTES = Number(process.env.VITRA_MINUTES ?? 2)
/** What the last tenths may hold beyond the earlier ones, in MB: caches fill for a while. */
const GROWTH_MB_MAX = 100

it(`loses nothing under ${MINUTES} minutes of load, and memory is flat`, async () => {
  const report = await holdLoad(MINUTES * 60)
  console.log(JSON.stringify(report))
  const { hostMb } = report
  expect(hostMb.at(-1)! - hostMb[Math.floor(hostMb.length / 2)]!).toBeLessThan(GROWTH_MB_MAX)
}, 7_200_000)
