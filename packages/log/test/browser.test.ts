/** `@vitra/log/proofs`, its `/noble` and `@vitra/log/values` run in a browser: no Node module, nothing native, little code. */
import { createRequire } from 'node:module'
import vm from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'
import {
  type BlocksProof,
  type Crypto,
  checkBlocks,
  encodeValue,
  proofSource,
  proveInclusion,
  sodiumCrypto,
} from '../src/index.js'
import { createLog, text } from './helpers.js'

/** Compressed size that a page pays, in bytes; raise it knowingly. */
const GZIP_BYTES_MAX = { proofs: 26_000, 'proofs/noble': 20_000, values: 12_000 }

/** Their sources. */
const ENTRIES = {
  proofs: 'src/proofs/index.ts',
  'proofs/noble': 'src/proofs/noble.ts',
  values: 'src/values/index.ts',
}
type Entry = keyof typeof ENTRIES

async function bundle(entry: Entry): Promise<{ code: string; metafile: Metafile }> {
  const result = await build({
    entryPoints: [new URL(`../${ENTRIES[entry]}`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'bundled',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@vitra/source'],
  })
  return { code: result.outputFiles[0]!.text, metafile: result.metafile }
}

/** A realm with nothing but the language and what is given. */
function realm(code: string, globals: object = {}): vm.Context {
  const context = vm.createContext(globals)
  vm.runInContext(code, context)
  return context
}

describe.each(Object.keys(ENTRIES) as Entry[])('@vitra/log/%s', (entry) => {
  it('needs no Node module and nothing native', async () => {
    const { metafile } = await bundle(entry)
    const inputs = Object.keys(metafile.inputs)
    expect(inputs.length).toBeGreaterThan(3)
    expect(inputs.filter((file) => /node:|sodium|hyper|rocksdb|\.node$/.test(file))).toEqual([])
    const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
    expect(imports.filter((item) => item.external)).toEqual([])
  })

  it('stays small', async () => {
    const { code } = await bundle(entry)
    expect(gzipSync(code).length).toBeLessThan(GZIP_BYTES_MAX[entry])
  })

  it('is the entry that the package exports', () => {
    const require = createRequire(import.meta.url)
    const { exports } = require('../package.json')
    expect(exports[`./${entry}`]['@vitra/source']).toBe(`./${ENTRIES[entry]}`)
  })
})

describe('in a realm without Node', () => {
  it('a proof is checked with what hashes and checks signatures there', async () => {
    const { log, writer } = await createLog()
    await writer.append([text('a'), text('b'), text('c')])
    const proof = await proveInclusion(proofSource(log), 1)
    const forged: BlocksProof = { ...proof, blocks: [{ seq: 1, block: text('x') }] }
    const { code } = await bundle('proofs')
    const alone = realm(code, { TextEncoder }).bundled as { checkBlocks: typeof checkBlocks }
    const noble = realm((await bundle('proofs/noble')).code, { TextEncoder })
    const { nobleCrypto: foreign } = noble.bundled as { nobleCrypto: Crypto }
    expect(alone.checkBlocks(foreign, log.key, proof)).toBe(true)
    expect(alone.checkBlocks(foreign, log.key, forged)).toBe(false)
    expect(checkBlocks(sodiumCrypto, log.key, proof)).toBe(true)
  })

  it('values encode to the same bytes, with no coder of the platform', async () => {
    const { code } = await bundle('values')
    const literal =
      "({ op: 'PUT', n: [1, 2.5, -3, null, true], bytes: Uint8Array.of(1, 2), 'ä b': { c: '' } })"
    const context = realm(code)
    const bytes = vm.runInContext(`bundled.encodeValue(${literal})`, context) as Uint8Array
    expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeValue(vm.runInThisContext(literal))))
  })
})
