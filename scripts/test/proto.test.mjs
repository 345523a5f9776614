// The compiled messages keep every field, run without Node's Buffer and encode back to the same bytes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileProto } from '../proto.mjs'

const SCHEMA = `
syntax = "proto3";
enum Kind { NONE = 0; SOME = 1; }
message Inner { required bytes hash = 1; optional string name = 2; optional uint64 size = 3; }
message Outer {
  message Deep { required uint32 x = 1; }
  enum Mode { OFF = 0; ON = 1; }
  required Inner inner = 1;
  repeated uint64 sizes = 2;
  repeated Deep deeps = 3;
  required Mode mode = 4;
  repeated Kind kinds = 5;
  optional bool ok = 6;
  optional Inner other = 7;
}
`

// Inside the repository, so that the run-time package resolves.
mkdirSync('tmp', { recursive: true })
const folder = mkdtempSync(path.resolve('tmp/proto-'))
const compiled = compileProto(SCHEMA, 'try.proto')
let messages

beforeAll(async () => {
  writeFileSync(path.join(folder, 'try.generated.js'), compiled.js)
  writeFileSync(path.join(folder, 'try.generated.d.ts'), compiled.dts)
  messages = await import(pathToFileURL(path.join(folder, 'try.generated.js')).href)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inner = { hash: new Uint8Array([1, 2, 3]), name: null, size: null }
const outer = {
  inner,
  sizes: [0, Number.MAX_SAFE_INTEGER],
  deeps: [{ x: 0 }, { x: 2 ** 32 - 1 }],
  mode: 1,
  kinds: [1, 0],
  ok: null,
  other: null,
}

describe('a compiled schema', () => {
  it('round-trips nested, repeated, enum, optional, bytes and uint64 fields', () => {
    const bytes = messages.Outer.encode(outer)
    expect(bytes.constructor).toBe(Uint8Array)
    expect(bytes).toHaveLength(messages.Outer.encodingLength(outer))
    expect(messages.Outer.decode(bytes)).toEqual(outer)
  })

  it('takes no repeated field but an array, and never walks through what only has a length', () => {
    for (const list of [{ length: 2 ** 53 }, 'list', new Uint8Array(2), new Set([1]), 7]) {
      for (const field of ['sizes', 'deeps', 'kinds']) {
        const wrong = { ...outer, [field]: list }
        expect(() => messages.Outer.encode(wrong)).toThrow('array')
        expect(() => messages.Outer.encodingLength(wrong)).toThrow('array')
        expect(() => messages.Outer.encode(wrong, new Uint8Array(100), 0)).toThrow('array')
      }
    }
  })

  it.each([
    ['absent', {}],
    ['empty or zero', { name: '', size: 0 }],
  ])('encodes a decoded message to the same bytes when its optional fields are %s', (_title, optional) => {
    const bytes = messages.Inner.encode({ hash: inner.hash, ...optional })
    expect(messages.Inner.encode(messages.Inner.decode(bytes))).toEqual(bytes)
  })

  it('exports enums, nested ones on their message', () => {
    expect([messages.Kind, messages.Outer.Mode]).toEqual([
      { NONE: 0, SOME: 1 },
      { OFF: 0, ON: 1 },
    ])
  })

  it('refuses a message without a required field', () => {
    expect(() => messages.Inner.encode({})).toThrow('hash is required')
  })

  it.each([
    ['a map', 'message M { map<string, uint32> counts = 1; }'],
    ['a oneof', 'message M { oneof one { uint32 a = 1; uint32 b = 2; } }'],
  ])('refuses %s', (_title, text) => {
    expect(() => compileProto(`syntax = "proto3";\n${text}`, 'bad.proto')).toThrow('bad.proto: M.')
  })

  it('has declarations that accept right uses and refuse wrong ones', () => {
    const use = (code) => {
      const file = path.join(folder, 'use.ts')
      writeFileSync(file, `import { Inner, Outer } from './try.generated.js'\n${code}\n`)
      const options = {
        strict: true,
        noEmit: true,
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2023,
        types: [],
      }
      return ts.getPreEmitDiagnostics(ts.createProgram([file], options)).map(({ code }) => code)
    }
    const right =
      'const name: string | null = Inner.decode(Inner.encode({ hash: new Uint8Array() })).name\nOuter.Deep.encode({ x: Outer.Mode.ON })\n'
    expect(use(`${right}export { name }`)).toEqual([])
    expect(use("export const bytes = Inner.encode({ hash: 'text' })")).toEqual([2322])
  }, 240_000)
})
