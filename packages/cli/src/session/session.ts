/** A conversation at a terminal: commands with a dot, JavaScript with the database at hand, and what happens meanwhile. */
import path from 'node:path'
import type { REPLServer } from 'node:repl'
import { types } from 'node:util'
import type { Database, VitraError } from 'vitra'
import { callMethod } from '../call-method.js'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { follow } from '../follow.js'
import type { Io, Terminal } from '../io.js'
import { Lane } from '../live.js'
import { makeFolder } from '../make-folder.js'
import { Deadline, goOnline } from '../network.js'
import type { NetworkOptions } from '../options.js'
import { Output } from '../output/output.js'
import { tame } from '../output/text.js'
import { wrap } from '../output/wrap.js'
import { wordsOfShell } from '../params/shell.js'
import { configFile } from '../used.js'
import { explained } from '../why-failed.js'
import { completeLine } from './complete-line.js'
import { helpText } from './help-text.js'
import { Turns } from './turns.js'

export interface SessionOptions {
  readonly context: Context
  readonly db: Database
  readonly terminal: Terminal
  readonly options: NetworkOptions
  /** Tells what happens to the database; by default as `vitra host` does. Returns what ends it. */
  readonly tell?: typeof follow
  /** Where another database may take the place of this one: its listener is called with it, before this one is closed. */
  readonly onReplaced?: (listener: (next: Database) => Promise<void>) => void
}

/** How a session ended; with the others it goes on in another process. */
export type SessionEnd = 'exit' | 'background' | 'foreground'

/** How long a method that is called as a function waits for the executor, in seconds. */
const WAIT_SECONDS = 15

/** Talks until the user ends it. */
export async function converse(session: SessionOptions): Promise<SessionEnd> {
  const { context, terminal, options, onReplaced } = session
  const { start } = await import('node:repl')
  const { input, output } = terminal
  let { db } = session
  if (!context.isServed && !options.offline) goOnline(context, db, options)
  const methods = await methodsOf(db)
  output.write(`${wrap(tame(greeting(db, methods)), output.columns ?? 80)}\n`)
  const repl = start({
    prompt: promptOf(db),
    input,
    output,
    terminal: true,
    useColors: context.io.env.NO_COLOR === undefined,
    ignoreUndefined: true,
    preview: false,
    breakEvalOnSigint: !context.isServed,
  })
  const turns = new Turns(repl)
  const lane = new Lane()
  const watching = { context, turns, lane, tell: session.tell ?? follow }
  let unwatch = watch(db, watching)
  keepHistory(repl, configFile(context.io, 'history'))
  await fill(repl, { context, db, options }, methods ?? [])
  waitForPromises(repl, turns, () => db)
  showOwnFrames(repl, (await import('vitra')).VitraError)
  onReplaced?.(async (next) => {
    unwatch()
    await lane.end()
    db = next
    unwatch = watch(db, watching)
    await fill(repl, { context, db, options }, (await methodsOf(db)) ?? [])
    repl.setPrompt(promptOf(db))
  })
  const completing = repl as { completer: unknown }
  completing.completer = completeLine(repl, { commands: context.commands, database: async () => db })
  const end = await new Promise<SessionEnd>((resolve) => {
    defineCommands(repl, turns, { context, database: () => db, terminal })
    if (onReplaced === undefined) defineMoves(repl, turns, context, resolve)
    repl.once('exit', () => resolve('exit'))
    context.signal.addEventListener('abort', () => resolve('exit'), { once: true })
  })
  turns.interrupt()
  repl.close()
  unwatch()
  await lane.end()
  return end
}

/** Names of what can be called; null where the contract is not here yet. */
async function methodsOf(db: Database): Promise<string[] | null> {
  try {
    const script = await db.script()
    return (script?.functions ?? (await db.methods())).map(({ name }) => name)
  } catch {
    return null
  }
}

function promptOf(db: Database): string {
  return `${db.pubkey.toString('hex').slice(0, 8)}> `
}

interface Watching {
  readonly context: Context
  readonly turns: Turns
  readonly lane: Lane
  readonly tell: typeof follow
}

/** Tells what happens to a database, between the lines that are typed, until the function that is returned is called. */
function watch(db: Database, { context, turns, lane, tell }: Watching): () => void {
  const say = (text: string) => turns.tell(text)
  const sink = { write: say, isTTY: true, columns: context.io.terminal?.output.columns ?? 80 }
  const notices = new Output(
    { ...context.io, stdout: sink, stderr: sink },
    { json: false, quiet: false, debug: false },
  )
  const unfollow = tell(notices, db, lane)
  const tellViolation = ({ violation }: { violation: { code: string; message: string } }) =>
    say(`${notices.style.red('FRAUD')}: ${violation.message} (${violation.code})\n`)
  db.on('violation', tellViolation)
  return () => {
    unfollow()
    db.off('violation', tellViolation)
  }
}

function greeting(db: Database, methods: readonly string[] | null): string {
  return [
    `${db.path}, version ${db.index.version}. Methods: ${methods?.join(', ') ?? 'not here yet, see .sync'}.`,
    '.help lists the commands; all else is JavaScript, with db at hand. Ctrl-D ends.',
  ].join('\n')
}

/** Gives expressions a name. */
function give({ context }: REPLServer, name: string, value: unknown): void {
  Object.defineProperty(context, name, { value, configurable: true, enumerable: true, writable: true })
}

