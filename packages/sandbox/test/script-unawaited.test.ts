// What becomes of work that a call has started and not awaited (spec/10-scripts 10.1.6): part of the protocol, job by job.
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { call, playEveryWay } from './script-play.js'

let shared: Sandbox
let fresh: Sandbox
beforeAll(async () => {
  shared = await Sandbox.open()
  fresh = await Sandbox.open({ freshRealms: true })
})
afterAll(async () => {
  await shared.close()
  await fresh.close()
})

/** Nobody waits for `go`, each step of which changes a variable and writes a file. */
const scriptOf = (f: string) => `
exports.n = 0
const go = async () => {
  for (let i = 1; i < 50; i++) {
    await null
    exports.n++
    state.writeFile('/' + i, 'x')
  }
}
exports.f = ${f}`

it.each([
  ['a value', '() => { go(); return 1 }', ['/1', 1, '/2', '/3']],
  ['a value, of an async function', 'async () => { go(); return 1 }', ['/1', 1, '/2', '/3']],
  ['a promise that is resolved', '() => { go(); return Promise.resolve(1) }', ['/1', 1, '/2', '/3']],
  ['a value after one await', 'async () => { go(); await null; return 1 }', ['/1', '/2', 2, '/3', '/4']],
  [
    'a promise, of an async function',
    'async () => { go(); return Promise.resolve(1) }',
    ['/1', '/2', '/3', 3, '/4', '/5'],
  ],
  ['an object with then', '() => { go(); return { then: (done) => done(1) } }', ['/1', '/2', 2, '/3', '/4']],
  ['nothing, and throws', '() => { go(); throw new Error("no") }', []],
])(
  'of a call that gives %s: steps until the variables are read, and two more',
  async (_gives, f, expected) => {
    const { single, batched, alone } = await playEveryWay({ shared, fresh }, scriptOf(f), [call('f')])
    const { changes } = single.steps.at(-1)!
    const seen = changes.map(({ path, value }) => (path === '/.exports/n' ? decodeValue(value!) : path))
    expect(seen).toEqual(expected)
    expect(batched.published).toEqual(single.published)
    expect(alone.published).toEqual(single.published)
  },
)
