// The count line is last and true for a run that passes, fails, skips or cannot load a file.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const reporter = path.resolve('scripts/count-reporter.mjs')
const vitest = path.resolve('node_modules/vitest/vitest.mjs')

let root
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'vitra-count-'))
  const config = { test: { globals: true, reporters: ['default', reporter] } }
  writeFileSync(path.join(root, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}\n`)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function run(files) {
  for (const [name, source] of Object.entries(files)) writeFileSync(path.join(root, name), source)
  const { VITRA_COUNT_FILE: _, ...env } = process.env
  const { stdout, status } = spawnSync(process.execPath, [vitest, 'run', '--root', root], {
    env,
    encoding: 'utf8',
  })
  return { line: stdout.trimEnd().split('\n').at(-1), status }
}

it('counts passed, failed and skipped tests', () => {
  const source = "it('a', () => {})\nit('b', () => { throw new Error('b') })\nit.skip('c', () => {})\n"
  expect(run({ 'a.test.js': source })).toEqual({ line: '1 passed, 1 failed, 1 skipped', status: 1 })
})

it('counts a file that does not load as failed', () => {
  const files = { 'a.test.js': "it('a', () => {})\n", 'b.test.js': "import './missing.js'\n" }
  expect(run(files)).toEqual({ line: '1 passed, 1 failed', status: 1 })
})

it('counts a failing hook and an error outside a test as failed', () => {
  const hook = "describe('s', () => { beforeAll(() => { throw new Error('s') }); it('a', () => {}) })\n"
  expect(run({ 'a.test.js': hook })).toMatchObject({
    line: expect.stringMatching(/^0 passed, [1-9]/),
    status: 1,
  })
  const stray =
    "it('a', () => { setTimeout(() => { throw new Error('late') }, 0) })\nit('b', () => new Promise((done) => setTimeout(done, 50)))\n"
  expect(run({ 'a.test.js': stray })).toEqual({ line: '2 passed, 1 failed', status: 1 })
})

it('says 0 failed only for a run that succeeds', () => {
  expect(run({ 'a.test.js': "it('a', () => {})\n" })).toEqual({ line: '1 passed, 0 failed', status: 0 })
  rmSync(path.join(root, 'a.test.js'))
  expect(run({})).toEqual({ line: '0 passed, 1 failed', status: 1 })
})
