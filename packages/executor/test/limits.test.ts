import { expect, it } from 'vitest'
import { Meter } from '../src/limits.js'

it('lets so many ops a second pass, over time, and as many at once after a pause', () => {
  let now = 0
  const meter = new Meter({ opsPerSecond: 10 }, () => now)
  expect([meter.allowance(25, 0), meter.waitMs, meter.isHeldUp]).toEqual([10, 0, true])
  meter.take(10)
  expect([meter.allowance(15, 0), meter.waitMs]).toEqual([0, 100])
  now = 250
  expect(meter.allowance(15, 0)).toBe(2)
  meter.take(2)
  expect(meter.waitMs).toBe(50)
  now = 60_000
  expect([meter.allowance(10, 0), meter.isHeldUp]).toEqual([10, false])
  // Over a minute nothing is lost by asking often.
  let passed = 0
  for (const end = now + 60_000; now < end; now += 7) {
    const ops = meter.allowance(1000, 0)
    meter.take(ops)
    passed += ops
  }
  expect(passed).toBeGreaterThanOrEqual(600)
  expect(passed).toBeLessThanOrEqual(610)
})

it('lets so many ops of a batch pass', () => {
  const meter = new Meter({ opsPerBatch: 5 }, () => 0)
  expect([meter.allowance(9, 0), meter.allowance(9, 3), meter.allowance(9, 5)]).toEqual([5, 2, 0])
  expect(meter.isHeldUp).toBe(true)
  meter.take(5)
  expect([meter.allowance(5, 0), meter.waitMs, meter.isHeldUp]).toEqual([5, 0, false])
})
