// A request that is answered in parts (spec/4-execution §6), and what its watchdog counts.
import { spawn } from 'node:child_process'
import { afterAll, describe, it } from 'vitest'
import { GuestProcess, type Request } from '../src/guest-process.js'
import { pack, unpack } from '../src/pack.js'
import { FRAME } from '../src/wire.js'

/** What the played guests know: `say` sends a frame, `hear` waits for the next one. */
const PRELUDE = `
const { readSync, writeSync } = require('fs')
const say = (kind, hex) => {
  const payload = Buffer.from(hex, 'hex')
  const head = Buffer.alloc(5)
  head.writeUInt32LE(payload.length)
  head[4] = kind
  writeSync(3, Buffer.concat([head, payload]))
}
const hear = () => { while (true) try { return readSync(3, Buffer.alloc(1000)) } catch {} }
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const number = (n) => n.toString(16).padStart(2, '0')
hear()
`
const guests: GuestProcess[] = []
afterAll(() => Promise.all(guests.splice(0).map((guest) => guest.close())))

/** The answer of a guest that plays `script`. */
function ask(script: string, options: Partial<Request>): Promise<Uint8Array> {
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const
  const guest = new GuestProcess(spawn(process.execPath, ['-e', PRELUDE + script], { stdio: [...stdio] }))
  guests.push(guest)
  return guest.request({
    kind: FRAME.run,
    payload: pack(0),
    answer: FRAME.result,
    timeoutMs: 20_000,
    ...options,
  })
}

describe.concurrent('parts', () => {
  it('come in order, any number of them, before the answer', async ({ expect }) => {
    const parts: unknown[] = []
    const answer = await ask(
      `for (let n = 0; n < 20; n++) say(${FRAME.part}, number(n)); say(${FRAME.result}, '18ff'); hear()`,
      { onPart: (payload) => parts.push(unpack(payload)) },
    )
    expect(parts).toEqual([...Array.from({ length: 20 }, (_, n) => n), 255])
    expect(unpack(answer)).toBe(255)
  })

  it('are heard where the guest dies of what comes behind them', async ({ expect }) => {
    const parts: unknown[] = []
    const answer = ask(
      `for (let n = 0; n < 20; n++) say(${FRAME.part}, number(n)); process.kill(process.pid, 'SIGKILL')`,
      { onPart: (payload) => parts.push(unpack(payload)) },
    )
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_CRASHED' })
    expect(parts).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('are a breach of protocol where nobody takes them', async ({ expect }) => {
    const answer = ask(`say(${FRAME.part}, '00'); hear()`, {})
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_PROTOCOL' })
  })

  it('end the request where their taker refuses them', async ({ expect }) => {
    const answer = ask(`say(${FRAME.part}, 'ff'); hear()`, { onPart: (payload) => void unpack(payload) })
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_PROTOCOL' })
  })

  it('that tell nothing are refused', async ({ expect }) => {
    const answer = ask(`say(${FRAME.part}, ''); hear()`, { onPart: () => {} })
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_PROTOCOL' })
  })

  it('give the guest the whole time again', async ({ expect }) => {
    const answer = await ask(
      `say(${FRAME.part}, '00'); for (let n = 0; n < 6; n++) { sleep(1000); say(${FRAME.part}, '00') }
      say(${FRAME.result}, '05'); hear()`,
      { timeoutMs: 5000, totalMs: 6000, onPart: () => {} },
    )
    expect(unpack(answer)).toBe(5)
  })
})

describe('an answer', () => {
  it('that came while the host was busy itself is not too late', async ({ expect }) => {
    const answer = ask(`say(${FRAME.result}, '05'); hear()`, { timeoutMs: 1000 })
    await new Promise((resolve) => setTimeout(resolve, 10))
    await new Promise((resolve) => setImmediate(resolve)) // from where timers come before what was received
    const until = performance.now() + 2000
    while (performance.now() < until) await null
    expect(unpack(await answer)).toBe(5)
  })
})

describe.concurrent('questions', () => {
  const call = `say(${FRAME.call}, '8100'); hear()`

  it('stop the time while the host answers', async ({ expect }) => {
    const answer = await ask(`${call}; say(${FRAME.result}, '05'); hear()`, {
      timeoutMs: 3000,
      onCall: () => new Promise((resolve) => setTimeout(resolve, 4000, pack(null))),
    })
    expect(unpack(answer)).toBe(5)
  })

  it('count the time for which the guest says it was busy, over all of them', async ({ expect }) => {
    const busy = (hex: string) => `say(${FRAME.call}, '81' + '${hex}'); hear();`
    const told: unknown[] = []
    const answer = ask(`${busy('193000')} ${busy('194e20')}`, {
      timeoutMs: 20_000,
      onCall: async (question) => {
        told.push(question)
        return pack(null)
      },
    })
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_TIMEOUT', details: { timeoutMs: 20_000 } })
    expect(told).toEqual([[]])
  })

  it.for(['8120', '80', '00', '8160'])(
    'without a time are a breach of protocol: %s',
    async (hex, { expect }) => {
      const answer = ask(`say(${FRAME.call}, '${hex}'); hear()`, { onCall: async () => pack(null) })
      await expect(answer).rejects.toMatchObject({ code: 'GUEST_PROTOCOL' })
    },
  )

  it('without end are ended', async ({ expect }) => {
    let questions = 0
    const answer = ask(`for (;;) { ${call}; sleep(20) }`, {
      timeoutMs: 1500,
      totalMs: 3000,
      onCall: async () => {
        questions++
        return pack(null)
      },
    })
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_TIMEOUT', details: { timeoutMs: 3000 } })
    expect(questions).toBeGreaterThan(10)
  })

  it('that the host never answers are ended', async ({ expect }) => {
    const answer = ask(call, { timeoutMs: 1000, totalMs: 2000, onCall: () => new Promise(() => {}) })
    await expect(answer).rejects.toMatchObject({ code: 'GUEST_TIMEOUT', details: { timeoutMs: 2000 } })
  })
})
