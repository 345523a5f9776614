import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { startInBackground } from '../holder/background.js'
import { stopHolder } from '../holder/forward.js'
import { addedLines, newestLines } from '../holder/log-file.js'
import { holderOf } from '../holder/mark.js'
import { Jobs } from '../jobs.js'
import { optionWords } from '../option.js'
import { type DurabilityOptions, type NetworkOptions, wholeNumber } from '../options.js'
import { columns } from '../output/text.js'
import { HOST_OPTIONS, type HostOptions } from './host.js'

interface Options extends NetworkOptions, DurabilityOptions, HostOptions {
  readonly follow?: boolean
  readonly lines?: number
}

const LINES = 20

interface Given {
  readonly context: Context
  readonly folder: string
  readonly options: Options
}

const JOBS = new Jobs<(given: Given) => Promise<ExitCode>>('serve', {
  start: { options: HOST_OPTIONS, run: start },
  stop: { run: stop },
  status: { run: status },
  logs: {
    options: [
      { flags: '--follow', says: 'print what comes, until Ctrl-C' },
      {
        flags: '--lines <n>',
        says: `how many of the newest lines (default ${LINES})`,
        parse: wholeNumber('--lines'),
      },
    ],
    run: logs,
  },
})

export const serve = defineCommand<Options>({
  name: 'serve',
  args: '<what>',
  argsSay: { what: JOBS.says },
  completes: { what: JOBS.words },
  summary: 'Keep the database online in the background',
  details: `start runs \`vitra host\` as a process of its own, which goes on when the terminal is closed. Other commands on the
folder find it by themselves and run there, several at once; nobody but you can reach it. stop ends it in order. What it prints
goes to serve.log in the folder, and what the one before it printed is kept in serve.log.1.

status ends with exit code 0 where a process keeps the folder, else with 1.`,
  options: JOBS.options,
  staysUntilStopped: true,
  runsAlone: true,
  outsideSessions: true,
  examples: [
    { run: 'vitra serve start', says: 'on the public network' },
    { run: 'vitra serve status', says: 'which process it is' },
    { run: 'vitra serve logs --follow', says: 'what it does' },
    { run: 'vitra serve stop', says: 'end it in order' },
  ],
  async run({ context, args: [what], options }) {
    return JOBS.find(what, undefined, options)({ context, folder: context.folder, options })
  },
})

async function start({ context, folder, options }: Given): Promise<ExitCode> {
  const running = holderOf(folder)
  const serves = running?.command === 'host'
  const words = optionWords(HOST_OPTIONS, options)
  const holder = serves ? running : await startInBackground(context, folder, ['host', ...words])
  const said = { folder, running: true, started: !serves, ...holder }
  const line = serves
    ? `process ${holder.pid} serves ${folder} already`
    : `serving ${folder} in process ${holder.pid}`
  context.out.result(said, [line])
  if (serves && words.length > 0)
    context.out.warn('it goes on as it was begun: stop it with `vitra serve stop` to begin it otherwise')
  context.out.note('`vitra serve logs` shows what it does, `vitra serve stop` ends it.')
  return EXIT.ok
}

async function stop({ context, folder }: Given): Promise<ExitCode> {
  const holder = holderOf(folder)
  if (holder === null) {
    context.out.result({ folder, stopped: false }, [`no process keeps ${folder}`])
    return EXIT.ok
  }
  await stopHolder(holder)
  context.out.result({ folder, stopped: true, pid: holder.pid }, [`stopped process ${holder.pid}`])
  return EXIT.ok
}

async function status({ context, folder }: Given): Promise<ExitCode> {
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

async function logs({ context: { out, signal }, folder, options }: Given): Promise<ExitCode> {
  const tell = (line: string) => out.event({ line }, out.foreign(line))
  for (const line of await newestLines(folder, options.lines ?? LINES)) tell(line)
  if (options.follow) for await (const line of addedLines(folder, signal)) tell(line)
  return EXIT.ok
}
