// The permits table against the realm that a contract really gets: the walk is code of a contract (spec/6-determinism §2).
import { beforeAll, describe, expect, it } from 'vitest'
import { type EngineBinaries, engineName, Sandbox } from '../src/index.js'
import { namesOf, PERMITS, permittedNames } from '../src/realm/permits/index.js'
import { evaluate } from './helpers.js'

/** Everything that a contract reaches by own keys, prototypes, accessors and syntax: path, whether a function, frozen, keys. */
const WALK = `
  const seen = new Map()
  const found = []
  const keyName = (key) => typeof key === 'symbol' ? '@@' + key.description.replace('Symbol.', '') : key
  const visit = (object, path) => {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) return
    seen.set(object, path)
    found.push([object, path])
  }
  const { getPrototypeOf } = Object
  const generator = getPrototypeOf(function * () {})
  const asyncGenerator = getPrototypeOf(async function * () {})
  const asyncFunction = getPrototypeOf(async () => {})
  visit(globalThis, 'globalThis')
  visit(getPrototypeOf(globalThis), '%GlobalPrototype%')
  visit(Object.prototype, 'Object.prototype')
  visit(Function.prototype, 'Function.prototype')
  visit(getPrototypeOf([][Symbol.iterator]()), '%ArrayIteratorPrototype%')
  visit(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), '%IteratorPrototype%')
  visit(getPrototypeOf(new Map().keys()), '%MapIteratorPrototype%')
  visit(getPrototypeOf(new Set().keys()), '%SetIteratorPrototype%')
  visit(getPrototypeOf(''[Symbol.iterator]()), '%StringIteratorPrototype%')
  visit(getPrototypeOf(''.matchAll(/a/g)), '%RegExpStringIteratorPrototype%')
  visit(generator, '%GeneratorFunction.prototype%')
  visit(generator.constructor, '%GeneratorFunction%')
  visit(generator.prototype, '%GeneratorPrototype%')
  visit(asyncGenerator, '%AsyncGeneratorFunction.prototype%')
  visit(asyncGenerator.constructor, '%AsyncGeneratorFunction%')
  visit(asyncGenerator.prototype, '%AsyncGeneratorPrototype%')
  visit(getPrototypeOf(asyncGenerator.prototype), '%AsyncIteratorPrototype%')
  visit(asyncFunction, '%AsyncFunction.prototype%')
  visit(asyncFunction.constructor, '%AsyncFunction%')
  visit(getPrototypeOf(Int8Array), '%TypedArray%')
  const result = []
  for (let n = 0; n < found.length; n++) {
    const [object, path] = found[n]
    visit(getPrototypeOf(object), path + '.[[Prototype]]')
    const keys = Reflect.ownKeys(object)
    let open = Object.isFrozen(object) ? 'frozen' : 'open'
    for (const key of keys) {
      const own = path === 'globalThis' ? keyName(key) : path + '.' + keyName(key)
      const { value, get, set, writable } = Reflect.getOwnPropertyDescriptor(object, key)
      if (writable) open = 'open'
      visit(value, own)
      visit(get, own + ' (get)')
      visit(set, own + ' (set)')
      if (get !== undefined) { try { visit(object[key], own) } catch {} }
    }
    result.push([path, typeof object, open, keys.map(keyName).sort()])
  }
  return result`

type Found = [path: string, type: string, open: string, keys: string[]]

// As in engines.test.ts: VITRA_ENGINES names the others of this machine.
const engines: EngineBinaries = JSON.parse(process.env.VITRA_ENGINES ?? '{}')
const own = engineName(process.versions.v8)!

describe.each([own, ...Object.keys(engines).filter((name) => name !== own)])(
  'the realm of a contract, under %s',
  (engine) => {
    let found: Found[]
    beforeAll(async () => {
      await using sandbox = await Sandbox.open({ engine, engines })
      expect(sandbox.engine).toBe(engine)
      found = (await evaluate(sandbox, WALK)) as Found[]
    })

    it('holds every object of the table, with the names listed and no other', () => {
      const expected = Object.entries(PERMITS).map(([path, permit]) => [path, permit] as const)
      const rows = new Map(found.map((row) => [row[0], row]))
      const problems: unknown[] = []
      for (const [path, permit] of expected) {
        const row = rows.get(path)
        const names = permittedNames(permit, row?.[1] === 'function').sort()
        if (row === undefined || String(row[3]) !== String([...new Set(names)].sort()))
          problems.push([
            path,
            row?.[3].filter((name) => !names.includes(name)),
            names.filter((name) => !row?.[3].includes(name)),
          ])
      }
      expect(problems).toEqual([])
    })

    it('holds nothing else but functions, which have a name and a length', () => {
      const unlisted = found.filter(([path]) => PERMITS[path] === undefined)
      expect(unlisted.length).toBeGreaterThan(300)
      expect(
        unlisted.filter(([, type, , keys]) => type !== 'function' || String(keys) !== 'length,name'),
      ).toEqual([])
    })

    it('is frozen throughout', () => {
      expect(found.filter(([, , open]) => open !== 'frozen').map(([path]) => path)).toEqual([])
    })
  },
)

describe('the table', () => {
  it.each(Object.entries(PERMITS))(
    '%s lists no name twice, and gives a reason for what goes',
    (_, permit) => {
      const reasons = { ...permit.replace, ...permit.remove }
      const changed = Object.keys(reasons).flatMap(namesOf)
      const all = [...namesOf(permit.keep), ...changed]
      expect(new Set(all).size).toBe(all.length)
      expect(Object.values(reasons).filter((reason) => reason.length < 4)).toEqual([])
      const stay = permittedNames(permit, false)
      expect(namesOf(permit.assignable).filter((name) => !stay.includes(name))).toEqual([])
    },
  )
})
