// Processes as the system lists them; Linux only.
import { readdirSync, readFileSync } from 'node:fs'

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

/** Waits until what is looked at is as wanted, and fails with what it is instead after `ms`. */
export async function until<T>(look: () => T, wanted: (seen: T) => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms
  for (;;) {
    const seen = look()
    if (wanted(seen)) return
    if (performance.now() > end) throw new Error(`after ${ms} ms it is ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return false
  }
}
