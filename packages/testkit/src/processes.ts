/** Child processes of a test, to kill guests as a busy machine does; Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the running children of a process. */
export function childProcesses(parent = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent)
}

/** Null where the process is gone, or as good as gone. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? null : Number(parent)
  } catch {
    return null
  }
}

/** Kills all children that this process has beyond those `before`. Returns how many. */
export function killChildren(before: readonly number[] = []): number {
  const guests = childProcesses().filter((pid) => !before.includes(pid))
  let killed = 0
  for (const pid of guests) {
    try {
      process.kill(pid, 'SIGKILL')
      killed++
    } catch {
      // It ended by itself.
    }
  }
  return killed
}
