// A host in a process of its own, for tests that kill it: starts one guest and has it run an endless loop.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { loadArtifacts } from '../bundle/artifacts.js'
import { engineProgram } from '../src/engine-binary.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

export const LEFT = 60
const STDIO: StdioOptions & unknown[] = ['pipe', 'pipe', 'inherit']

const SCRIPT = `
import { Channel } from './src/channel.js'
import { pack } from './src/pack.js'
import { spawnGuest } from './src/spawn.js'
import { packItem, packRuns } from './src/runs.js'
import { FRAME, MODE } from './src/wire.js'

const { guestFile, driver, program } = SETTINGS
const guest = spawnGuest({ guestFile, program, memoryMb: 64, without: [] })
const channel = new Channel(guest.stdio[3], {
  onGarbage () {},
  onFrame (kind) {
    if (kind === FRAME.ready) {
      const source = 'export function loop () { for (;;) {} }\\nexport function apply () {}'
      const limits = pack([1e6, 64, 1e6, 1e4, 8e6, Number.MAX_SAFE_INTEGER])
      channel.send(FRAME.load, pack([1, 1, source, [], false, false, limits]))
    }
    if (kind !== FRAME.loaded) return
    const subject = new TextEncoder().encode('loop')
    const items = [packItem({ subject, extra: pack({}), seed: null, key: null, seq: 0, ts: 0 })]
    channel.send(FRAME.run, packRuns({ id: 1, mode: MODE.call, isWriter: true, batch: 1, state: 0, after: 0, isCareful: false, items }))
    setTimeout(() => process.stdout.write('looping'), 200)
  }
})
channel.send(FRAME.start, pack([driver, 64, 600_000]))
`

/**
 * Prints `looping` once its guest is in the loop.
 *
 * @param left a descriptor of this process that the host finds open as its number {@link LEFT}
 */
export async function startLoneHost(left?: number): Promise<ChildProcess> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: PACKAGE, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['@vitra/source'],
  })
  const settings = { ...(await loadArtifacts()), program: await engineProgram() }
  const host = spawn(process.execPath, ['--input-type=module', '-'], {
    stdio: left === undefined ? STDIO : [...STDIO, ...Array(LEFT - STDIO.length).fill('ignore'), left],
    env: {},
  })
  host.stdin.end(`const SETTINGS = ${JSON.stringify(settings)}\n${outputFiles[0]!.text}`)
  return host
}
