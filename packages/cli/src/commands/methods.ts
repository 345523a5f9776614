import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchLatest } from '../network.js'
import { READ_OPTIONS, type ReadOptions, SYNC_SECONDS } from '../options.js'
import { tameLine } from '../output/text.js'

export const methods = defineCommand<ReadOptions>({
  name: 'methods',
  summary: 'List the methods of the contract',
  details: 'What stands in brackets is the first parameter as the author of the contract wrote it.',
  options: READ_OPTIONS,
  examples: [
    { run: 'vitra methods', says: 'what `vitra call` can call' },
    { run: 'vitra methods --json', says: 'for a program' },
  ],
  async run({ context, options }) {
    const db = await context.database()
    if (options.sync) await fetchLatest(context, db, options, new Deadline(options, SYNC_SECONDS))
    const all = await db.methods()
    const lines = all.map(({ name, params }) => `${tameLine(name)}(${tameLine(params.replace(/\s+/g, ' '))})`)
    context.out.result({ methods: all, version: db.index.version }, lines)
    if (all.length === 0) context.out.note('The contract exports no methods.')
    return EXIT.ok
  },
})
