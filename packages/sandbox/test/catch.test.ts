// What engines say stays out of state (spec/6-determinism §3): in `catch`, in rejections, and told in the right place.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { call, evaluate, RULES } from './helpers.js'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

describe('an error of the engine', () => {
  it.each([
    ['catch', 'try { null.x } catch (error) { seen(error) }'],
    ['catch after await', 'try { await (async () => null.x)() } catch (error) { seen(error) }'],
    ['a handler', 'await (async () => null.x)().catch(seen)'],
    ['the second argument of then', 'await (async () => null.x)().then(null, seen)'],
    [
      'a handler of a thenable job',
      'await new Promise((resolve) => resolve((async () => null.x)())).catch(seen)',
    ],
    ['allSettled', 'seen((await Promise.allSettled([(async () => null.x)()]))[0].reason)'],
    ['any', 'try { await Promise.any([(async () => null.x)()]) } catch (error) { seen(error.errors[0]) }'],
    ['finally', 'try { await (async () => null.x)().finally(() => {}) } catch (error) { seen(error) }'],
    [
      'for await',
      'try { for await (const x of (async function * () { null.x })()) {} } catch (error) { seen(error) }',
    ],
    ['a generator', 'try { (function * () { null.x })().next() } catch (error) { seen(error) }'],
    [
      'a subclass of Promise',
      'class Own extends Promise {}\nawait Own.resolve().then(() => null.x).catch(seen)',
    ],
    ['a nested catch', 'try { try { null.x } catch (inner) { throw inner } } catch (outer) { seen(outer) }'],
    ['the driver', 'try { tx.setContractSource(null.x) } catch (error) { seen(error) }'],
  ])('shows only its class: %s', async (_, body) => {
    const code = `const found = []
      const seen = (error) => { found.push([error instanceof TypeError, error.name, error.message, String(error), Object.keys(error), error.stack ?? null, Reflect.ownKeys(error)]) }
      ${body}
      return found`
    expect(await evaluate(sandbox, code)).toEqual([
      [true, 'TypeError', '', 'TypeError', [], null, ['message']],
    ])
  })

  it.each([
    ['catch ({ message }) { return [message] }', ['']],
    ['catch ({ message: m = "none", constructor: { name } }) { return [m, name] }', ['', 'TypeError']],
    [
      'catch ({ message,\n name = [\n1] }) // note\n { const other = name; return [message, other] }',
      ['', 'TypeError'],
    ],
    ['catch ([first]) { return [first] }', { failed: 'engine', message: 'TypeError' }],
    ['catch { return ["none bound"] }', ['none bound']],
    ['catch (error) { var error = 5; return [error] }', [5]],
    ['catch (error) { error = 6; return [error] }', [6]],
    ['catch ({ message = outer }) { let outer = 1; return [message, outer] }', ['', 1]],
  ])('try { null.x } %s', async (clause, expected) => {
    expect(await evaluate(sandbox, `const outer = 'o'\ntry { null.x } ${clause}`)).toEqual(expected)
  })

  it("is still the same error, and still the engine's", async () => {
    expect(await evaluate(sandbox, 'try { null.x } catch (error) { throw error }')).toEqual({
      failed: 'engine',
      message: 'TypeError',
    })
    const code =
      'let a\nconst p = (async () => null.x)()\ntry { await p } catch (error) { a = error }\ntry { await p } catch (error) { return a === error }'
    expect(await evaluate(sandbox, code)).toBe(true)
  })
})

describe('an error of the contract', () => {
  it('shows what the contract put there', async () => {
    const code = `const found = []
      try { throw Object.assign(new RangeError('own'), {detail: 1}) } catch (error) { found.push([error.message, error.detail]) }
      await Promise.reject(new Error('rejected')).catch((error) => found.push(error.message))
      try { throw 'text' } catch (error) { found.push(error) }
      try { throw {message: 'plain', stack: undefined} } catch ({ message }) { found.push(message) }
      try { tx.put('x', 1) } catch (error) { found.push(error.message) }
      return found`
    expect(await evaluate(sandbox, code)).toEqual([
      ['own', 1],
      'rejected',
      'text',
      'plain',
      '"x" is not a path: a path starts with "/"',
    ])
  })
})

describe('then', () => {
  it('passes on everything else as it is', async () => {
    const code = `const found = [await Promise.resolve(1).then(), await Promise.resolve(2).then(5, 6), Promise.prototype.then.name]
      await Promise.reject(3).then(null, undefined).catch((reason) => found.push(reason))
      try { Promise.prototype.then.call({}) } catch (error) { found.push(error.name) }
      return found`
    expect(await evaluate(sandbox, code)).toEqual([1, 2, 'then', 3, 'TypeError'])
  })
})

describe('places', () => {
  it('are those of the author, whatever was put in', async () => {
    const source = `export function bad () {
  try { null.x } catch (error) { throw new Error('same line') }
}
export function pattern () {
  try { null.x } catch ({ message }) { throw new Error(message) }
}
export function after () {
  try { null.x } catch (error) {
    throw new Error('next line') }
}
export function said () { try { null.x } catch (error) { return error.message } }
export function apply () {}`
    const contract = await sandbox.load(source, RULES)
    await expect(call(contract, 'bad')).rejects.toMatchObject({ line: 2, column: 40, message: 'same line' })
    await expect(call(contract, 'pattern')).rejects.toMatchObject({ line: 5, column: 46 })
    await expect(call(contract, 'after')).rejects.toMatchObject({ line: 9, column: 11 })
    expect((await call(contract, 'said')).response).toMatch(/null/)
    expect(contract.source).toBe(source)
  })

  it('survive a source that uses the name', async () => {
    expect(
      await evaluate(
        sandbox,
        'const $clean = 1, $clean_ = 2\ntry { null.x } catch (error) { return [$clean, $clean_, error.message] }',
      ),
    ).toEqual([1, 2, ''])
  })
})
