// Writes spec/vectors/*.json from the source of the packages: golden and negative vectors of every format.
// With --check it writes nothing and fails when a file on disk differs. Nothing here is random: keys come
// from fixed seeds, so that every run gives the same bytes. The comment of a vector is its test's title.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { toJson } from './vectors/json.mjs'
import { importSource } from './vectors/source.mjs'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const OUT = path.join(REPO, 'spec/vectors')
const MAKERS = [
  'values',
  'paths',
  'identity',
  'records',
  'genesis',
  'proofs',
  'histories',
  'states',
  'receipts',
  'fraud',
  'fuel',
  'scripts',
]

const SOURCE = `
export * from '@vitra/log'
export { encodeProof } from './packages/verifier/src/fraud/codec.ts'
export { proveFraud } from './packages/verifier/src/fraud/prove-fraud.ts'
export { Recorder } from './packages/verifier/src/fraud/evidence.ts'
export { tryAccusation } from './packages/verifier/src/fraud/trial.ts'
export { compare } from './packages/verifier/src/batch/comparison.ts'
`

async function makeAll() {
  const api = await importSource(SOURCE)
  const files = new Map()
  for (const name of MAKERS) {
    const { default: make } = await import(`./vectors/${name}.mjs`)
    for (const [file, content] of Object.entries(await make(api))) files.set(`${file}.json`, toJson(content))
  }
  return files
}

async function main(check) {
  const files = await makeAll()
  const stale = []
  for (const [name, text] of files) {
    const target = path.join(OUT, name)
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
    stale.push(name)
    if (!check) writeFileSync(target, text)
  }
  for (const name of readdirSync(OUT)) {
    if (files.has(name)) continue
    stale.push(name)
    if (!check) rmSync(path.join(OUT, name))
  }
  for (const name of stale)
    console.log(`spec/vectors/${name} ${check ? 'is stale: run `npm run vectors`' : 'written'}`)
  if (check && stale.length > 0) process.exitCode = 1
}

await main(process.argv.includes('--check'))
