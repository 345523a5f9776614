import { spawn } from 'node:child_process'
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { CliError, UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { notStopped, STOP_MS, stopHolder } from '../holder/forward.js'
import { type Holder, holderOf } from '../holder/mark.js'
import { keptBy } from '../open-database.js'
import { type DurabilityOptions, type NetworkOptions, wholeNumber } from '../options.js'
import { columns } from '../output/text.js'
import { HOST_OPTIONS, type HostOptions } from './host.js'

interface Options extends NetworkOptions, DurabilityOptions, HostOptions {
  readonly follow?: boolean
  readonly lines?: number
}

const START_MS = 30_000
const LOOK_MS = 50
const LINES = 20

export const serve = defineCommand<Options>({
  name: 'serve',
  args: '<what>',
  argsSay: { what: 'start, stop, status or logs' },
  completes: { what: ['start', 'stop', 'status', 'logs'] },
  summary: 'Keep the database online in the background',
  details: `start runs \`vitra host\` as a process of its own, which goes on when the terminal is closed. Other commands on the
folder find it by themselves and run there, several at once; nobody but you can reach it. stop ends it in order. What it prints
goes to serve.log in the folder, and what the one before it printed is kept in serve.log.1.

status ends with exit code 0 where a process keeps the folder, else with 1.`,
  options: [
    ...HOST_OPTIONS,
    { flags: '--follow', says: 'with logs: print what comes, until Ctrl-C' },
    {
      flags: '--lines <n>',
      says: `with logs: how many of the newest lines (default ${LINES})`,
      parse: wholeNumber('--lines'),
    },
  ],
  staysUntilStopped: true,
  runsAlone: true,
  examples: [
    { run: 'vitra serve start', says: 'on the public network' },
    { run: 'vitra serve status', says: 'which process it is' },
    { run: 'vitra serve logs --follow', says: 'what it does' },
    { run: 'vitra serve stop', says: 'end it in order' },
  ],
  async run({ context, args: [what], options }) {
    const work = WORK[what!]
    if (work === undefined)
      throw new UsageError('USAGE', 'say start, stop, status or logs', 'see `vitra serve --help`')
    return work({ context, folder: context.folder, options })
  },
})

interface Job {
  readonly context: Context
  readonly folder: string
  readonly options: Options
}

const WORK: Readonly<Record<string, (job: Job) => Promise<ExitCode>>> = { start, stop, status, logs }

async function start({ context, folder, options }: Job): Promise<ExitCode> {
  const holder = await serveInBackground(context, folder, options)
  print(context, folder, holder, `serving ${folder} in process ${holder.pid}`)
  context.out.note('`vitra serve logs` shows what it does, `vitra serve stop` ends it.')
  return EXIT.ok
}

/**
 * Starts `vitra host` as a process of its own, and waits until it has the folder.
 *
 * @throws {CliError} `DATABASE_LOCKED`, `SERVE_NOT_STARTED`
 */
export async function serveInBackground(context: Context, folder: string, options: Options): Promise<Holder> {
  const there = holderOf(folder)
  if (there !== null) throw keptBy(folder, there)
  const { program } = context.io
  if (program === null) throw new CliError('SERVE_NOT_STARTED', 'this program cannot start another process')
  const log = logFile(folder)
  if (statSync(log, { throwIfNoEntry: false }) !== undefined) renameSync(log, `${log}.1`)
  const output = openSync(log, 'a', 0o600)
  const [command, ...words] = [...program, 'host', '--dir', folder, ...hostWords(options)]
  const child = spawn(command!, words, { detached: true, stdio: ['ignore', output, output], cwd: folder })
  closeSync(output)
  let ended: string | null = null
  child.once('error', ({ message }) => (ended = message))
  child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`))
  child.unref()
  const deadline = Date.now() + START_MS
  for (;;) {
    const holder = holderOf(folder)
    if (holder !== null && holder.pid === child.pid) return holder
    if (ended !== null || Date.now() > deadline) throw notStarted(ended, log, await newest(log, LINES))
    await sleep(LOOK_MS, undefined, { signal: context.signal })
  }
}

function notStarted(ended: string | null, log: string, said: readonly string[]): CliError {
  const why = ended ?? `it was not ready after ${START_MS / 1000} s`
  return new CliError(
    'SERVE_NOT_STARTED',
    [`the background process did not start: ${why}`, ...said].join('\n'),
    {
      hint: `mend what it says, or see ${log}`,
      details: { log },
    },
  )
}

/** The options of `host` as they are written. */
function hostWords(options: Options): string[] {
  const { bootstrap = [], offline, durability, opsPerSecond, opsPerBatch } = options
  const valued = { durability, 'ops-per-second': opsPerSecond, 'ops-per-batch': opsPerBatch }
  return [
    ...bootstrap.flatMap((node) => ['--bootstrap', node]),
    ...(offline ? ['--offline'] : []),
    ...Object.entries(valued).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, String(value)],
    ),
  ]
}

async function stop({ context, folder }: Job): Promise<ExitCode> {
  const holder = holderOf(folder)
  if (holder === null) {
    context.out.result({ folder, stopped: false }, [`no process keeps ${folder}`])
    return EXIT.ok
  }
  if (!(await stopHolder(holder, STOP_MS))) throw notStopped(holder, STOP_MS)
  context.out.result({ folder, stopped: true, pid: holder.pid }, [`stopped process ${holder.pid}`])
  return EXIT.ok
}

async function status({ context, folder }: Job): Promise<ExitCode> {
  const holder = holderOf(folder)
  if (holder === null) {
    context.out.result({ folder, running: false }, [`no process keeps ${folder}`])
    return EXIT.failed
  }
  const { command, pid, since } = holder
  const lines = columns([
    ['process', String(pid)],
    ['command', `vitra ${command}`],
    ['since', since],
  ])
  context.out.result({ folder, running: true, ...holder }, lines)
  return EXIT.ok
}

function print(context: Context, folder: string, holder: Holder, line: string): void {
  context.out.result({ folder, running: true, ...holder }, [line])
}

async function logs({ context, folder, options }: Job): Promise<ExitCode> {
  const log = logFile(folder)
  const lines = await newest(log, options.lines ?? LINES)
  for (const line of lines) context.out.event({ line }, context.out.foreign(line))
  if (!options.follow) return EXIT.ok
  await followFile(log, context)
  return EXIT.ok
}

/** Prints the lines that are added to a file, until the command is to end; goes on with a file that begins anew. */
async function followFile(file: string, { out, signal }: Context): Promise<void> {
  let { ino, size: at } = statSync(file)
  let rest = ''
  while (!signal.aborted) {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat !== undefined && stat.ino !== ino) [ino, at, rest] = [stat.ino, 0, '']
    if (stat !== undefined && stat.size > at) {
      await using handle = await open(file)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(stat.size - at), 0, stat.size - at, at)
      at += bytesRead
      const lines = (rest + buffer.toString('utf8', 0, bytesRead)).split('\n')
      rest = lines.pop()!
      for (const line of lines) out.event({ line }, out.foreign(line))
    }
    await sleep(FOLLOW_MS, undefined, { signal }).catch(() => {}) // the end
  }
}

const FOLLOW_MS = 200

/** The newest lines of a file. @throws {CliError} `FILE_UNREADABLE` */
async function newest(file: string, lines: number): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new CliError('FILE_UNREADABLE', `${file} cannot be read: no process has served this folder`, {
      hint: 'begin with `vitra serve start`',
      cause,
    })
  })
  const all = text.split('\n')
  if (all.at(-1) === '') all.pop()
  return lines === 0 ? [] : all.slice(-lines)
}

function logFile(folder: string): string {
  return path.join(folder, 'serve.log')
}
