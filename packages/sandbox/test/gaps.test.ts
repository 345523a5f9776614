// Where there is nothing (spec/4-execution §6): what the guest knows of it changes no outcome, and saves questions.
import { comparePaths, Overlay } from '@vitra/log/values'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox, StateSession, type Step, steps } from '../src/index.js'
import { Gaps } from '../src/realm/gaps.js'
import { decoded, inputOf, MemorySource, RULES } from './helpers.js'

// Names that are prefixes of each other, and such as come before and behind what parts them.
const name = fc.constantFrom('a', 'b', 'ab', 'a!', 'a.', '\u0001', '\u{10000}', '\uffff', 'é', '1', '10', '9')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)

/** Reads everything that it is told to between its writes, and returns what it saw. */
const SOURCE = `
import { index } from 'contract'
export async function apply (tx, {todo}) {
  const seen = []
  for (const [what, path] of todo) {
    if (what === 'put') tx.put(path, path)
    else if (what === 'delete') tx.delete(path)
    else if (what === 'fail') throw new Error(String(seen))
    else if (what === 'list') seen.push((await tx.list(path)).map(({name}) => name))
    else seen.push((await (what === 'get' ? tx : index).get(path))?.value ?? null)
  }
  return seen
}`

const what = fc.constantFrom('get', 'get', 'get', 'index', 'put', 'put', 'delete', 'list')
const todo = fc.array(fc.tuple(fc.oneof({ weight: 30, arbitrary: what }, fc.constant('fail')), path), {
  maxLength: 12,
})

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

/** Executes ops, at most so many at a time; without a session where that is one. */
async function execute(ops: readonly object[], given: readonly string[], size: number) {
  const contract = await sandbox.load(SOURCE, RULES)
  const state = new MemorySource(Object.fromEntries(given.map((one) => [one, 'given'])))
  const session = size === 1 ? undefined : new StateSession()
  const done: Step[] = []
  while (done.length < ops.length) {
    const inputs = ops
      .slice(done.length, done.length + size)
      .map((op, nth) => inputOf(sandbox, op, { seq: done.length + nth }))
    for (const step of await steps(contract, new Overlay(state), inputs, session)) {
      done.push(step)
      state.apply(step.changes)
    }
  }
  const published = done.map(({ outcome, changes }) => [outcome, decoded(changes)])
  return { published, reads: done.flatMap(({ reads }) => reads) }
}

describe('what the guest knows of where there is nothing', () => {
  it('changes no outcome, no fuel and no write', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(path, { maxLength: 10 }),
        fc.array(todo, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 5 }),
        async (given, todos, size) => {
          const ops = todos.map((one) => ({ todo: one }))
          const alone = await execute(ops, given, 1)
          const together = await execute(ops, given, size)
          expect(together.published).toEqual(alone.published)
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  it('saves the question for a new name beside others', async () => {
    const given = Array.from({ length: 100 }, (_, n) => `/topics/${n}`)
    const ops = Array.from({ length: 200 }, (_, n) => ({
      todo: [
        ['get', `/topics/${100 + n}`],
        ['put', `/topics/${100 + n}`],
        ['get', `/topics/${100 + n}/title`],
        ['put', `/topics/${100 + n}/title`],
      ],
    }))
    const { reads } = await execute(ops, given, 50)
    // One for each gap between the names that were there: 10 and 11, 11 and 12…, and 29 and 3.
    expect(reads.length).toBe(20)
  })

  it('leaves the host most reads of an op that reads very much', async () => {
    // What an op may read ends it in a batch as by itself: a gap spares no more than a small part of that.
    const todo = Array.from({ length: 10_000 }, (_, n) => ['get', `/${n}`])
    const together = await execute([{ todo }, {}], [], 2)
    const alone = await execute([{ todo }], [], 1)
    expect(together.published[0]).toEqual(alone.published[0])
    expect(alone.reads.length).toBe(10_000)
    expect(together.reads.length).toBeGreaterThan(5000)
  })

  it('ends before a key of no path, which an index that nobody has checked may have', async () => {
    const contract = await sandbox.load(SOURCE, RULES)
    const view = new MemorySource()
    const until = Uint8Array.of(0x62, 0xff)
    view.lookUp = async () => ({ value: null, until })
    const todo = [
      ['get', '/a'],
      ['get', '/b'],
    ]
    const [done] = await steps(contract, view, [inputOf(sandbox, { todo })], new StateSession())
    expect(done!.outcome.kind).toBe('ok')
    expect(done!.reads).toMatchObject([{ path: '/a' }, { path: '/b' }])
  })

  it('is told of each op that is proved: all that it read', async () => {
    const ops = [
      {
        todo: [
          ['get', '/a'],
          ['get', '/b'],
          ['get', '/c'],
        ],
      },
    ]
    const { reads } = await execute(ops, [], 1)
    expect(reads).toMatchObject([{ path: '/a' }, { path: '/b' }, { path: '/c' }])
  })
})

it('gaps hold what they are given and nothing else', () => {
  const range = fc.tuple(path, fc.oneof(path, fc.constant('')))
  fc.assert(
    fc.property(fc.array(range, { minLength: 1 }), path, (ranges, asked) => {
      const isIn = ([from, until]: readonly [string, string]) =>
        comparePaths(from, asked) <= 0 && (until === '' || comparePaths(asked, until) < 0)
      const gaps = new Gaps()
      for (const [from, until] of ranges) gaps.add(from, until)
      if (gaps.holds(asked)) expect(ranges.some(isIn)).toBe(true)
      const one = new Gaps()
      one.add(...ranges[0]!)
      expect(one.holds(asked)).toBe(isIn(ranges[0]!))
    }),
  )
})
