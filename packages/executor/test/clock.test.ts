import { describe, expect, it } from 'vitest'
import { Clock, ExecutorError } from '../src/index.js'

/** A wall clock and a steady one that a test sets. */
class SetTime {
  wall = 1_000_000
  steady = 0
  now = () => this.wall
  monotonic = () => this.steady
}

describe('the clock', () => {
  it('never goes back, even before the outcome that was published last', () => {
    const time = new SetTime()
    const clock = new Clock(2_000_000, 1000, time)
    expect(clock.next()).toBe(2_000_000)
    time.wall = 2_000_500
    time.steady = 1_000_500
    expect(clock.next()).toBe(2_000_500)
    time.wall = 5
    expect(clock.next()).toBe(2_000_500)
  })

  it('gives whole milliseconds', () => {
    const time = new SetTime()
    time.wall = 1_000_000.75
    expect(new Clock(0, 1000, time).next()).toBe(1_000_000)
  })

  it('stops at a jump that the steady clock did not make, until it is confirmed', () => {
    const time = new SetTime()
    const clock = new Clock(0, 1000, time)
    time.wall += 5000
    time.steady += 5000
    expect(clock.next()).toBe(1_005_000)
    time.wall += 1001
    expect(() => clock.next()).toThrow(ExecutorError)
    expect(() => clock.next()).toThrow(expect.objectContaining({ code: 'CLOCK_JUMP' }))
    clock.confirm()
    expect(clock.next()).toBe(1_006_001)
  })
})
