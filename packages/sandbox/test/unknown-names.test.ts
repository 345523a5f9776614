// What a contract names that nobody has.
import { CURRENT_RULES } from '@vitra/log'
import { expect, it } from 'vitest'
import { Sandbox, unknownNames } from '../src/index.js'

const named = (source: string) =>
  unknownNames(source, CURRENT_RULES).map(({ name, line, column }) => `${name} ${line}:${column}`)

it('finds them where they are used first, and says what to use instead', () => {
  const source = `export const now = () => new Date(0)
export async function get({ url }) { return url ?? fetch(other) }
export const apply = { A() { return Date.now() + helper({ [key]: 1 }) } }`
  expect(named(source)).toEqual(['Date 1:30', 'fetch 2:52', 'other 2:58', 'helper 3:50', 'key 3:60'])
  const reasons = unknownNames(source, CURRENT_RULES).map(({ reason }) => reason)
  expect(reasons[0]).toBe('there is no `Date` in a contract: a clock; ack.ts is the time')
  expect(reasons[3]).toBe('there is no `helper` in a contract')
})

it('finds none in what declares, names properties or labels, or asks with typeof', async () => {
  const source = `import def, * as all from 'assert'
import { index as state } from 'contract'
var a = 1, { b, c: [d = a], ...rest } = { b: 2, c: [3] }
class K { #p = 1; fetch() { return this.#p } static Date = 1 }
export function process() { return new.target }
function f({ x }, y = x, ...z) { return [arguments.length, y, z, f.fetch, { fetch: 1, Date() {}, b }] }
const g = function named() { try { return named } catch (error) { return error } catch_: for (;;) break catch_ }
const h = typeof Date === 'undefined' ? undefined : NaN
export const apply = (tx, op, ack) => { let t = [def, all, state, d, rest, g, h, K, f]; return t.map((i) => i) && console.log(globalThis) }
export { f as Buffer }
`.replace('catch_:', '; catch_:')
  await using sandbox = await Sandbox.open()
  await sandbox.load(source, CURRENT_RULES)
  expect(named(source)).toEqual([])
})
