/**
 * Starts a guest process with as little as it can do with (spec/4-execution §6): an empty environment, no
 * descriptor but the channel, Node's permission model, and on Linux limits of the system. Each of
 * these is a second line behind V8's isolate, not the wall itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import { GUEST_DESCRIPTORS_MAX, GUEST_EXTRA_MB, GUEST_RESERVED_MB } from './constants.js'

export interface SpawnOptions {
  readonly guestFile: string
  readonly engineFile: string
  readonly memoryMb: number
  /** Use Node's permission model. */
  readonly hasPermissions: boolean
}

/** The guest; its channel is `child.stdio[3]`. */
export function spawnGuest(options: SpawnOptions): ChildProcess {
  const node = [process.execPath, ...nodeFlags(options), options.guestFile, options.engineFile]
  const [command, ...args] = process.platform === 'linux' ? limited(node, options.memoryMb) : node
  return spawn(command!, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
  })
}

function nodeFlags({ guestFile, engineFile, memoryMb, hasPermissions }: SpawnOptions): string[] {
  // Without the first one isolated-vm may crash.
  const flags = ['--no-node-snapshot', '--no-warnings', `--max-old-space-size=${memoryMb}`]
  // A realm per op is much short-lived memory: with more room for it an op takes a tenth less time.
  flags.push('--max-semi-space-size=32')
  if (!hasPermissions) return flags
  flags.push(permissionFlag(process.versions.node), '--allow-addons')
  const readable = [path.dirname(guestFile), ...modulesFolders(engineFile), '/etc/alpine-release']
  for (const folder of new Set(readable)) flags.push(`--allow-fs-read=${folder}`)
  return flags
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
 * The command under limits of the shell: data size, which stops what V8's own limit misses, descriptors, files and
 * core dumps. With `setpriv` the kernel ends the guest together with the host, even in an endless loop. A
 * limit that the system refuses is left out.
 */
function limited(command: string[], memoryMb: number): string[] {
  const dataKb = (memoryMb * 2 + GUEST_EXTRA_MB + GUEST_RESERVED_MB) * 1024
  const script = [
    `ulimit -d ${dataKb}`,
    `ulimit -n ${GUEST_DESCRIPTORS_MAX}`,
    'ulimit -f 0',
    'ulimit -c 0',
    'if setpriv --pdeathsig KILL true; then exec setpriv --pdeathsig KILL "$@"; fi',
    'exec "$@"',
  ].join('\n')
  return ['/bin/sh', '-c', script, 'sh', ...command]
}
