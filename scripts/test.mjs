// `npm test`: sets up, then runs every check in order and the tests last; stops at the first failure.
// The last line is always `N passed, N failed`. Arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => path.join(REPO, 'node_modules/.bin', name)
const script = (name, ...args) => [process.execPath, path.join(REPO, 'scripts', name), ...args]

const STEPS = [
  ['set-up', script('setup.mjs')],
  ['generated files', script('proto.mjs', '--check')],
  ['types', [bin('tsc'), '-p', 'tsconfig.json']],
  ['lint', [bin('biome'), 'check']],
  ['layers', script('layers.mjs')],
  ['build', script('setup.mjs', '--build')],
  ['unused', [bin('knip')]],
  ['packages', script('packages.mjs')],
  ['tests', [bin('vitest'), 'run', ...process.argv.slice(2)]],
]

const folder = mkdtempSync(path.join(tmpdir(), 'vitra-test-'))
const countFile = path.join(folder, 'count')

// At exit, so that the line comes last however this process ends.
process.once('exit', () => {
  const line = existsSync(countFile) ? readFileSync(countFile, 'utf8').trim() : '0 passed, 1 failed'
  rmSync(folder, { recursive: true, force: true })
  process.stdout.write(`${line}\n`)
})

for (const [name, [command, ...args]] of STEPS) {
  console.log(`\n== ${name}`)
  const started = Date.now()
  const env = { ...process.env, VITRA_COUNT_FILE: countFile }
  const { status, signal, error } = spawnSync(command, args, { cwd: REPO, stdio: 'inherit', env })
  const time = `${((Date.now() - started) / 1000).toFixed(1)} s`
  if (status !== 0) {
    console.log(
      `== ${name}: failed after ${time}${signal ? ` (${signal})` : ''}${error ? ` (${error.message})` : ''}`,
    )
    process.exitCode = status || 1
    break
  }
  console.log(`== ${name}: ok, ${time}`)
}
