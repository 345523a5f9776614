/** Checks of proofs run in a browser: `@vitra/verifier` with a crypto of plain JavaScript, without Node. */
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { gzipSync } from 'node:zlib'
import { toHex } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { encodeProof, type Verdict } from '@vitra/verifier'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random, TemporaryFolder } from '../src/index.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import type { ValidProof } from './proof-mutations.js'
import { validFraudProofs } from './valid-proofs.js'

useGuests()

/** Compressed size that a page pays for checks of every kind of proof, the crypto included; raise it knowingly. */
const GZIP_BYTES_MAX = 54_000

/** What is run in a realm that has nothing but the language: an entry for the page of somebody who checks proofs. */
const PAGE = `
import { check } from '@vitra/verifier'
import { nobleCrypto } from '@vitra/log/proofs/noble'
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
globalThis.judge = (hex, pubkey) => check(bytes(hex), { pubkey, crypto: nobleCrypto })
`

let folder: TemporaryFolder
let valid: ValidProof[]
let code: string
let inputs: string[]
let external: string[]

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await writeHonestHistory(folder.at('honest'))
  await using sandbox = await Sandbox.open()
  valid = await validFraudProofs(folder.at('honest'), sandbox)
  const { outputFiles, metafile } = await build({
    stdin: { contents: PAGE, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@vitra/source'],
  })
  code = outputFiles[0]!.text
  inputs = Object.keys(metafile.inputs)
  external = Object.values(metafile.inputs).flatMap((input) =>
    input.imports.filter((item) => item.external).map((item) => item.path),
  )
})
afterAll(() => folder[Symbol.asyncDispose]())

function judge({ proof, key }: ValidProof, change: (hex: string) => string = (hex) => hex): Promise<Verdict> {
  const realm = vm.createContext({ TextEncoder })
  vm.runInContext(code, realm)
  return (realm.judge as (hex: string, pubkey: string) => Promise<Verdict>)(
    change(toHex(encodeProof(proof))),
    toHex(key),
  )
}

describe('a page', () => {
  it('needs no Node module, nothing native and no sandbox for it, and little code', () => {
    expect(external).toEqual([])
    expect(inputs.filter((file) => /node:|sodium|hyper(bee|core)|rocksdb|acorn|\.node$/.test(file))).toEqual(
      [],
    )
    expect(inputs.length).toBeGreaterThan(20)
    expect(gzipSync(code).length).toBeLessThan(GZIP_BYTES_MAX)
    expect(gzipSync(code).length).toBeGreaterThan(GZIP_BYTES_MAX / 2) // nothing was shaken out
  })

  it('finds every fraud proved that takes no contract to be run, and says of the others that they do', async () => {
    const takesContract = ['wrong-changes', 'wrong-outcome', 'non-canonical-index']
    for (const one of valid) {
      if (one.proof.kind !== 'fraud') continue
      const { code: violation } = one.proof.accusation
      const verdict = await judge(one)
      if (verdict.ok) expect(verdict.proves).toMatchObject({ kind: 'fraud', violation: { code: violation } })
      else {
        expect(verdict.code).toBe('needs-runner')
        expect(takesContract).toContain(violation)
      }
    }
    expect(valid.length).toBeGreaterThan(13)
  })

  it('finds nothing proved by a proof that was changed', async () => {
    const random = new Random(3)
    const [one] = valid
    for (let n = 0; n < 20; n++) {
      const verdict = await judge(one!, (hex) => {
        const at = 2 * random.below(hex.length / 2)
        const byte = (Number.parseInt(hex.slice(at, at + 2), 16) ^ (1 + random.below(255))).toString(16)
        return hex.slice(0, at) + byte.padStart(2, '0') + hex.slice(at + 2)
      })
      expect(verdict.ok).toBe(false)
    }
  })
})
