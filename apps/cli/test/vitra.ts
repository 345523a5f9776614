/**
 * Runs commands on folders on disk and a network on loopback: in this process, which has its modules loaded and its guests
 * started, or as people do, the built executable in a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import createTestnet from 'hyperdht/testnet.js'
import { inProcess } from './in-process.js'
import { EXECUTABLE, type Ran, type Surroundings, surroundingsOf } from './surroundings.js'

export { EXECUTABLE, type Ran, type Surroundings, surroundingsOf } from './surroundings.js'

/** Runs a command to its end: in this process, but for `vitra test`, whose tests import what was built, as the executable does. */
export function vitra(args: readonly string[], surroundings: Surroundings): Promise<Ran> {
  return args[0] === 'test' ? spawned(args, surroundings) : inProcess(args, surroundings)
}

/**
 * Runs the executable to its end: for what a process does, not a command.
 *
 * @param interruptMs it is sent what Ctrl-C sends so long after it has opened a file in its folder: before, it has not begun
 */
export async function spawned(
  args: readonly string[],
  surroundings: Surroundings,
  interruptMs?: number,
): Promise<Ran> {
  const child = start(args, surroundings)
  const ran = { stdout: '', stderr: '' }
  child.stdout!.setEncoding('utf8').on('data', (text) => (ran.stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text) => (ran.stderr += text))
  child.stdin!.end(surroundings.stdin ?? '')
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  if (interruptMs !== undefined) {
    while (child.exitCode === null && !hasOpened(child.pid!, surroundings.cwd)) await sleep(10)
    await sleep(interruptMs)
    child.kill('SIGINT')
  }
  return { code: await ended, ...ran }
}

/** True where a process has a file in a folder open. */
function hasOpened(pid: number, folder: string): boolean {
  const open = `/proc/${pid}/fd`
  try {
    return readdirSync(open).some((fd) => readlinkSync(`${open}/${fd}`).startsWith(`${folder}/`))
  } catch {
    return false // it has ended, or closed one of them meanwhile
  }
}

/** Runs a command with `--json` and reads what it prints; fails where the exit code is another one. */
export async function json<T = Record<string, unknown>>(
  args: readonly string[],
  surroundings: Surroundings,
  code = 0,
): Promise<T> {
  const ran = await vitra([...args, '--json'], surroundings)
  if (ran.code !== code) {
    throw new Error(`vitra ${args.join(' ')} ended with ${ran.code}, not ${code}: ${ran.stdout}${ran.stderr}`)
  }
  return JSON.parse(ran.stdout || ran.stderr) as T
}

export type LiveEvent = { readonly event: string } & Readonly<Record<string, unknown>>

/** A command that goes on, with `--json`. */
export class Live implements AsyncDisposable {
  readonly events: LiveEvent[] = []
  stderr = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #listeners = new Set<() => void>()

  constructor(args: readonly string[], surroundings: Surroundings) {
    this.#child = start([...args, '--json'], surroundings)
    let rest = ''
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) this.events.push(JSON.parse(line))
      for (const listener of [...this.#listeners]) listener()
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
  }

  /** The first event, of those so far and to come, that satisfies a condition. */
  async until(condition: (event: LiveEvent) => boolean): Promise<LiveEvent> {
    const found = new Promise<LiveEvent>((resolve) => {
      const look = () => {
        const event = this.events.find(condition)
        if (event === undefined) return
        this.#listeners.delete(look)
        resolve(event)
      }
      this.#listeners.add(look)
      look()
    })
    const ended = this.#ended.then((code) => {
      throw new Error(`ended with ${code} before that: ${JSON.stringify(this.events)} ${this.stderr}`)
    })
    return Promise.race([found, ended])
  }

  /** Writes a line to its standard input. */
  enter(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Goes away as the reader of what it prints, as `head` does. */
  closeOutput(): void {
    this.#child.stdout!.destroy()
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child.kill(signal)
    return this.#ended
  }

  ended(): Promise<number | null> {
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
  }
}

/** Kills a process, and waits until it is gone. */
export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  while (isThere(pid)) await sleep(GONE_LOOK_MS)
}

const GONE_LOOK_MS = 20

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A DHT on loopback, and the environment that points to it. */
export async function localNetwork() {
  const testnet = await createTestnet(3)
  const [node] = testnet.bootstrap
  return {
    env: { VITRA_BOOTSTRAP: `${node!.host}:${node!.port}` },
    [Symbol.asyncDispose]: () => testnet.destroy(),
  }
}

function start(args: readonly string[], surroundings: Surroundings): ChildProcess {
  if (!existsSync(EXECUTABLE)) throw new Error('build first: npm run build')
  return spawn(process.execPath, [EXECUTABLE, ...args], surroundingsOf(surroundings))
}
