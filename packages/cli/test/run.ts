/** Runs command lines in this process, with everything outside captured. */
import type { Io } from '../src/index.js'
import { run } from '../src/index.js'

export interface Captured {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runCaptured(
  argv: readonly string[],
  given: Partial<Pick<Io, 'env' | 'cwd'>> & { isTTY?: boolean } = {},
): Promise<Captured> {
  const text = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (written: string) => (text[name] += written),
    isTTY: given.isTTY ?? false,
  })
  const io: Io = {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: given.env ?? {},
    cwd: given.cwd ?? process.cwd(),
    program: null,
    terminal: null,
    ask: async () => null,
    readStdin: async () => new Uint8Array(),
    async *readLines() {},
    onInterrupt: () => () => {},
  }
  const code = await run(argv, { io, version: '1.2.3' })
  return { code, ...text }
}
