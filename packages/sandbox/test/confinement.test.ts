// What confines a guest (SECURITY.md), tried from inside by a program that stands in the guest's place.
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engineProgram } from '../src/engine-binary.js'
import { CONFINEMENTS, Sandbox } from '../src/index.js'
import { type Measure, spawnGuest } from '../src/spawn.js'
import { LEFT, startLoneHost } from './lone-host.js'
import { children, IS_LINUX } from './processes.js'

const INTRUDER = fileURLToPath(new URL('./intruder.cjs', import.meta.url))
const server = createServer((socket) => socket.destroy())
let folder: string
let inForce: readonly string[]

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'vitra-intruder-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using sandbox = await Sandbox.open()
  inForce = sandbox.confinement
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

/** What the intruder reports, started like a guest. */
async function intrude(without: Measure[]): Promise<Record<string, unknown>> {
  const program = await engineProgram()
  const target = path.join(folder, 'written')
  const { port } = server.address() as { port: number }
  const child = spawnGuest({
    program,
    guestFile: INTRUDER,
    memoryMb: 64,
    without,
    argument: JSON.stringify({ port, target }),
  })
  let text = ''
  child.stdio[3]!.on('data', (chunk) => {
    text += chunk
  })
  await new Promise((resolve) => child.once('close', resolve))
  const lines = text.trim().split('\n')
  return Object.assign({}, ...lines.map((line) => JSON.parse(line)))
}

describe('a guest', () => {
  it('says what confines it, from the closed list', () => {
    expect(CONFINEMENTS).toEqual(expect.arrayContaining([...inForce]))
    expect(inForce.slice(0, 3)).toEqual(['isolate', 'process', 'node-permissions'])
    if (IS_LINUX) expect(inForce).toContain('limits')
  })

  it.runIf(IS_LINUX)('holds no descriptor of the host but its channel', async () => {
    const file = openSync(INTRUDER, 'r')
    const host = await startLoneHost(file)
    closeSync(file)
    await new Promise((resolve) => host.stdout!.once('data', resolve))
    expect(descriptorsOf(host.pid!)).toContain(`${LEFT} ${INTRUDER}`)
    const [guest] = children(host.pid)
    const found = descriptorsOf(guest!)
    host.kill('SIGKILL')
    expect(found).toContain(`${LEFT} /dev/null`)
    // Node's own are the event loop and its wake-up calls.
    const foreign = found.filter((text) => !/ (anon_inode:|pipe:|\/dev\/null$)/.test(text))
    expect(foreign.map((text) => text.replace(/\d+\]/, 'n]'))).toEqual(['3 socket:[n]'])
  })
})

/** Numbers and targets. */
function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).map((number) => `${number} ${readlinkSync(path.join(folder, number))}`)
}

describe('code that broke out of the isolate', () => {
  it('is stopped by Node where it is JavaScript', async () => {
    const report = await intrude([])
    expect(report).toMatchObject({
      read: 'ERR_ACCESS_DENIED',
      list: 'ERR_ACCESS_DENIED',
      readOwn: 'done',
      create: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
      worker: 'ERR_ACCESS_DENIED',
      cwd: path.parse(process.cwd()).root,
      env: [],
    })
    expect(report.connect).not.toBe('done')
  })

  it.runIf(IS_LINUX)('that Node does not bind is stopped by the system, as far as it goes', async () => {
    const report = await intrude(['node-permissions'])
    // What is left: it reads what its user can read, and starts programs, which are bound like itself.
    expect(report).toMatchObject({
      read: 'done',
      spawn: 'done',
      becomeRoot: 'EPERM',
      write: 'EFBIG',
      env: [],
    })
    if (inForce.includes('no-network')) expect(report.connect).toBe('ENETUNREACH')
  })

  it.runIf(IS_LINUX)('has a network without the namespace: the test does not fool itself', async () => {
    const report = await intrude(['node-permissions', 'no-network'])
    expect(report.connect).toBe('done')
  })
})
