import { defineCommand } from '../command.js'
import { enginesToOpen } from '../engines.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { startInBackground } from '../holder/background.js'
import { whileHolding } from '../live.js'
import { optionWords } from '../option.js'
import { LIVE_NETWORK_OPTIONS, type NetworkOptions } from '../options.js'
import { converse } from '../session/session.js'

export const session = defineCommand<NetworkOptions>({
  name: 'session',
  summary: 'Work with the database interactively; `vitra` alone does the same',
  details: `Commands are there with a dot: .get /counter, .call increment --amount 2, .verify. Anything else is JavaScript, with the
database as db and the methods of the contract as functions: increment({ amount: 2 }). Promises are waited for.

Tab completes commands, methods and paths; what was typed is kept for the next session. What happens meanwhile is told as it comes.
Other commands work on the folder meanwhile. Ctrl-C stops what runs, or clears the line; twice, or Ctrl-D, ends the session.

.bg has the database kept in the background and goes on there, also when this terminal is closed; .fg takes it back.`,
  options: LIVE_NETWORK_OPTIONS,
  staysUntilStopped: true,
  needsTerminal: true,
  outsideSessions: true,
  examples: [
    { run: 'vitra session', says: 'with the database of this folder' },
    { run: 'vitra session --offline', says: 'without the network' },
  ],
  async run({ context, options }) {
    const { terminal } = context.io
    if (terminal === null)
      throw new UsageError(
        'USAGE',
        'a session needs a terminal',
        'run the command itself: see `vitra --help`',
      )
    const db = await context.database({ engines: await enginesToOpen({}, context) })
    const { path } = db
    const end = await whileHolding(context, db, 'session', () => converse({ context, db, terminal, options }))
    if (end === 'exit' || context.signal.aborted) return EXIT.ok
    if (end === 'foreground') {
      terminal.takeOver?.()
      return EXIT.ok
    }
    await context.close()
    const words = ['host', ...optionWords(LIVE_NETWORK_OPTIONS, options)]
    const { pid } = await startInBackground(context, path, words)
    context.out.note(`The database is kept by process ${pid}; this session goes on there.`)
    return context.runAgain()
  },
})
