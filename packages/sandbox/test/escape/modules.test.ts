// Attacks with the module system: names of the driver's own modules, imports at run time, exports with names that mean
// something to the host (spec/4-execution §2, spec/6-determinism §5).
import { describe, expect, it } from 'vitest'
import { ContractError, ContractLoadError } from '../../src/index.js'
import { call, MemorySource, stepOver } from '../helpers.js'
import { failed, load, result, useSandbox } from './attack.js'

const sandbox = useSandbox()
const APPLY = 'export function apply () {}'

async function refusal(source: string): Promise<[code: string, message: string]> {
  try {
    await load(sandbox(), source)
  } catch (error) {
    if (error instanceof ContractLoadError) return [error.code, error.message]
    throw error
  }
  return ['loaded', '']
}

describe('imports that are refused', () => {
  it.each([
    ["import * as link from 'vitra:link'"],
    ["import { clean } from 'vitra:link'"],
    ["import { accept } from 'vitra:link'; accept({})"],
    ["import 'vitra:link'"],
    ["import tail from 'vitra:tail'"],
    ["import { index } from 'vitra:early/contract'"],
    ["import * as self from 'contract.js'"],
    ["import * as self from './contract.js'"],
    ["import * as driver from 'driver.js'"],
    ["export * from 'vitra:link'"],
    ["export { clean } from 'vitra:link'"],
    ["export * as link from 'vitra:link'"],
    ["import fs from 'fs'"],
    ["import fs from 'node:fs'"],
    ["import ivm from 'isolated-vm'"],
    ["import x from '__proto__'"],
    ["import x from 'constructor'"],
    ["import x from 'toString'"],
    ["import x from 'data:text/javascript,export default 1'"],
    ["import x from 'file:///etc/passwd'"],
    ["import x from ''"],
    ["import x from 'vitra:contract'"],
    ["import { index as x } from 'contract '"],
    ["import { constructor } from 'contract'"],
    ["import { __proto__ } from 'util'"],
    ["import { cleanCaught } from 'assert'"],
    ["import contract from 'contract'"],
    ["import x from 'contract' with { type: 'json' }"],
    ["export { default } from 'contract'"],
    ["export { nothing } from 'util'"],
  ])('%s', async (text) => {
    const [code, message] = await refusal(`${text}\n${APPLY}`)
    expect(code).toMatch(/^CONTRACT_(LOAD|SYNTAX)$/)
    expect(message).toMatch(/^contract\.js:1:\d+: /)
  })

  it.each([
    ["export async function apply () { return import('contract') }"],
    ["export function apply () { return import('vitra:link') }"],
    ['export function apply () { return import.meta.url }'],
    ['export function apply () { return new.target === import.meta }'],
    ["await import('data:text/javascript,1'); export function apply () {}"],
    ["export default import('fs'); export function apply () {}"],
    ['export async function apply () { return import(import.meta.url) }'],
    ['export function apply () { return import.source("x") }'],
    ['with (globalThis) {} export function apply () {}'],
    ['export function apply () { return arguments.callee.caller }; var arguments'],
    ['export function apply () {}; delete apply'],
    ['export function apply () { return 010 }'],
    ['<!-- comment\nexport function apply () {}'],
    ['#!/bin/sh\nexport function apply () { return /(?i:a)/ }'],
    ['export function apply () { using x = null }'],
    ['@decorated export class A {} export function apply () {}'],
    ['export { apply } from "contract"'],
    ['export { index as apply } from "nowhere"'],
  ])('%s', async (source) => {
    const [code] = await refusal(source)
    if (source.includes('import.meta')) expect(code).toMatch(/^(CONTRACT_LOAD|CONTRACT_SYNTAX|loaded)$/)
    else expect(code).toMatch(/^CONTRACT_(LOAD|SYNTAX|NO_APPLY)$/)
  })

  it('import.meta holds nothing', async () => {
    const source =
      'export function apply () { return [Reflect.ownKeys(import.meta).map(String), Object.getPrototypeOf(import.meta) === null, typeof import.meta.url, typeof import.meta.resolve] }'
    expect(await resultOf(source)).toEqual([[], true, 'undefined', 'undefined'])
  })
})

