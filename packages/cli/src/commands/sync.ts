import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchHistory, findPeer, noPeer } from '../network.js'
import { type NetworkOptions, networkOptions, SYNC_SECONDS } from '../options.js'
import { count } from '../output/text.js'

interface Options extends NetworkOptions {
  readonly full?: boolean
}

const HINT = 'see that somebody runs `vitra host` for it, or wait longer with --timeout'

export const sync = defineCommand<Options>({
  name: 'sync',
  summary: 'Fetch what is new from peers',
  details: `Brings this copy to the newest version that a peer has. With --full every block that it lacks is fetched, of the
index and of every participant: what \`vitra verify --offline\` needs. Stopped before it is done, it goes on where it was when
it is run again. On the copy that executes there is nothing to fetch.`,
  options: [
    { flags: '--full', says: 'the whole history, not the newest state alone' },
    ...networkOptions(
      `how long it may take (default ${SYNC_SECONDS}; with --full, as long as something arrives)`,
    ),
  ],
  examples: [
    { run: 'vitra sync', says: 'the newest version' },
    { run: 'vitra sync --full', says: 'and everything before it' },
  ],
  resume: (_, again) => `what has arrived is kept; go on with: ${again()}`,
  async run({ context, options }) {
    const db = await context.database()
    const from = db.index.version
    if (db.executor === null) {
      const deadline = new Deadline(options, SYNC_SECONDS)
      if (!(await findPeer(context, db, options, deadline.left()))) throw noPeer(context, db, options, HINT)
      if (options.full) await fetchHistory(context, db, deadline.isGiven ? { timeout: deadline.left() } : {})
      else await db.syncLatest({ timeout: deadline.left(), signal: context.signal })
    }
    const { length, missingBlocks } = db.progress()
    const { version } = db.index
    context.out.result({ from, version, missingBlocks }, [
      version === from ? `version ${version}, nothing newer` : `version ${version}, was ${from}`,
    ])
    if (missingBlocks > 0)
      context.out.note(
        `${count(missingBlocks, 'block')} of ${length} before it are not here: vitra sync --full`,
      )
    return EXIT.ok
  },
})
