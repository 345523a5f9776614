// Installs other Node lines with their isolated-vm, for tests, and prints them as VITRA_ENGINES wants them:
// `VITRA_ENGINES=$(node scripts/engines.mjs 22 24 26) npx vitest run packages/sandbox/test/engines.test.ts`
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeProgram } from './consumer/nodes.mjs'
import { npm } from './npm.mjs'

const REPO = fileURLToPath(new URL('..', import.meta.url))
/** Newest first, as in packages/sandbox/src/engine.ts. */
const LINES = [24, 22, 20]

const engines = {}
for (const major of process.argv.slice(2)) {
  const node = nodeProgram(major)
  const [v8Major, v8Minor] = run(node, ['-p', 'process.versions.v8']).split('.')
  engines[`v8-${v8Major}.${v8Minor}`] = { node, isolatedVm: isolatedVm(major, node) }
}
console.log(JSON.stringify(engines))

function isolatedVm(major, node) {
  const folder = path.join(REPO, 'tmp', 'engines', major)
  const installed = path.join(folder, 'node_modules', 'isolated-vm')
  if (existsSync(installed)) return installed
  const line = LINES.find((start) => start <= Number(major))
  const engine = JSON.parse(readFileSync(path.join(REPO, 'engines', `node${line}`, 'package.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  const dependencies = { 'isolated-vm': engine.dependencies['isolated-vm'] }
  const allowScripts = { 'isolated-vm': true }
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies, allowScripts }),
  )
  run(node, [npm(), 'install', '--no-audit', '--no-fund'], folder)
  return installed
}

function run(command, args, cwd = REPO) {
  const PATH = [path.dirname(command), process.env.PATH].join(path.delimiter)
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${stderr}`)
  return stdout.trim()
}