async function resultOf(source: string, op: unknown = {}): Promise<unknown> {
  const contract = await load(sandbox(), source)
  return result(await stepOver(sandbox(), contract, new MemorySource(), op))
}

describe('names that an instrumented source uses', () => {
  it.each([
    [
      '$clean',
      'const $clean = 5; export function apply () { try { null.x } catch (error) { return [$clean, error.message] } }',
      [5, ''],
    ],
    [
      '$clean_',
      'const $clean = 5, $clean_ = 6; export function apply () { try { null.x } catch (error) { return [$clean_, error.message] } }',
      [6, ''],
    ],
    [
      '$cleanraw',
      'export function apply () { const $cleanraw = 7; try { null.x } catch ({ message }) { return [$cleanraw, message] } }',
      [7, ''],
    ],
    [
      'a name in Unicode escapes',
      'const \\u0024clean = 5; export function apply () { try { null.x } catch (error) { return [$clea\\u006e, error.message] } }',
      [5, ''],
    ],
    [
      'a shadow of undefined',
      'export function apply (undefined) { try { null.x } catch (error) { return error.message } }',
      '',
    ],
    [
      'a catch in a default',
      'export function apply (tx, op, ack, a = (() => { try { null.x } catch (e) { return e.message } })()) { return a }',
      '',
    ],
    [
      'a catch in a class field',
      'export function apply () { return new (class { a = (() => { try { null.x } catch (e) { return e.message } })() })().a }',
      '',
    ],
    [
      'a catch in a static block',
      'class A { static said; static { try { null.x } catch (e) { A.said = e.message } } } export function apply () { return A.said }',
      '',
    ],
    [
      'a catch in a template',
      'export function apply () { return `$' +
        '{(() => { try { null.x } catch (e) { return e.message } })()}` }',
      '',
    ],
    [
      'a catch in a catch',
      'export function apply () { try { null.x } catch (a) { try { null.y } catch (b) { return a.message + b.message } } }',
      '',
    ],
    [
      'a parameter that the block redeclares with var',
      'export function apply () { try { null.x } catch (e) { var e = 5; return e } }',
      5,
    ],
    [
      'a parameter that a closure in a pattern sees',
      'export function apply () { try { null.x } catch ({ constructor: { name }, a = () => name }) { return a() } }',
      'TypeError',
    ],
    [
      'a comment between catch and block',
      'export function apply () { try { null.x } catch (e) /* } */ { return e.message } }',
      '',
    ],
    [
      'a line that begins with a bracket',
      'export function apply () { try { null.x } catch (e)\n{\n[1].map((n) => n)\nreturn e.message } }',
      '',
    ],
    [
      'a source that ends in a comment',
      'export function apply () { try { null.x } catch (e) { return e.message } } // end',
      '',
    ],
    [
      'a source that ends without a semicolon',
      'export function apply () { try { null.x } catch (e) { return e.message } }; const f = function () {}',
      '',
    ],
  ])('%s', async (_, source, expected) => {
    expect(await resultOf(source)).toEqual(expected)
  })

  it.each([
    'clean',
    'accept',
    '$clean',
    'fuel',
    'charge',
    'link',
    'vitra',
    'freeze',
    'enter',
    '$vitra',
    '$host',
    '$fuel',
    '$charge',
  ])('a contract does not see %s', async (name) => {
    expect(
      await resultOf(
        `export function apply () { try { for (let n = 0; n < 2; n++); null.x } catch (error) { return typeof ${name} } }`,
      ),
    ).toBe('undefined')
  })
})

