/** spec/vectors/proof-fraud.json: what every checker of fraud proofs has to agree with, checked here by this one. */
import { readFileSync } from 'node:fs'
import { CURRENT_RULES, sodiumCrypto } from '@vitra/log'
import { proofToJson } from '@vitra/log/proofs'
import { engineName, Sandbox } from '@vitra/sandbox'
import { check as checkAnywhere, decodeProof, encodeProof, proofFromJson } from '@vitra/verifier'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useGuests } from './guests.js'

useGuests()

interface Vector {
  readonly comment: string
  readonly key: Uint8Array
  readonly bytes: Uint8Array
  /** What the check takes besides the proof: a sandbox, or the layout of an index. */
  readonly takes?: 'sandbox' | 'layout'
}

interface Shown extends Vector {
  readonly code: string
  readonly block?: number
  readonly seq?: number
  readonly json?: string
}

interface VectorFile {
  readonly valid: Shown[]
  readonly invalid: Vector[]
  /** They lack something, and accuse nobody. */
  readonly inconclusive: Vector[]
  readonly malformed: { readonly comment: string; readonly bytes: Uint8Array; readonly reason: string }[]
}

/** The engine that the batch records of the vectors name. */
const ENGINE = 'v8-11.3'
const isItsEngine = engineName(process.versions.v8) === ENGINE

const file: VectorFile = JSON.parse(
  readFileSync(new URL('../../../spec/vectors/proof-fraud.json', import.meta.url), 'utf8'),
  (_, value) => (typeof value?.$hex === 'string' ? new Uint8Array(Buffer.from(value.$hex, 'hex')) : value),
)

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

/** Codes of a check with a sandbox and of one without. */
async function codesOf({ bytes, key }: Vector): Promise<{ here: string; alone: string }> {
  const alone = await checkAnywhere(bytes, { pubkey: key, crypto: sodiumCrypto })
  const here = await check(bytes, { pubkey: key, sandbox })
  return { here: here.code, alone: alone.code }
}

it.runIf(isItsEngine)(
  'the guest of a second look is ended, needed or not, and one that fails accuses nobody',
  async () => {
    const all = [...file.valid, ...file.invalid].filter(({ takes }) => takes === 'sandbox')
    expect(all.length).toBeGreaterThan(3)
    for (const { bytes, key, comment } of [all[0]!, all.at(-1)!]) {
      const opened: Sandbox[] = []
      const openEngine = async (engine: string) => {
        opened.push(await Sandbox.open({ engine }))
        return opened[0]!
      }
      const { code } = await check(bytes, { pubkey: key, sandbox, openEngine })
      expect(code, comment).toBe((await check(bytes, { pubkey: key, sandbox })).code)
      expect(opened).toHaveLength(1)
      await expect(opened[0]!.load('export const apply = {}', CURRENT_RULES)).rejects.toMatchObject({
        code: 'SANDBOX_CLOSED',
      })
      const failing = () => Promise.reject(new Error('no room'))
      const failed = await check(bytes, { pubkey: key, sandbox, openEngine: failing })
      expect(['inconclusive', code]).toContain(failed.code)
      expect(failed.code).not.toBe('proved')
    }
  },
)

describe('a fraud proof holds:', () => {
  it.each(file.valid)('$comment', async ({ code, block, seq, json, ...vector }) => {
    const { bytes, key, takes } = vector
    expect(await codesOf(vector)).toEqual({
      // A doubt is looked at again under the engine that was recorded, where that one is installed.
      here: takes !== 'sandbox' || isItsEngine ? 'proved' : expect.stringMatching(/^(proved|inconclusive)$/),
      alone: takes === undefined ? 'proved' : 'needs-runner',
    })
    const { proves } = await check(bytes, { pubkey: key, sandbox })
    if (proves !== null) {
      const at = { ...(block === undefined ? {} : { block }), ...(seq === undefined ? {} : { seq }) }
      expect(proves).toMatchObject({ kind: 'fraud', violation: { code, at } })
    }
    const proof = decodeProof(bytes)
    expect(encodeProof(proof)).toEqual(bytes)
    if (json !== undefined) {
      expect(proofFromJson(JSON.parse(json))).toEqual(proof)
      expect(proofToJson(proof)).toEqual(JSON.parse(json))
    }
  })

  it('for every code that blocks can show', () => {
    expect([...new Set(file.valid.map(({ code }) => code))].sort()).toMatchInlineSnapshot(`
      [
        "batch-not-cut",
        "genesis-invalid",
        "head-inside-batch",
        "limit-exceeded",
        "non-canonical-index",
        "not-a-participant",
        "op-invented",
        "op-repeated",
        "op-skipped",
        "record-invalid",
        "run-invalid",
        "time-backwards",
        "unprompted-change",
        "wrong-changes",
        "wrong-outcome",
      ]
    `)
  })
})

describe('a fraud proof shows nothing:', () => {
  it.each(file.invalid)('$comment', async (vector) => {
    const refused = expect.stringMatching(/^(not-proved|other-database)$/)
    const open = vector.takes === 'sandbox' && !isItsEngine
    expect(await codesOf(vector)).toEqual({
      here: open ? expect.stringMatching(/^(not-proved|inconclusive)$/) : refused,
      alone: vector.takes === undefined ? refused : 'needs-runner',
    })
  })
})

describe('a fraud proof lacks something:', () => {
  it.each(file.inconclusive)('$comment', async (vector) => {
    const alone = vector.takes === undefined ? 'inconclusive' : 'needs-runner'
    expect(await codesOf(vector)).toEqual({ here: 'inconclusive', alone })
  })
})

describe('no fraud proof:', () => {
  it.each(file.malformed)('$comment', ({ bytes, reason }) => {
    expect(() => decodeProof(bytes)).toThrow(expect.objectContaining({ code: reason }))
  })
})
