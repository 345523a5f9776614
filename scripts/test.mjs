// `npm test`: sets up, then runs every check, those that need nothing that is built beside the build, and the tests last;
// nothing begins after a failure.
// The last line is always `N passed, N failed`. Arguments go to vitest.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => path.join(REPO, 'node_modules/.bin', name)
const script = (name, ...args) => [process.execPath, path.join(REPO, 'scripts', name), ...args]

/** In their order; lists of one row go on beside each other, each step when the one before it in its list is done. */
const ROWS = [
  [[['set-up', script('setup.mjs')]]],
  [
    [['build', script('setup.mjs', '--build')]],
    [
      ['generated files', script('proto.mjs', '--check')],
      ['lint', [bin('biome'), 'check']],
      ['types', [bin('tsc'), '-p', 'tsconfig.json']],
      ['layers', script('layers.mjs')],
    ],
  ],
  [[['unused', [bin('knip')]]], [['packages', script('packages.mjs')]]],
  [[['tests', [bin('vitest'), 'run', ...process.argv.slice(2)]]]],
]

const folder = mkdtempSync(path.join(tmpdir(), 'vitra-test-'))
const countFile = path.join(folder, 'count')

// At exit, so that the line comes last however this process ends.
process.once('exit', () => {
  const line = existsSync(countFile) ? readFileSync(countFile, 'utf8').trim() : '0 passed, 1 failed'
  rmSync(folder, { recursive: true, force: true })
  process.stdout.write(`${line}\n`)
})

for (const row of ROWS) {
  await Promise.all(row.map((steps) => follow(steps, row.length === 1)))
  if (process.exitCode) break
}

/** Runs steps one after another, until one fails, here or beside. */
async function follow(steps, isAlone) {
  for (const step of steps) {
    if (process.exitCode) return
    await take(step, isAlone)
  }
}

/** Runs a step; what it prints is shown as it comes, or where others go on beside it, once it is done. */
async function take([name, [command, ...args]], isAlone) {
  if (isAlone) console.log(`\n== ${name}`)
  const started = Date.now()
  const env = { ...process.env, VITRA_COUNT_FILE: countFile }
  const child = spawn(command, args, {
    cwd: REPO,
    stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env,
  })
  const printed = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => printed.push(bytes))
  const { status, why } = await new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ status: 1, why: ` (${message})` }))
    child.once('close', (code, signal) => resolve({ status: code ?? 1, why: signal ? ` (${signal})` : '' }))
  })
  const time = `${((Date.now() - started) / 1000).toFixed(1)} s`
  if (!isAlone) process.stdout.write(`\n== ${name}\n${Buffer.concat(printed)}`)
  console.log(status === 0 ? `== ${name}: ok, ${time}` : `== ${name}: failed after ${time}${why}`)
  if (status !== 0) process.exitCode ||= status
}
