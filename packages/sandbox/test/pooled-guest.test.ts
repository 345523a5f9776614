// What a guest of the pool is told between two contracts (spec/4-execution §6); a script plays the guest and reports.
import { spawn } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { GuestProcess } from '../src/guest-process.js'
import { pack } from '../src/pack.js'
import { Conduct } from '../src/pool/conduct.js'
import { PooledGuest } from '../src/pool/pooled-guest.js'
import { Tenant } from '../src/pool/tenant.js'
import { FRAME } from '../src/wire.js'

/** Answers like a guest that has so many megabytes in use; a run's result lists the kinds of all frames so far. */
const played = (usedMb: number) => `
const { readSync, writeSync } = require('fs')
const read = (length) => {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length;) try { at += readSync(3, bytes, at, length - at) } catch {}
  return bytes
}
const say = (kind, payload) => {
  const head = Buffer.alloc(5)
  head.writeUInt32LE(payload.length)
  head[4] = kind
  writeSync(3, Buffer.concat([head, payload]))
}
const seen = []
while (true) {
  const head = read(5)
  read(head.readUInt32LE())
  seen.push(head[4])
  if (head[4] === ${FRAME.load}) say(${FRAME.loaded}, Buffer.from([0]))
  if (head[4] === ${FRAME.settle}) say(${FRAME.settled}, Buffer.from([${usedMb}]))
  if (head[4] === ${FRAME.run}) say(${FRAME.result}, Buffer.from(seen))
}`

const processes: GuestProcess[] = []
afterEach(() => Promise.all(processes.splice(0).map((guest) => guest.close())))

function open(usedMb: number): PooledGuest {
  const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const
  const guest = new GuestProcess(spawn(process.execPath, ['-e', played(usedMb)], { stdio: [...stdio] }))
  processes.push(guest)
  return new PooledGuest(guest, { memoryMb: 64, opMs: 10_000, loadMs: 10_000 })
}

function tenant(): Tenant {
  return new Tenant({
    digest: '',
    loadPayload: (id) => pack(id),
    onLog: () => {},
    conduct: new Conduct(),
  })
}

const RUN = { kind: FRAME.run, answer: FRAME.result, payload: (id: number) => pack(id) }

describe('between two contracts', () => {
  it.each([
    ['unloads one that left more than a quarter of the heap in use', 17, [FRAME.unload]],
    ['keeps one that left less', 16, []],
  ])('a guest %s', async (_, usedMb, expected) => {
    const guest = open(usedMb)
    const [first, second] = [tenant(), tenant()]
    await guest.carryOut(first, null)
    expect(guest.isSettledFor(first)).toBe(true)
    expect(guest.isSettledFor(second)).toBe(false)
    await guest.settle()
    expect(guest.isSettledFor(second)).toBe(true)
    const seen = await guest.carryOut(second, RUN)
    expect([...seen]).toEqual([FRAME.load, FRAME.settle, ...expected, FRAME.load, FRAME.run])
  })

  it('a guest forgets only while it is idle', async () => {
    const guest = open(0)
    const [first, second] = [tenant(), tenant()]
    await guest.carryOut(first, null)
    const run = guest.carryOut(second, RUN)
    guest.forget(first)
    expect([...(await run)]).toEqual([FRAME.load, FRAME.load, FRAME.run])
    const seen = await guest.carryOut(second, RUN)
    expect([...seen].slice(3)).toEqual([FRAME.unload, FRAME.run])
  })

  it('a guest holds sixteen, the ones used last', async () => {
    const guest = open(0)
    const tenants = Array.from({ length: 17 }, tenant)
    for (const each of tenants.slice(0, 16)) await guest.carryOut(each, null)
    await guest.carryOut(tenants[0]!, RUN)
    await guest.carryOut(tenants[16]!, null)
    expect(guest.loadedCount).toBe(16)
    const seen = [...(await guest.carryOut(tenants[0]!, RUN))]
    expect(seen.filter((kind) => kind === FRAME.unload)).toHaveLength(1)
    expect(seen.slice(-2)).toEqual([FRAME.unload, FRAME.run])
  })
})
