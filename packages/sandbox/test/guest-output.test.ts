// What a guest says is hostile until it is checked (spec/4-execution §6): a contract that broke out writes these frames.
import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { encodeInput, inputPath, SOURCE_PATH } from '@vitra/log'
import { encodeValue } from '@vitra/log/values'
import { describe, expect, it } from 'vitest'
import { ApplySession } from '../src/apply-session.js'
import { Channel } from '../src/channel.js'
import { readEndings } from '../src/ending.js'
import { packEnding } from '../src/ending-fields.js'
import { GuestProcess } from '../src/guest-process.js'
import { readInspection } from '../src/inspection.js'
import { answerMethod } from '../src/method-calls.js'
import { pack } from '../src/pack.js'
import { prepareContract } from '../src/prepare.js'
import { FRAME, GUEST_FRAME_BYTES_MAX, MODE } from '../src/wire.js'
import { caller, deriveOplog, hex, MemorySource, RULES } from './helpers.js'

const PROTOCOL = { code: 'GUEST_PROTOCOL' }
const { limits } = RULES
const session = (content = {}) =>
  new ApplySession({ view: new MemorySource(content), rules: RULES, deriveOplog, isLasting: false })
const thrown = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('changes', () => {
  it.each([
    ['no list', 5],
    ['no pair', [5]],
    ['no path', [[5, null]]],
    ['a path that is not canonical', [['/a//b', null]]],
    ['no bytes', [['/a', 'text']]],
    ['bytes that are no value', [['/a', Uint8Array.of(0xff)]]],
    ['bytes that are not canonical', [['/a', Uint8Array.of(0x18, 1)]]],
    ['an acknowledgement', [['/.sys/acks/x', encodeValue(1)]]],
    ['a batch record', [['/.sys/batch', encodeValue(1)]]],
    ['a participant that was not granted', [[inputPath(new Uint8Array(32)), encodeValue(1)]]],
    ['a source that was not granted', [[SOURCE_PATH, encodeValue('x')]]],
    ['a deleted source', [[SOURCE_PATH, null]]],
    ['too many', Array(limits.opChangesMax + 1).fill(['/a', null])],
    ['too much', Array(9).fill(['/a', encodeValue('x'.repeat(1_000_000))])],
    ['too large a value', [['/a', encodeValue('x'.repeat(2 ** 20), { bytesMax: 2 ** 22 })]]],
  ])('with %s are refused', (_, changes) => {
    expect(thrown(() => session().accept(changes))).toMatchObject(PROTOCOL)
  })

  it('of the system are accepted to the byte as they were granted', async () => {
    const signer = new Uint8Array(32).fill(1)
    const granting = session()
    await granting.answer(['addOplog', hex(signer)])
    const path = inputPath(deriveOplog(signer))
    const forged = encodeInput({ signer, oplog: deriveOplog(signer), active: false })
    expect(thrown(() => granting.accept([[path, forged]]))).toMatchObject(PROTOCOL)
    granting.accept([[path, encodeInput({ signer, oplog: deriveOplog(signer), active: true })]])
    expect(await granting.effectiveChanges(new MemorySource())).toHaveLength(1)
  })
})

describe('questions', () => {
  it.each([
    [null],
    [[]],
    [['nothing']],
    [['get']],
    [['get', '/a/']],
    [['get', '/.sys/acks/x']],
    [['list', '/.sys/batch', {}]],
    [['list', '/', { limit: 'all' }]],
    [['list', '/', { other: 1 }]],
    [['list', '/', null]],
    [['txList', '/', {}, [['/.sys/acks', null]]]],
    [['addOplog', 'ab']],
    [['addOplog', 5]],
    [['removeOplog', 'g'.repeat(64)]],
    [['setSource', 5]],
    [['oplogGet', 0]],
  ])('%j are refused in apply', async (question) => {
    await expect(session().answer(question as never)).rejects.toMatchObject(PROTOCOL)
  })

  it.each([
    [['get', '/.sys/acks/x']],
    [['txList', '/', {}, []]],
    [['addOplog', '00'.repeat(32)]],
    [['oplogGet', -1]],
    [['oplogGet', 'x']],
  ])('%j are refused in methods', async (question) => {
    await expect(answerMethod(caller(), question as never)).rejects.toMatchObject(PROTOCOL)
  })
})

