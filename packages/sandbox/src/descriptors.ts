/**
 * Descriptors that a guest would inherit by accident: whoever started this process, or a native add-on, may have left
 * some open for every child. Node marks only its own to be closed.
 */
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Stream } from 'node:stream'

/** One entry of `stdio` in `child_process.spawn`. */
type Stdio = 'ignore' | 'pipe' | number | Stream

/** O_CLOEXEC on Linux. */
const CLOSE_ON_EXEC = 0o2000000
const CHANNEL = 3
let nothing: number | undefined

/** `stdio` with one channel, at 3, and nothing behind every descriptor that the child would inherit. */
export function channelOnly(): Stdio[] {
  const stdio: Stdio[] = ['ignore', 'ignore', 'ignore', 'pipe']
  for (const descriptor of inheritable()) {
    nothing ??= openSync(devNull, 'r')
    while (stdio.length <= descriptor) stdio.push('ignore')
    stdio[descriptor] = nothing
  }
  return stdio
}

/** Linux only: elsewhere the system does not tell. */
function inheritable(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((descriptor) => descriptor > CHANNEL && !closesOnExec(descriptor))
}

function closesOnExec(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0
  } catch {
    return true // closed meanwhile
  }
}