describe('names of exports', () => {
  const NAMES = [
    '__proto__',
    'constructor',
    'then',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'toJSON',
    'length',
    'name',
    'prototype',
  ]

  it.each(NAMES)('a method named %s is a method like any other', async (name) => {
    const contract = await load(
      sandbox(),
      `function own () { return 'own' }\nexport { own as ${name} }\n${APPLY}`,
    )
    expect(contract.methods.map((method) => method.name)).toEqual([name])
    expect((await call(contract, name)).response).toBe('own')
    expect(await contract).toBe(contract)
  })

  it.each([...NAMES, '', '$vitra', 'apply\0'])(
    'a method %j that is not exported is not there',
    async (name) => {
      const contract = await load(sandbox(), APPLY)
      await expect(call(contract, name)).rejects.toBeInstanceOf(ContractError)
    },
  )

  it('a method may be named by any text', async () => {
    const contract = await load(
      sandbox(),
      `function own () { return 'own' }\nexport { own as 'a b\\n"$' }\n${APPLY}`,
    )
    expect((await call(contract, 'a b\n"$')).response).toBe('own')
  })

  it.each([
    ['apply and process are no methods', `export function process () {}\n${APPLY}`, []],
    ['a default export is none', `export default function own () {}\n${APPLY}`, []],
    [
      'what a module offers is none but what it is',
      `export { index, listOplogs } from 'contract'\n${APPLY}`,
      ['listOplogs'],
    ],
    ['a value is none', `export const a = 1, b = {}, c = class {}\n${APPLY}`, ['c']],
    ['a later function is one', `export let a\na = () => 1\n${APPLY}`, ['a']],
  ])('%s', async (_, source, expected) => {
    expect((await load(sandbox(), source)).methods.map(({ name }) => name)).toEqual(expected)
  })

  it('an export that changes its mind is judged at each run', async () => {
    const source = `export let apply = (tx) => { apply = () => 'second'; later = () => 'later'; return 'first' }\nexport let later = 5`
    const contract = await load(sandbox(), source)
    for (let n = 0; n < 2; n++)
      expect(result(await stepOver(sandbox(), contract, new MemorySource(), {}))).toBe('first')
    expect(contract.methods).toEqual([])
  })

  it('apply that is a thenable record is still a record', async () => {
    expect(
      await resultOf('export const apply = { then () { return 1 }, X () { return 2 } }', { op: 'X' }),
    ).toBe(2)
  })

  it('a namespace as apply is a record of its own functions', async () => {
    const source = `import * as util from 'util'\nexport { util as apply }`
    expect(await resultOf(source, { op: 'genUUID' })).toMatch(/^[0-9a-f-]{36}$/)
    expect(await resultOf(source, { op: 'nothing' })).toEqual(
      failed('no-handler', 'apply has no handler for the op'),
    )
  })
})

describe('evaluation', () => {
  it.each([
    ['throws', 'throw new Error("at load")', 'CONTRACT_LOAD'],
    ['throws a proxy', 'throw new Proxy({}, { get () { throw 1 } })', 'CONTRACT_LOAD'],
    ['throws what looks like the end of evaluation', 'throw "vitra:1:1"', 'CONTRACT_LOAD'],
    ['never ends to await', 'await new Promise(() => {})', 'CONTRACT_LOAD'],
    ['reads what is not there', 'nowhere', 'CONTRACT_LOAD'],
    ['reads its own export too early', 'own; export const own = 1', 'CONTRACT_LOAD'],
  ])('that %s is refused', async (_, code, expected) => {
    expect((await refusal(`${code}\n${APPLY}`))[0]).toBe(expected)
  })

  it('cannot call what is offered to ops', async () => {
    const source = `import { index, listOplogs, oplog } from 'contract'
      import { genUUID } from 'util'
      const said = []
      for (const [name, use] of [['index', () => index.get('/a')], ['list', () => index.list('/')], ['oplogs', () => listOplogs()],
        ['length', () => oplog.getLength()], ['pubkey', () => oplog.pubkey], ['uuid', () => genUUID()]]) {
        try { await use(); said.push(name) } catch (error) { said.push(error.message.includes('being loaded')) }
      }
      export function apply () { return said }`
    expect(await resultOf(source)).toEqual(Array(6).fill(true))
  })
})
