/**
 * A connection between two copies in one process, with the weather of a bad network: each packet is late by so many ticks,
 * a slow reader takes few bytes a tick, a stalled one takes nothing, and a cut loses what is on its way.
 */

import type { Duplex } from 'node:stream'
import { Transform, type TransformCallback } from 'node:stream'
import type { Random } from '../random.js'
import type { SimClock } from './sim-clock.js'

interface Replicates {
  replicate(target: boolean): Duplex
}

/** What a link is like. */
export interface Weather {
  /** Most ticks that a packet takes. */
  readonly latency: number
  /** Bytes that get through each tick. */
  readonly bytesPerTick: number
}

/** Bytes on their way in one direction before the sender has to wait. */
const WINDOW_BYTES = 64 * 1024

export class SimLink {
  readonly #ends: readonly Duplex[]
  readonly #pipes: readonly SimPipe[]

  /** @param random of this link alone: what it draws depends on how many packets there are */
  constructor(a: Replicates, b: Replicates, clock: SimClock, random: Random, weather: Weather) {
    const [left, right] = [a.replicate(true), b.replicate(false)]
    const [there, back] = [new SimPipe(clock, random, weather), new SimPipe(clock, random, weather)]
    this.#ends = [left, right]
    this.#pipes = [there, back]
    for (const stream of [left, right, there, back]) stream.on('error', noteCut)
    left.pipe(there).pipe(right)
    right.pipe(back).pipe(left)
  }

  /** Nothing gets through until it is let go on; nothing is lost. */
  stall(isStalled: boolean): void {
    for (const pipe of this.#pipes) pipe.stall(isStalled)
  }

  /** What is sent from now on has another weather. */
  turn(weather: Weather): void {
    for (const pipe of this.#pipes) pipe.weather = weather
  }

  /** True once either end has gone. */
  get isCut(): boolean {
    return this.#ends.some(({ destroyed }) => destroyed)
  }

  /** Cuts the connection, in this turn of the event loop. */
  cut(): void {
    for (const stream of [...this.#pipes, ...this.#ends]) stream.destroy()
  }
}

/** One direction; packets arrive in the order sent. */
class SimPipe extends Transform {
  weather: Weather
  readonly #clock: SimClock
  readonly #random: Random
  #lastAt = 0
  #bytes = 0
  #isStalled = false
  #held: (() => void)[] = []
  #sender: TransformCallback | null = null

  constructor(clock: SimClock, random: Random, weather: Weather) {
    super({ highWaterMark: 16 * 1024 })
    this.#clock = clock
    this.#random = random
    this.weather = weather
  }

  stall(isStalled: boolean): void {
    this.#isStalled = isStalled
    if (!isStalled) for (const deliver of this.#held.splice(0)) deliver()
  }

  override _transform(packet: Buffer, _encoding: string, done: TransformCallback): void {
    const { ticks } = this.#clock
    const { latency, bytesPerTick } = this.weather
    const free = Math.max(ticks + this.#random.below(latency + 1), this.#lastAt)
    this.#lastAt = free + packet.length / bytesPerTick
    this.#bytes += packet.length
    this.#clock.after(Math.ceil(this.#lastAt) - ticks, () => this.#arrive(packet))
    if (this.#bytes < WINDOW_BYTES) done()
    else this.#sender = done
  }

  #arrive(packet: Buffer): void {
    if (this.destroyed) return
    if (this.#isStalled) {
      this.#held.push(() => this.#arrive(packet))
      return
    }
    this.#bytes -= packet.length
    this.push(packet)
    const sender = this.#sender
    if (sender === null || this.#bytes >= WINDOW_BYTES) return
    this.#sender = null
    sender()
  }
}

/** A stream that is cut reports an error: that is what these links are for. */
function noteCut(): void {}
