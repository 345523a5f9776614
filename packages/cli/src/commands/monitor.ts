import { setTimeout as sleep } from 'node:timers/promises'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { ENGINE_OPTION, type EngineOptions, enginesToOpen } from '../engines.js'
import { CliError, UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { startInBackground } from '../holder/background.js'
import { stopHolder } from '../holder/forward.js'
import { holderOf, isAlive } from '../holder/mark.js'
import { Jobs } from '../jobs.js'
import { keeperOf, untilStopped, whileHolding } from '../live.js'
import { KeptMonitor, keptMonitor } from '../monitor/kept.js'
import { type MonitorRecord, readRecord, settledRecord } from '../monitor/record.js'
import { monitorExit, monitorLines, monitorState } from '../monitor/status.js'
import { tellMonitor } from '../monitor/tell.js'
import { goOnline } from '../network.js'
import { optionWords } from '../option.js'
import { LIVE_NETWORK_OPTIONS, type NetworkOptions } from '../options.js'

interface Options extends NetworkOptions, EngineOptions {
  readonly fresh?: boolean
}

const LOOK_MS = 50

const OPTIONS = [
  { flags: '--fresh', says: 'check from genesis on again' },
  ENGINE_OPTION,
  ...LIVE_NETWORK_OPTIONS,
]

interface Job {
  readonly context: Context
  readonly key: string | undefined
  readonly options: Options
}

const JOBS = new Jobs<(job: Job) => Promise<ExitCode>>('monitor', {
  start: { takes: '[key]', run: start },
  stop: { run: stop },
  status: { run: status },
})

export const monitor = defineCommand<Options>({
  name: 'monitor',
  args: '[what] [key]',
  argsSay: {
    what: `${JOBS.says} of one in the background; without it, until Ctrl-C`,
    key: 'with start: public key of a database to copy and watch, else the one that is here',
  },
  completes: { what: JOBS.words },
  summary: 'Check the executor from now on',
  details: `Everything published so far is checked, then every batch as it arrives; started again, it goes on where it
stopped. The copy is shared with other peers meanwhile. What stands unchecked although a dishonest executor could hide
behind it is told as "suspect" and kept: \`vitra info\` shows it. At a violation the monitor ends with exit code 3, and the
evidence is kept: \`vitra fraud list\`. Ctrl-C stops it with exit code 0.

start has it run in the background: in a process of its own, which goes on when the terminal is closed, or in the one that
keeps the database already, as long as that runs. \`vitra serve logs\` shows what it prints. A copy that start makes for a key
goes to ./.vitra unless --dir or VITRA_DIR names a folder.

status says how far it is, and what it has found. Exit code 0: it runs, and all is well so far. 3: the executor has violated
the contract. 4: something could not be checked. 1: no monitor runs.`,
  options: OPTIONS,
  staysUntilStopped: true,
  runsAlone: ([what], holder) => what === 'stop' && holder === 'monitor',
  examples: [
    { run: 'vitra monitor', says: 'follow the database' },
    { run: 'vitra monitor --json', says: 'one JSON object a line, for a program' },
    { run: 'vitra monitor start', says: 'in the background' },
    { run: 'vitra monitor start <key> --dir ./copy', says: 'a database of others' },
    { run: 'vitra monitor status', says: 'how far it is, and whether it has found anything' },
    { run: 'vitra monitor stop', says: 'end it in order' },
  ],
  async run({ context, args: [what, key], options }) {
    const work = what === undefined ? follow : JOBS.find(what, key, options)
    return work({ context, key, options })
  },
})

/** In the foreground, until it is stopped. */
async function follow({ context, options }: Job): Promise<ExitCode> {
  const { fresh } = options
  const db = await context.database({ engines: await enginesToOpen(options, context) })
  return whileHolding(context, db, 'monitor', async () => {
    if (!options.offline) goOnline(context, db, options)
    const { out } = context
    const key = db.pubkey.toString('hex')
    out.event({ event: 'monitoring', key, version: db.index.version }, `monitoring ${key}, Ctrl-C stops it`)
    const how = fresh === undefined ? {} : { fresh }
    // For somebody elsewhere it is one of theirs, and ends with their command.
    const by = { command: 'monitor', alone: context }
    const kept = context.isServed ? null : await KeptMonitor.start(db, by, how)
    const watch = kept?.watch ?? (await db.monitor(how))
    const violated = new Promise<ExitCode>((resolve) =>
      watch.on('violation', () => {
        resolve(EXIT.fraud)
        context.stop() // what is run here from now on waits for the end
      }),
    )
    tellMonitor(out, db, watch)
    const code = await Promise.race([violated, untilStopped(context).then(() => EXIT.ok)])
    const { status } = watch
    await (kept ?? watch).close()
    if (code === EXIT.ok)
      out.event(
        { event: 'stopped', version: watch.version, status },
        `stopped at version ${watch.version}: ${status}`,
      )
    if (code === EXIT.ok) out.note('`vitra monitor` goes on from there.')
    return code
  })
}

/** In the process that keeps the folder, else in one of its own. */
async function start(job: Job): Promise<ExitCode> {
  const { context, options } = job
  const begun = context.isServed ? await startHere(job) : await startAlone(job)
  const state = monitorState(begun.record, begun.record.ended === null)
  const { pid, command } = begun.record
  context.out.report({ started: begun.isNew, ...state }, [
    ...(begun.isNew
      ? [`monitoring in process ${pid}, vitra ${command}`]
      : [`process ${pid} monitors it already`]),
    ...(state.record.status === 'fraud' ? monitorLines(context.out, state) : []),
  ])
  if (!begun.isNew && options.fresh)
    context.out.warn('it goes on as it was begun: stop it with `vitra monitor stop` before --fresh')
  if (begun.isNew && command !== 'monitor')
    context.out.note(`It ends with that process; \`vitra monitor start\` goes on then.`)
  context.out.note('`vitra monitor status` says how far it is, `vitra monitor stop` ends it.')
  return state.record.status === 'fraud' ? EXIT.fraud : EXIT.ok
}

interface Begun {
  readonly record: MonitorRecord
  /** False where one ran already. */
  readonly isNew: boolean
}

async function startHere({ context, key, options }: Job): Promise<Begun> {
  const db = await context.database()
  if (key !== undefined && key !== db.pubkey.toString('hex'))
    throw new UsageError(
      'USAGE',
      `${db.path} is another database`,
      'name a folder for the copy with --dir <folder>',
    )
  const running = keptMonitor(db)
  if (running !== null && running.watch.status !== 'fraud') return { record: running.record, isNew: false }
  await running?.close()
  const engines = await enginesToOpen(options, context)
  const { fresh = false } = options
  const { command = 'session', context: keeper } = keeperOf(db) ?? {}
  const kept = await KeptMonitor.start(db, { command }, { fresh, engines })
  // A session tells of violations itself, and its terminal is for what is typed.
  if (keeper !== undefined && command !== 'session') tellMonitor(keeper.out, db, kept.watch)
  return { record: kept.record, isNew: true }
}

async function startAlone({ context, key, options }: Job): Promise<Begun> {
  let folder = key === undefined ? context.folder : context.newFolder
  if (key !== undefined) {
    folder = (await context.copy(folder, key)).path
    await context.close()
  }
  const before = holderOf(folder) === null ? await settledRecord(folder) : readRecord(folder)
  if (before !== null && before.ended === null && before.status !== 'fraud')
    context.out.note(
      `The monitor before it died (process ${before.pid}); this goes on from version ${before.version}.`,
    )
  const since = new Date().toISOString()
  /** That of the process begun here, which may have ended by now. */
  const record = () => {
    const found = readRecord(folder)
    return found !== null && found.since >= since ? found : null
  }
  try {
    const holder = await startInBackground(context, folder, ['monitor', ...optionWords(OPTIONS, options)])
    // One that found a violation before finds it at once: whoever starts it is told.
    const isBegun = (found: MonitorRecord | null) =>
      found !== null && (before?.status !== 'fraud' || found.status !== 'checking')
    while (!isBegun(record()) && isAlive(holder.pid))
      await sleep(LOOK_MS, undefined, { signal: context.signal })
  } catch (error) {
    // What it finds may end it before anybody has looked.
    if (record() === null) throw error
  }
  const found = record()
  if (found !== null) return { record: found, isNew: true }
  throw new CliError('SERVE_NOT_STARTED', 'the monitor ended as soon as it was begun', {
    hint: 'see why with `vitra serve logs`',
  })
}

async function stop({ context }: Job): Promise<ExitCode> {
  const stopped = context.isServed ? await stopHere(context) : await stopProcess(context)
  const line =
    stopped === null ? 'no monitor runs' : `stopped at version ${stopped.version}: ${stopped.status}`
  context.out.result({ stopped: stopped !== null, record: stopped }, [line])
  if (stopped !== null) context.out.note('`vitra monitor start` goes on from there.')
  return EXIT.ok
}

async function stopHere(context: Context): Promise<MonitorRecord | null> {
  const db = await context.database()
  const kept = keptMonitor(db)
  if (kept === null) return null
  await kept.close()
  const keeper = keeperOf(db)
  if (keeper?.command === 'monitor') keeper.context.stop()
  return kept.record
}

async function stopProcess({ folder, holder }: Context): Promise<MonitorRecord | null> {
  if (holder === null) {
    await settledRecord(folder)
    return null
  }
  await stopHolder(holder)
  return readRecord(folder)
}

async function status({ context }: Job): Promise<ExitCode> {
  const { out } = context
  const db = context.isServed ? await context.database() : null
  const kept = db === null ? null : keptMonitor(db)
  const folder = db?.path ?? context.folder
  const record = kept?.record ?? (db === null ? await settledRecord(folder) : readRecord(folder))
  if (record === null) {
    out.result({ state: 'none', record: null }, ['no monitor has watched this database'])
    out.note('`vitra monitor start` begins one.')
    return EXIT.failed
  }
  const state = monitorState(record, kept !== null)
  out.report(state, monitorLines(out, state))
  return monitorExit(state)
}