describe('endings', () => {
  const ok = { isOk: true, fuel: 0, value: null, writes: [] } as const
  const whole = packEnding({ ...ok, value: encodeValue(1), writes: [['/a', encodeValue('text')]] })

  it.each([
    ['no kind', Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['more fuel than there is', packEnding({ ...ok, fuel: limits.fuelMax + 1 })],
    ['no whole number of fuel', packEnding({ ...ok, fuel: 2 ** 53 })],
    ['a value that is not canonical', packEnding({ ...ok, value: Uint8Array.of(0x18, 1) })],
    ['nothing told', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['something else told', packEnding({ isOk: false, fuel: 0, told: Uint8Array.of(0xff) })],
    ['no list told', packEnding({ isOk: false, fuel: 0, told: pack(5) })],
    ['more writes than there are', whole.map((byte, at) => (at === 18 ? 200 : byte))],
    ['a path that is not UTF-8', whole.map((byte) => (byte === 0x2f ? 0xff : byte))],
    ['no kind told', one([])],
    ['an unknown kind', one(['done'])],
    ['a failure of no kind', one(['failed', 'unheard of', '', '', []])],
    ['a message that is no text', one(['failed', 'contract', 5, '', []])],
    ['no place', one(['failed', 'contract', '', '', [['a', 'b']]])],
  ])('with %s are refused', (_, payload) => {
    expect(thrown(() => readEndings(payload, MODE.apply, limits))).toMatchObject(PROTOCOL)
  })

  it('are no more than there were runs, with no more writes than an op may make', () => {
    const two = Buffer.concat([whole, whole])
    expect(readEndings(two, MODE.apply, limits, 2)).toHaveLength(2)
    expect(thrown(() => readEndings(two, MODE.apply, limits, 1))).toMatchObject(PROTOCOL)
    const few = { ...limits, opChangesMax: 0 }
    expect(thrown(() => readEndings(whole, MODE.apply, few))).toMatchObject(PROTOCOL)
  })

  it('that are cut short anywhere are refused', () => {
    expect(readEndings(whole, MODE.apply, limits)).toHaveLength(1)
    for (let length = 1; length < whole.length; length++) {
      expect(thrown(() => readEndings(whole.slice(0, length), MODE.apply, limits))).toMatchObject(PROTOCOL)
    }
  })

  it('of methods hold ops that are values', () => {
    for (const op of [Uint8Array.of(0xf7), null]) {
      const payload = packEnding({ ...ok, writes: [['', op]] })
      expect(thrown(() => readEndings(payload, MODE.call, limits))).toMatchObject(PROTOCOL)
    }
  })

  it('never show more of a message than the rules allow', () => {
    const [ending] = readEndings(
      one(['failed', 'contract', 'x'.repeat(10_000), 'n'.repeat(10_000), []]),
      MODE.apply,
      limits,
    )
    expect(ending).toMatchObject({
      message: 'x'.repeat(limits.messageUnitsMax),
      name: 'n'.repeat(limits.messageUnitsMax),
    })
  })

  it.each([[null], [['loaded']], [['inspected', 'other', []]], [['inspected', 'function', 5]]])(
    'of loading: %j',
    (message) => {
      const prepared = prepareContract('', RULES)
      expect(thrown(() => readInspection(pack(message), prepared))).toMatchObject(PROTOCOL)
    },
  )

  it('of loading never invent methods', () => {
    const prepared = prepareContract('export function real () {}', RULES)
    const facts = readInspection(pack(['inspected', 'function', ['real', 'invented', 'process']]), prepared)
    expect(facts).toMatchObject({ methods: [{ name: 'real' }], hasProcess: false })
  })
})

describe('the channel', () => {
  it('puts frames together however they come', () => {
    const stream = new PassThrough()
    const frames: [number, number][] = []
    new Channel(stream, {
      onFrame: (kind, payload) => frames.push([kind, payload.length]),
      onGarbage: () => {},
    })
    const bytes = Buffer.concat(
      [0, 1, 300, 0, 70_000].map((length, kind) => frame(kind, Buffer.alloc(length))),
    )
    for (let at = 0; at < bytes.length; ) {
      const size = at < 400 ? 1 : 10_007
      stream.emit('data', bytes.subarray(at, at + size))
      at += size
    }
    expect(frames).toEqual([
      [0, 0],
      [1, 1],
      [2, 300],
      [3, 0],
      [4, 70_000],
    ])
  })

  it('refuses a frame that is too long before it is here', () => {
    const stream = new PassThrough()
    let garbage = 0
    new Channel(stream, { onFrame: () => {}, onGarbage: () => garbage++ })
    const header = frame(1, Buffer.alloc(0))
    header.writeUInt32LE(GUEST_FRAME_BYTES_MAX + 1)
    stream.emit('data', header)
    expect(garbage).toBe(1)
  })
})

describe('a guest that lies', () => {
  it.each([
    ['a frame of another kind', frame(FRAME.ready, pack(1))],
    ['an unknown frame', frame(99, pack(1))],
    ['a frame that does not decode', frame(FRAME.call, Buffer.from([0xff]))],
    ['a question where none is allowed', frame(FRAME.call, pack([0, 'get', '/a']))],
    ['a frame that is too long', Buffer.from([255, 255, 255, 255, 7])],
    ['a flood of lines', Buffer.concat(Array(2000).fill(frame(FRAME.log, pack(['log', 'x']))))],
  ])('with %s is ended', async (_, bytes) => {
    const script = `require('fs').writeSync(3, Buffer.from('${bytes.toString('hex')}', 'hex')); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const guest = new GuestProcess(child)
    const request = guest.request({
      kind: FRAME.run,
      payload: pack(1),
      answer: FRAME.result,
      timeoutMs: 10_000,
    })
    await expect(request).rejects.toMatchObject(PROTOCOL)
    await guest.close()
    expect(child.signalCode).toBe('SIGKILL')
    expect(guest.isDead).toBe(true)
  })

  it('with two questions at once is ended', async () => {
    const question = frame(FRAME.call, pack([0, 'get', '/a'])).toString('hex')
    const script = `require('fs').writeSync(3, Buffer.from('${question}${question}', 'hex')); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const guest = new GuestProcess(child)
    const request = guest.request({
      kind: FRAME.run,
      payload: pack(1),
      answer: FRAME.result,
      timeoutMs: 10_000,
      onCall: () => new Promise(() => {}),
    })
    await expect(request).rejects.toMatchObject(PROTOCOL)
    await guest.close()
  })
})

/** The frame's payload with one ending. */
function one(told: unknown[]): Uint8Array {
  return packEnding({ isOk: false, fuel: 0, told: pack(told) })
}

function frame(kind: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(5 + payload.length)
  bytes.writeUInt32LE(payload.length)
  bytes[4] = kind
  bytes.set(payload, 5)
  return bytes
}