/** Gives expressions the database, and the methods of its contract, or what its script exports, as functions. */
async function fill(
  repl: REPLServer,
  { context, db, options }: Pick<SessionOptions, 'context' | 'db' | 'options'>,
  methods: readonly string[],
): Promise<void> {
  give(repl, 'db', db)
  if (await db.script().catch(() => null)) {
    const api = db.api({ timeout: WAIT_SECONDS * 1000 })
    for (const name of methods) give(repl, name, api[name])
    return
  }
  for (const name of methods) {
    give(repl, name, async (params: object = {}) => {
      const network = context.isServed ? { offline: db.executor !== null } : options
      const deadline = new Deadline({ timeout: WAIT_SECONDS }, WAIT_SECONDS)
      const outcome = await callMethod(context, db, { method: name, params, network, deadline, wait: true })
      const { tx, status, returned, results } = outcome
      if (status === 'read') return tx.response
      const changes = results.map(({ path, value, deleted }) =>
        deleted ? { path, deleted } : { path, value },
      )
      const said = tx.response === undefined ? {} : { response: tx.response }
      return { status, ...said, returned, changes, txId: tx.txId }
    })
  }
}

/** An expression that gives a promise is waited for, until Ctrl-C. */
function waitForPromises(repl: REPLServer, turns: Turns, database: () => Database): void {
  const { eval: evaluate } = repl
  const waiting: typeof evaluate = function (this: REPLServer, code, scope, file, done) {
    evaluate.call(this, code, scope, file, (error, value) => {
      if (error !== null || !types.isPromise(value)) return done(error, value)
      const told = value.catch(async (failure) => {
        throw await explained(database(), failure)
      })
      turns.waitFor(told).then(
        (settled) => done(null, settled),
        (failure) => done(withoutFrames(failure), undefined),
      )
    })
  }
  ;(repl as { eval: typeof evaluate }).eval = waiting
}

/**
 * Errors of what was typed are shown without the frames of what runs it, and those of the database without what they come
 * from: it tells nothing of what was typed. `_error` has all of it.
 */
function showOwnFrames(repl: REPLServer, errorOfVitra: typeof VitraError): void {
  const { writer } = repl as { writer: (value: unknown) => string }
  ;(repl as { writer: typeof writer }).writer = (value) => {
    if (value instanceof errorOfVitra && value.cause !== undefined) {
      const { stack, details } = value
      return `[${stack}] ${writer.call(repl, details)}`
    }
    if (types.isNativeError(value) && value.stack !== undefined)
      value.stack = value.stack.replace(FRAMES_BELOW, '')
    return writer.call(repl, value)
  }
}

const FRAMES_BELOW = /\n\s+at [^\n]*(?:node:vm|node:repl)[\s\S]*$/

/** An error of the database as people are told it: what happened, and its code. */
function withoutFrames(failure: unknown): Error {
  const { code, message } = explain(failure)
  const error = failure instanceof Error ? failure : new Error(message)
  if (code !== 'UNEXPECTED') error.stack = `${message} (${code})`
  return error
}

interface Commanded {
  readonly context: Context
  readonly database: () => Database
  readonly terminal: Terminal
}

function defineCommands(repl: REPLServer, turns: Turns, { context, database, terminal }: Commanded): void {
  for (const { name, summary, outsideSessions } of context.commands) {
    if (outsideSessions) continue
    repl.defineCommand(name, {
      help: summary,
      action(line) {
        const io = (signal: AbortSignal): Io => sessionIo(context, terminal, repl, signal)
        turns.run((signal) => context.runOn(database(), [name, ...wordsOfShell(line)], io(signal)))
      },
    })
  }
  repl.defineCommand('help', {
    help: 'Print this',
    action: () => turns.tell(`${helpText(repl, terminal.output.columns)}\n`),
  })
}

/** The database may be kept by another process, where the session then goes on. */
function defineMoves(repl: REPLServer, turns: Turns, context: Context, end: (how: SessionEnd) => void): void {
  repl.defineCommand('bg', {
    help: 'Have the database kept in the background, and go on there',
    action: () =>
      context.isServed ? turns.tell('It is kept in the background already.\n') : end('background'),
  })
  repl.defineCommand('fg', {
    help: 'Take the database back from the background',
    action: () => (context.isServed ? end('foreground') : turns.tell('This session keeps it itself.\n')),
  })
}

function sessionIo({ io }: Context, { output }: Terminal, repl: REPLServer, signal: AbortSignal): Io {
  const sink = {
    write: (content: string | Uint8Array) => output.write(content),
    isTTY: true,
    ...(output.columns === undefined ? {} : { columns: output.columns }),
  }
  return {
    ...io,
    stdout: sink,
    stderr: sink,
    program: null,
    terminal: null,
    ask: (question) => new Promise((resolve) => repl.question(question, resolve)),
    readStdin: async () => new Uint8Array(),
    async *readLines() {},
    onInterrupt(listener) {
      if (signal.aborted) listener()
      else signal.addEventListener('abort', listener, { once: true })
      return () => signal.removeEventListener('abort', listener)
    },
  }
}

/** Where it cannot be kept, nothing is. */
function keepHistory(repl: REPLServer, file: string): void {
  try {
    makeFolder(path.dirname(file))
    repl.setupHistory(file, () => {})
  } catch {
    // a home that cannot be written
  }
}
