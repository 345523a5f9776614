// One op tries to change everything that it can reach; the next one, in the same realm, has to find everything as it was
// (spec/6-determinism §1, §2).
import { describe, expect, it } from 'vitest'
import { contractWarnings } from '../../src/index.js'
import { evaluate, MemorySource, RULES, stepOver } from '../helpers.js'
import { load, result, useSandbox } from './attack.js'
import { IMPORTS, WALK } from './walk.js'

const sandbox = useSandbox()

/** Gives `lines`: every property of everything within reach, objects by the order in which they are met. */
const DESCRIBE = `const numbers = new Map(all.map((object, n) => [object, n]))
  const name = (value) => numbers.has(value) ? '#' + numbers.get(value) : typeof value + ' ' + String(value)
  const lines = all.map((object) => [name(object), typeof object, name(Object.getPrototypeOf(object)), Object.isExtensible(object),
    ...Reflect.ownKeys(object).map((key) => {
      const { value, get, set, writable, enumerable, configurable } = Reflect.getOwnPropertyDescriptor(object, key)
      return [String(key), name(value), name(get), name(set), writable, enumerable, configurable].join()
    })].join(' | '))`

/** Tries all changes on all of it; counts those that were taken. */
const POISON = `let taken = 0
  const bad = () => 'poisoned'
  const attempt = (change) => { try { if (change() !== false) taken++ } catch {} }
  for (const object of all) {
    for (const key of [...Reflect.ownKeys(object), 'kept', 'then', 'toJSON', Symbol.iterator, Symbol.toPrimitive, 0]) {
      attempt(() => Reflect.set(object, key, bad))
      attempt(() => { object[key] = bad })
      attempt(() => Reflect.defineProperty(object, key, { value: bad }))
      attempt(() => Reflect.defineProperty(object, key, { get: bad, configurable: true }))
      attempt(() => Reflect.deleteProperty(object, key))
    }
    attempt(() => Reflect.setPrototypeOf(object, { kept: bad }))
    attempt(() => Reflect.setPrototypeOf(object, null))
  }`

/** `import.meta` takes a realm for every op. */
const SHARED = WALK.replace(', import.meta]', ']')

const CONTRACT = `${IMPORTS}
  async function look (tx, op, ack) { ${SHARED}\n${DESCRIBE}\nreturn lines }
  async function poison (tx, op, ack) { ${SHARED}\n${POISON}\nreturn taken }
  export const apply = { LOOK: look, POISON: poison }`

const step = async (source: string, op: string) => {
  const contract = await load(sandbox(), source)
  // In one realm all the time.
  expect(contractWarnings(source, RULES)).toEqual([])
  return result(await stepOver(sandbox(), contract, new MemorySource(), { op }))
}

describe('an op that tries to change everything', () => {
  it('leaves nothing of it to the ops after it, of its contract and of others', async () => {
    const before = (await step(CONTRACT, 'LOOK')) as string[]
    expect(before.length).toBeGreaterThan(300)
    for (let round = 0; round < 2; round++) {
      // What was its own it could change: the walk makes objects, and the op has some.
      expect(await step(CONTRACT, 'POISON')).toBeGreaterThan(10)
      expect(await step(CONTRACT, 'LOOK')).toEqual(before)
      const other = `${CONTRACT} // another one, after round ${round}`
      expect(await step(other, 'LOOK')).toEqual(before)
      const body =
        'return [[3, 1, 2].sort(), String([1]), JSON.stringify({ a: [...new Map([[1, 2]])] }), await 5]'
      expect(await evaluate(sandbox(), body)).toEqual([[1, 2, 3], '1', '{"a":[[1,2]]}', 5])
    }
  })
})
