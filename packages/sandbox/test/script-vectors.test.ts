// spec/vectors/scripts.json: what another implementation of spec/10-scripts has to agree with, fuel included.
import { readFileSync } from 'node:fs'
import { compileScript } from '@vitra/contract-sdk/script'
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Sandbox } from '../src/index.js'
import { MemorySource, stepOver } from './helpers.js'
import { SCRIPT_RULES } from './scripts.js'

interface Vector {
  readonly comment: string
  readonly script: string
  readonly contract: string
  readonly calls: readonly { readonly by: string; readonly op: unknown }[]
}

const FILE = new URL('../../../spec/vectors/scripts.json', import.meta.url)
const { ts, seq, vectors } = JSON.parse(readFileSync(FILE, 'utf8'), (_, value) =>
  typeof value?.$hex === 'string' ? new Uint8Array(Buffer.from(value.$hex, 'hex')) : value,
) as { ts: number; seq: number; vectors: Vector[] }

describe('scripts', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await Sandbox.open()
  })
  afterAll(() => sandbox.close())

  it.each(vectors)('$comment', async ({ script, contract: source, calls }) => {
    expect(compileScript(script)).toBe(source)
    const contract = await sandbox.load(source, SCRIPT_RULES)
    const state = new MemorySource()
    for (const { by, op, ...expected } of calls) {
      const signer = new Uint8Array(Buffer.from(by, 'hex'))
      const how = {
        ts,
        seq,
        signer,
        oplog: signer,
        rules: SCRIPT_RULES,
        deriveOplog: (key: Uint8Array) => key,
      }
      const { outcome, changes } = await stepOver(sandbox, contract, state, op, how)
      state.apply(changes)
      const { kind, code, message, value, fuel } = outcome
      expect({
        kind,
        ...(code === undefined ? {} : { code, message }),
        ...(value === undefined ? {} : { value: decodeValue(value) }),
        fuel,
        changes: changes.map((one) => (one.value === null ? [one.path] : [one.path, decodeValue(one.value)])),
      }).toEqual(expected)
    }
  })
})
