/** Where the figures come from: the machine, its disk, and the source that ran. */
import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import path from 'node:path'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** Type of the file system that is measured. @example 'ext4' */
  readonly fileSystem: string
  /** Load of the last minute when the run began: above the number of cores, others were at work. */
  readonly load: number
  /** The commit, with `+` where files differ from it; empty outside a clone. */
  readonly commit: string
}

/** @param folder on the disk that is measured */
export function describeMachine(folder: string): Machine {
  const [first] = cpus()
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()}`,
    node: process.version,
    fileSystem: fileSystemOf(folder),
    load: Math.round(loadavg()[0]! * 100) / 100,
    commit: commit(),
  }
}

/** File systems that keep nothing: what is on them was never on a disk. */
export const MEMORY_FILE_SYSTEMS: readonly string[] = ['tmpfs', 'ramfs']

function fileSystemOf(folder: string): string {
  let mounts: string
  try {
    mounts = readFileSync('/proc/self/mounts', 'utf8')
  } catch {
    return 'unknown' // only Linux has this file
  }
  const real = realpathSync(folder)
  let found = { at: '', type: 'unknown' }
  for (const line of mounts.trim().split('\n')) {
    const [, at = '', type = ''] = line.split(' ')
    const inside = real === at || real.startsWith(at.endsWith(path.sep) ? at : at + path.sep)
    if (inside && at.length >= found.at.length) found = { at, type }
  }
  return found.type
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? '+' : '')
  } catch {
    return ''
  }
}
