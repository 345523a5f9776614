// `npm run test:engines`: runs the corpus of packages/sandbox/test/determinism on every Node line that Vitra supports, or on
// those that are given, and compares what they publish with each other and with golden.json.
//
//   npm run test:engines -- 22 26      these lines
//   npm run test:engines -- --write    writes golden.json, where all of them agree
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { build } from 'esbuild'
import { setup } from './setup.mjs'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const SANDBOX = path.join(REPO, 'packages/sandbox')
const SUITE = path.join(SANDBOX, 'test/determinism')
const GOLDEN = path.join(SUITE, 'golden.json')
/** Installs Nodes and engines below {@link FOLDER}. */
const ENGINES = path.join(REPO, 'scripts/engines.mjs')
const FOLDER = path.join(REPO, 'tmp/engines')
const LINES = ['20', '22', '24', '26']
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})

await setup()
await setup({ build: true })
await main(positionals.length > 0 ? positionals : LINES)

async function main(lines) {
  const recordings = []
  for (const major of lines) {
    const line = await prepare(major)
    const { engine, ...recording } = JSON.parse(run(line))
    console.log(`Node ${major}, ${engine}: ${recording.digests.length} digests`)
    recordings.push({ line, engine, recording })
  }
  const [first, ...others] = recordings
  for (const other of others) compare(first, other)
  if (process.exitCode) return
  if (values.write) {
    writeFileSync(GOLDEN, `${JSON.stringify(first.recording, null, 2)}\n`)
    console.log('wrote golden.json')
  } else if (!isDeepStrictEqual(first.recording, JSON.parse(readFileSync(GOLDEN, 'utf8')))) {
    console.log('all agree, but not with golden.json: where the rules were meant to change, add --write')
    process.exitCode = 1
  } else console.log('all agree, and with golden.json')
}

/** Says where two engines part, down to the op. */
function compare(first, other) {
  if (first.recording.cases !== other.recording.cases) {
    console.log(`${other.engine} generates other cases than ${first.engine}`)
    process.exitCode = 1
    return
  }
  for (const [nth, digest] of first.recording.digests.entries()) {
    if (other.recording.digests[nth] === digest) continue
    process.exitCode = 1
    const [left, right] = [first, other].map(({ line }) => JSON.parse(run(line, String(nth))))
    for (const [at, { features, published }] of left.entries()) {
      for (const [op, text] of published.entries()) {
        if (right[at].published[op] === text) continue
        console.log(`digest ${nth}, case ${at} (${features.join(', ')}), op ${op}:`)
        console.log(`  ${first.engine} ${text}\n  ${other.engine} ${right[at].published[op]}`)
      }
    }
  }
}

/** The corpus's program for a Node line, with that line's engine installed beside it. */
async function prepare(major) {
  const folder = path.join(FOLDER, major)
  const node = nodeOf(major)
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'corpus.mjs')
  await build({
    entryPoints: [path.join(SUITE, 'engine-main.ts')],
    bundle: true,
    outfile: file,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@vitra/source'],
    // As published: the guest process and the driver lie beside the program.
    alias: { '#artifacts': path.join(SANDBOX, 'src/artifacts.ts') },
    external: ['sodium-universal'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  })
  for (const name of ['guest.cjs', 'driver.js'])
    copyFileSync(path.join(SANDBOX, 'dist', name), path.join(folder, name))
  return { node, file, folder }
}

/** The program of a Node line; another than the one that runs this is installed together with its engine. */
function nodeOf(major) {
  if (major === process.versions.node.split('.')[0]) return process.execPath
  const [{ node }] = Object.values(
    JSON.parse(run({ node: process.execPath, file: ENGINES, folder: REPO }, major)),
  )
  return node
}

function run({ node, file, folder }, ...args) {
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }
  const { status, stdout, stderr } = spawnSync(node, ['--no-warnings', file, ...args], options)
  if (status !== 0) throw new Error(`${node} ended with ${status}\n${stdout}\n${stderr}`)
  return stdout
}
