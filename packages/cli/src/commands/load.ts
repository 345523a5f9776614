import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Database } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchHistory, findPeer, noPeer } from '../network.js'
import { type NetworkOptions, networkOptions } from '../options.js'
import { count } from '../output/text.js'

const FIND_SECONDS = 30
const HINT = 'check the key, see that somebody runs `vitra host` for it, or wait longer with --timeout'

export const load = defineCommand<NetworkOptions>({
  name: 'load',
  args: '<key>',
  argsSay: { key: 'public key of the database, 64 hex digits' },
  summary: 'Copy a database from its peers',
  details:
    'The copy goes to ./.vitra unless --dir or VITRA_DIR names a folder. Run again it fetches what is new. A new ' +
    'folder for which no peer is found is removed again.',
  options: networkOptions(`how long to look for a peer (default ${FIND_SECONDS})`),
  runsAlone: true,
  examples: [
    { run: 'vitra load <key>', says: 'copy it to ./.vitra' },
    { run: 'vitra load <key> --dir ./copy --timeout 60', says: 'copy it elsewhere, wait longer for a peer' },
    { run: 'vitra load <key> --offline', says: 'begin an empty copy, to be filled later' },
  ],
  resume: (_, again) => `what has arrived is kept; go on with: ${again()}`,
  async run({ context, args: [key], options }) {
    const folder = context.newFolder
    const isNew = !existsSync(folder)
    const db = await context.copy(folder, key!)
    if (!options.offline) {
      try {
        await fetchAll(context, db, options)
      } catch (error) {
        if (isNew && db.index.version === 0) {
          await context.close()
          await rm(folder, { recursive: true, force: true })
        }
        throw error
      }
    }
    const { version, hasAll } = { version: db.index.version, hasAll: db.index.version > 0 }
    const oplogs = db.oplogs.length
    context.out.result({ key: db.pubkey.toString('hex'), folder: db.path, version, participants: oplogs }, [
      db.path,
    ])
    context.out.note(
      hasAll
        ? `The copy is at version ${version}, with ${count(oplogs, 'participant')}.`
        : 'The copy is empty: run this again without --offline to fill it.',
    )
    context.out.note(
      'Next: `vitra verify` checks it, `vitra join` takes part, `vitra methods` shows what it can do.',
    )
    return EXIT.ok
  },
})

async function fetchAll(context: Context, db: Database, options: NetworkOptions): Promise<void> {
  const deadline = new Deadline(options, FIND_SECONDS)
  context.out.note('Looking for a peer that has the database…')
  if (!(await findPeer(context, db, options, deadline.left()))) {
    throw noPeer(context, db, options, HINT)
  }
  await fetchHistory(context, db)
}
