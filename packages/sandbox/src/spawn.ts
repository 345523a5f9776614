/**
 * Starts a guest process with as little as it can do with (spec/4-execution §6): an empty environment, no
 * descriptor but the channel, Node's permission model, and on Linux limits, namespaces and privileges of the system. Each of
 * these is a second line behind V8's isolate, not the wall itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Confinement } from './confinement.js'
import {
  CONTRACT_STACK_KB,
  GUEST_DESCRIPTORS_MAX,
  GUEST_EXTRA_MB,
  GUEST_STACK_KB,
  ISOLATE_RESERVED_MB,
  RESERVING_NODE,
} from './constants.js'
import { channelOnly } from './descriptors.js'
import type { EngineProgram } from './engine-binary.js'

/** What can be left out where the system does not allow it. */
export type Measure = 'node-permissions' | 'no-network' | 'no-privileges' | 'no-groups'

export interface SpawnOptions {
  readonly program: EngineProgram
  readonly guestFile: string
  readonly memoryMb: number
  readonly without: readonly Measure[]
  /** What the program is told; without it, where its engine is. */
  readonly argument?: string
}

/** What is asked for on this platform. */
export function measuresAsked(without: readonly Measure[]): Confinement[] {
  const isLinux = process.platform === 'linux'
  const all: Confinement[] = isLinux
    ? ['node-permissions', 'no-network', 'no-privileges', 'limits']
    : ['node-permissions']
  const asked = all.filter((measure) => !without.includes(measure as Measure))
  return isLinux && asked.includes('no-privileges') ? [...asked, 'dies-with-host'] : asked
}

/** The guest; its channel is `child.stdio[3]`. */
export function spawnGuest(options: SpawnOptions): ChildProcess {
  const { program, guestFile } = options
  const node = [program.node, ...nodeFlags(options), guestFile, options.argument ?? program.engineFile]
  const [command, ...args] = process.platform === 'linux' ? confined(node, options) : node
  return spawn(command!, args, {
    cwd: '/',
    env: {},
    stdio: channelOnly(),
    windowsHide: true,
  })
}

function nodeFlags({ program, guestFile, memoryMb, without }: SpawnOptions): string[] {
  // Without the first one isolated-vm may crash.
  const flags = ['--no-node-snapshot', '--no-warnings', `--max-old-space-size=${memoryMb}`]
  // A realm per op is much short-lived memory: with more room for it an op takes a tenth less time.
  flags.push('--max-semi-space-size=32')
  if (hasInterruptBudget(program.version)) flags.push(`--interrupt-budget=${INTERRUPT_BUDGET}`)
  // So that a contract runs out of depth before V8 runs out of stack. Elsewhere the main thread may have less.
  if (process.platform === 'linux') flags.push(`--stack-size=${CONTRACT_STACK_KB}`)
  if (without.includes('node-permissions')) return flags
  flags.push(permissionFlag(program.version), '--allow-addons')
  const readable = [path.dirname(guestFile), ...modulesFolders(program.engineFile), '/etc/alpine-release']
  for (const folder of new Set(readable)) flags.push(`--allow-fs-read=${folder}`)
  return flags
}

/**
 * Bytes of bytecode after which V8 looks whether to optimize a function, four times its own number: a guest that has just started
 * has its compiler threads take a third of its time less, and a core with the host's main thread.
 */
const INTERRUPT_BUDGET = 270_000

/** The V8 of Node 20 alone has the flag; one that a version of Node does not know would end the guest at once. */
function hasInterruptBudget(version: string): boolean {
  return Number.parseInt(version, 10) === 20
}

/** How a version of Node calls its permission model: a flag that it does not know would end the guest at once. */
export function permissionFlag(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isStable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
  return isStable ? '--permission' : '--experimental-permission'
}

/** The folders in which Node looks for the engine and for what it requires, links resolved as well. */
function modulesFolders(engineFile: string): string[] {
  const folders: string[] = []
  for (const file of [engineFile, realpathSync(engineFile)]) {
    for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
      folders.push(path.join(folder, 'node_modules'), path.join(folder, 'package.json'))
      if (folder === path.dirname(folder)) break
    }
    folders.push(path.dirname(file))
  }
  return folders
}

/**
 * The command under limits of the shell: data size, which stops what V8's own limit misses, descriptors, stack, files and
 * core dumps; a limit that the system refuses is left out. Around Node, `unshare` takes the network away and
 * `setpriv` every privilege; the latter also has the kernel end the guest together with the host.
 */
function confined(command: string[], { program, memoryMb, without }: SpawnOptions): string[] {
  const script = [
    `ulimit -d ${dataKb(program.version, memoryMb)}`,
    `ulimit -n ${GUEST_DESCRIPTORS_MAX}`,
    `ulimit -s ${GUEST_STACK_KB}`,
    'ulimit -f 0',
    'ulimit -c 0',
    'exec "$@"',
  ].join('\n')
  const network = without.includes('no-network') ? [] : unshareNetwork()
  const privileges = without.includes('no-privileges') ? [] : dropPrivileges(!without.includes('no-groups'))
  return ['/bin/sh', '-c', script, 'sh', ...network, ...privileges, ...command]
}

function dataKb(version: string, memoryMb: number): number {
  // Node's own isolate, and the contracts'.
  const reservedMb = Number.parseInt(version, 10) >= RESERVING_NODE ? 2 * ISOLATE_RESERVED_MB : 0
  return (memoryMb * 2 + GUEST_EXTRA_MB + reservedMb) * 1024
}

/** Without privileges a network namespace needs a user namespace around it. */
function unshareNetwork(): string[] {
  return ['unshare', ...(isRoot() ? [] : ['--user', '--map-current-user']), '--net', '--']
}

/** @param asRoot also what takes root's capabilities, which a container's root may lack */
function dropPrivileges(asRoot: boolean): string[] {
  const flags = ['--no-new-privs', '--inh-caps=-all', '--pdeathsig', 'KILL']
  if (asRoot) flags.push('--bounding-set=-all')
  if (asRoot && isRoot()) flags.push('--clear-groups')
  return ['setpriv', ...flags, '--']
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}
