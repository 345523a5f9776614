/** A command line that comes to a process which is about to end: nothing is run there, and it is run once the folder is free. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forward } from '../src/holder/forward.js'
import { Listening, type ListenOptions } from '../src/holder/listen.js'
import { isAlive } from '../src/holder/mark.js'
import type { Io } from '../src/index.js'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vitra-holder-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const IO: Io = {
  stdout: { write: () => {} },
  stderr: { write: () => {} },
  env: {},
  cwd: '/',
  program: null,
  terminal: null,
  ask: async () => null,
  readStdin: async () => new Uint8Array(),
  async *readLines() {},
  onInterrupt: () => () => {},
}

/** Sends a command line to a process that lives for a while; `isGone` says whether it had ended when the answer came. */
async function asked(options: Pick<ListenOptions, 'isEnding' | 'run'>) {
  const socket = path.join(folder, 'socket')
  await using _ = await Listening.at({ socket, version: '1', onStop: () => {}, ...options })
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 500)'], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const holder = { command: 'monitor', pid: child.pid!, socket, since: '' }
  const code = await forward(holder, ['status'], { io: IO, version: '1', needsTerminal: false })
  const isGone = !isAlive(child.pid!)
  await ended
  return { code, isGone }
}

it('is sent back where nothing was run, after the end', async () => {
  let ran = 0
  const run = async () => {
    ran++
    return 0 as const
  }
  expect(await asked({ isEnding: () => true, run })).toEqual({ code: null, isGone: true })
  expect(ran).toBe(0)
})

it('has its exit code after the end, where that came while it ran, else at once', async () => {
  let isEnding = false
  const run = async () => {
    isEnding = true
    return 3 as const
  }
  expect(await asked({ isEnding: () => isEnding, run })).toEqual({ code: 3, isGone: true })
  expect(await asked({ isEnding: () => false, run })).toEqual({ code: 3, isGone: false })
})
