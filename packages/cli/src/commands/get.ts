import { defineCommand } from '../command.js'
import { CliError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { AT_OPTION, type AtOptions, READ_OPTIONS, type ReadOptions } from '../options.js'
import { showValue } from '../output/text.js'

interface Options extends ReadOptions, AtOptions {}

export const get = defineCommand<Options>({
  name: 'get',
  args: '<path>',
  argsSay: { path: 'path of the entry, such as /users/bob' },
  completes: { path: 'paths' },
  summary: 'Print the value at a path',
  details: 'Text is printed as it is, any other value as JSON; bytes are {"$bytes": hex}.',
  options: [AT_OPTION, ...READ_OPTIONS],
  examples: [
    { run: 'vitra get /counter', says: 'the value of one entry' },
    { run: 'vitra get /counter --sync', says: 'fetch the newest state first' },
    { run: 'vitra get /counter --at <version>', says: 'as it was' },
    { run: 'vitra get /counter --json', says: 'with its path and version' },
  ],
  async run({ context, args: [path], options }) {
    const { toJsonValue } = await import('vitra')
    const db = await databaseToRead(context, options)
    const { at } = options
    const past = at === undefined ? null : await db.index.at(at)
    const entry = await (past ?? db.index).get(path!)
    const { version } = past ?? db.index
    if (entry === null) {
      const [then, list] = past === null ? ['', 'vitra list'] : [` in version ${at}`, `vitra list --at ${at}`]
      throw new CliError('ENTRY_NOT_FOUND', `there is no entry at ${path}${then}`, {
        hint: `see what there is with \`${list}\``,
        details: { path, version },
      })
    }
    const value = toJsonValue(entry.value)
    const text = context.out.foreign(showValue(value))
    context.out.result({ path: entry.path, value, version }, [text])
    return EXIT.ok
  },
})
