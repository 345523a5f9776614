/** Runs a command in the process of the tests, with the streams and the surroundings that a process of its own would have. */
import { readFileSync, realpathSync } from 'node:fs'
import { type Io, run } from '@vitra/cli'
import { keepGuests } from '@vitra/testkit/guests'
import { EXECUTABLE, type Ran, type Surroundings, surroundingsOf } from './surroundings.js'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Runs a command to its end. */
export async function inProcess(args: readonly string[], surroundings: Surroundings): Promise<Ran> {
  await keepGuests()
  const { cwd, env } = surroundingsOf(surroundings)
  const [stdout, stderr] = [new Captured(), new Captured()]
  const stdin = surroundings.stdin ?? ''
  const io: Io = {
    stdout,
    stderr,
    program: [process.execPath, EXECUTABLE],
    terminal: null,
    ask: async () => null,
    readStdin: async () => Buffer.from(stdin),
    async *readLines() {
      yield* stdin.split('\n').filter((line, n, { length }) => line !== '' || n < length - 1)
    },
    env,
    cwd: realpathSync(cwd),
    onInterrupt: () => () => {},
  }
  const code = await run(args, { io, version })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** What was written to a pipe, as its reader has it. */
class Captured {
  readonly #written: Uint8Array[] = []

  write(content: string | Uint8Array): void {
    this.#written.push(Buffer.from(content))
  }

  get text(): string {
    return Buffer.concat(this.#written).toString('utf8')
  }
}
