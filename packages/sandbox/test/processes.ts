// Processes as the system lists them; Linux only.
import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'

export const IS_LINUX = process.platform === 'linux'

/** Pids of a process's children. */
export function children(parent = process.pid): number[] {
  const found: number[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(ppid) === parent && state !== 'Z') found.push(Number(name))
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}

/** Pids of the guests of this process. */
export function guests(): number[] {
  return children().filter((pid) => {
    try {
      return /guest[^/]*\.cjs/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    } catch {
      return false
    }
  })
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(condition()).toBe(true)
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return false
  }
}
