// The same bytes whatever the engine does to be fast: the guests of each test run under a Node that gives V8 other flags.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findEngine } from '../../src/engine.js'
import { engineName } from '../../src/engine-table.js'
import { Sandbox } from '../../src/index.js'
import { corpus } from './contracts.js'
import { play } from './play.js'

/** The long tests run all of them. */
const CASES = corpus(11, process.env.MODE === 'soak' ? 30 : 15)
const TIMEOUT_MS = 10 * 60_000
const ENGINE = engineName(process.versions.v8)

let folder: string
let expected: string[][]
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitra-flags-'))
  await using ordinary = await Sandbox.open({ opMs: 60_000 })
  expected = await playAll(ordinary)
}, TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function playAll(sandbox: Sandbox): Promise<string[][]> {
  const published: string[][] = []
  for (const given of CASES) published.push(await play(sandbox, given))
  return published
}

/** A program that starts Node with flags of V8 ahead of all others. */
function nodeWith(name: string, flags: readonly string[]): string {
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' ${flags.join(' ')} "$@"\n`)
  chmodSync(file, 0o755)
  return file
}

// A program that is a text needs a system that runs it.
it.skipIf(process.platform === 'win32').each([
  ['nothing-optimised', ['--no-opt', '--no-sparkplug', '--no-use-osr']],
  ['compiled-at-once', ['--always-sparkplug', '--interrupt-budget=500']],
  ['no-inline-caches', ['--no-use-ic', '--no-lazy-feedback-allocation']],
  ['interpreted-only', ['--jitless', '--no-expose-wasm']],
  ['collected-all-the-time', ['--gc-interval=3000']],
])('%s', { timeout: TIMEOUT_MS }, async (name, flags) => {
  const engines = { [ENGINE]: { node: nodeWith(name, flags), isolatedVm: findEngine() } }
  await using sandbox = await Sandbox.open({ opMs: 120_000, engine: ENGINE, engines })
  expect(await playAll(sandbox)).toEqual(expected)
})
