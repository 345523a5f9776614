import { defineCommand } from '../command.js'
import { CliError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions } from '../options.js'
import { showValue } from '../output/text.js'

export const get = defineCommand<ReadOptions>({
  name: 'get',
  args: '<path>',
  argsSay: { path: 'path of the entry, such as /users/bob' },
  completes: { path: 'paths' },
  summary: 'Print the value at a path',
  details: 'Text is printed as it is, any other value as JSON; bytes are {"$bytes": hex}.',
  options: READ_OPTIONS,
  examples: [
    { run: 'vitra get /counter', says: 'the value of one entry' },
    { run: 'vitra get /counter --sync', says: 'fetch the newest state first' },
    { run: 'vitra get /counter --json', says: 'with its path and version' },
  ],
  async run({ context, args: [path], options }) {
    const { toJsonValue } = await import('vitra')
    const db = await databaseToRead(context, options)
    const entry = await db.index.get(path!)
    if (entry === null) {
      throw new CliError('ENTRY_NOT_FOUND', `there is no entry at ${path}`, {
        hint: 'see what there is with `vitra list`',
        details: { path, version: db.index.version },
      })
    }
    const value = toJsonValue(entry.value)
    const text = context.out.foreign(showValue(value))
    context.out.result({ path: entry.path, value, version: db.index.version }, [text])
    return EXIT.ok
  },
})
