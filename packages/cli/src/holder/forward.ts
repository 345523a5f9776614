/** The side of a command line whose folder another process keeps: has the command run there, on its database. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../errors.js'
import type { ExitCode } from '../exit-codes.js'
import { ENVIRONMENT, type Io, type Terminal, type TextSink } from '../io.js'
import { type Holder, isAlive } from './mark.js'
import { type HolderMessage, receive, type SinkInfo, type Size, send } from './messages.js'

export interface ForwardOptions {
  readonly io: Io
  readonly version: string
  /** True for a command that has the terminal to itself. */
  readonly needsTerminal: boolean
}

/**
 * Has a command line run by the process that keeps its folder.
 *
 * @returns its exit code; null where nothing was run, as nobody answers or that process has ended meanwhile, and where it has handed the folder over
 * @throws {CliError} `HOLDER_GONE`, `HOLDER_VERSION`
 */
export async function forward(
  holder: Holder,
  argv: readonly string[],
  options: ForwardOptions,
): Promise<ExitCode | null> {
  const { io, version } = options
  const socket = await connectTo(holder)
  if (socket === null) return null
  const stop = io.onInterrupt(() => send(socket, { kind: 'interrupt' }))
  let [isBegun, takesOver] = [false, false]
  let release = () => {}
  try {
    const { cwd, stdout, stderr } = io
    const sinks = { stdout: infoOf(stdout), stderr: infoOf(stderr) }
    const terminal = options.needsTerminal && io.terminal !== null ? sizeOf(io.terminal) : null
    send(socket, { kind: 'run', request: { version, argv, cwd, env: passedOn(io), ...sinks, terminal } })
    if (terminal !== null) release = lendTerminal(io.terminal!, socket)
    for await (const message of receive<HolderMessage>(socket)) {
      if (message.kind === 'stdout') stdout.write(message.text)
      if (message.kind === 'bytes') stdout.write(Buffer.from(message.bytes, 'base64'))
      if (message.kind === 'stderr') stderr.write(message.text)
      if (message.kind === 'stdin') await sendStdin(io, socket)
      if (message.kind === 'ask') send(socket, { kind: 'answer', text: await io.ask(message.question) })
      if (message.kind === 'take-over') takesOver = true
      if (message.kind === 'begun') isBegun = true
      if (message.kind === 'exit') {
        if (message.isEnding) await untilEnded(holder, socket, STOP_MS)
        if (!takesOver) return message.code
        await stopHolder(holder)
        return null
      }
      if (message.kind === 'other-version') throw otherVersion(holder, message.version, version)
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    if (!isBegun && (await untilEnded(holder, socket, ENDING_MS))) return null
    throw gone(holder, options, error)
  } finally {
    stop()
    release()
    socket.destroy()
  }
  if (!isBegun && (await untilEnded(holder, socket, ENDING_MS))) return null
  throw gone(holder, options)
}

/** Asks the process that keeps a folder to end, and waits until it has. @throws {CliError} `SERVE_NOT_STOPPED` */
export async function stopHolder(holder: Holder): Promise<void> {
  const socket = await connectTo(holder)
  if (socket !== null) {
    socket.on('error', () => {}) // it may end before it has read
    send(socket, { kind: 'stop' })
  }
  const deadline = performance.now() + STOP_MS
  while (isAlive(holder.pid) && performance.now() < deadline) await sleep(LOOK_MS)
  socket?.destroy()
  if (isAlive(holder.pid)) throw notStopped(holder)
}

/** Waits for the end of a process that has let go of this side; true where it came in time. */
async function untilEnded({ pid }: Holder, socket: Socket, ms: number): Promise<boolean> {
  socket.destroy() // the process waits for that
  const deadline = performance.now() + ms
  while (isAlive(pid) && performance.now() < deadline) await sleep(LOOK_MS)
  return !isAlive(pid)
}

const LOOK_MS = 50
/** How long a process may take to end, in ms. */
const STOP_MS = 60_000
/** How long one may take that has run nothing: where it goes on, something else is wrong. */
const ENDING_MS = 20_000

function notStopped({ pid }: Holder): CliError {
  return new CliError('SERVE_NOT_STOPPED', `process ${pid} did not end in ${STOP_MS / 1000} s`, {
    hint: `see what it does with \`vitra serve logs\`; \`kill ${pid}\` ends it, and nothing is lost`,
    details: { pid },
  })
}

/** Sends what is typed, as it is typed; returns what ends that. */
function lendTerminal(terminal: Terminal, socket: Socket): () => void {
  const { input, output } = terminal
  const raw = input as Terminal['input'] & { setRawMode?(isRaw: boolean): unknown }
  const type = (bytes: Buffer) => send(socket, { kind: 'typed', bytes: bytes.toString('base64') })
  const resize = () => send(socket, { kind: 'resized', size: sizeOf(terminal) })
  raw.setRawMode?.(true)
  input.on('data', type)
  input.resume()
  output.on('resize', resize)
  return () => {
    input.off('data', type)
    output.off('resize', resize)
    input.pause()
    raw.setRawMode?.(false)
  }
}

function sizeOf({ output: { columns = 80, rows = 24 } }: Terminal): Size {
  return { columns, rows }
}

function connectTo({ socket: path }: Holder): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}

async function sendStdin(io: Io, socket: Socket): Promise<void> {
  const bytes = await io.readStdin().catch(() => null)
  send(socket, { kind: 'stdin', bytes: bytes === null ? null : Buffer.from(bytes).toString('base64') })
}

function infoOf({ isTTY = false, columns }: TextSink): SinkInfo {
  return { isTTY, ...(columns === undefined ? {} : { columns }) }
}

function passedOn({ env }: Io): Record<string, string> {
  return Object.fromEntries(
    ENVIRONMENT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )
}

function gone({ command, pid }: Holder, { io, needsTerminal }: ForwardOptions, cause?: unknown): CliError {
  if (needsTerminal) io.stderr.write('\n') // it stands behind a prompt
  return new CliError(
    'HOLDER_GONE',
    `\`vitra ${command}\` (process ${pid}), which ran this command, ended before it was done`,
    { hint: 'see what was done with `vitra info`, then run this again', cause },
  )
}

function otherVersion({ command, pid }: Holder, theirs: string, ours: string): CliError {
  return new CliError(
    'HOLDER_VERSION',
    `\`vitra ${command}\` (process ${pid}), which has the database open, is version ${theirs} and this is ${ours}`,
    { hint: 'start it again, so that both are one version', details: { pid, theirs, ours } },
  )
}
