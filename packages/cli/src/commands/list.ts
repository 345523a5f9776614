import type { ListEntry } from 'vitra'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { AT_OPTION, type AtOptions, READ_OPTIONS, type ReadOptions, wholeNumber } from '../options.js'
import { columns, showShort, tameLine } from '../output/text.js'
import { quoteForShell } from '../params/shell.js'

interface Options extends ReadOptions, AtOptions {
  readonly limit?: number
  readonly reverse?: boolean
  readonly cursor?: string
}

export const list = defineCommand<Options>({
  name: 'list',
  args: '[path]',
  argsSay: { path: 'path whose children are listed; the top where it is left out' },
  completes: { path: 'paths' },
  summary: 'List what lies directly below a path',
  details: 'A name that ends in / has entries below it. Entries are in byte order of their names.',
  options: [
    { flags: '--limit <n>', says: 'print at most so many', parse: wholeNumber('--limit') },
    { flags: '--reverse', says: 'from the last name to the first' },
    { flags: '--cursor <name>', says: 'go on after this name: the last one of the page before' },
    AT_OPTION,
    ...READ_OPTIONS,
  ],
  examples: [
    { run: 'vitra list', says: 'the top of the database' },
    { run: 'vitra list /users --limit 20', says: 'the first page' },
    { run: 'vitra list /users --limit 20 --cursor bob', says: 'the page after it' },
    { run: 'vitra list /users --at <version>', says: 'as it was' },
    { run: 'vitra list /.sys/inputs', says: 'the participants, as the index records them' },
  ],
  async run({ context, args: [path = '/'], options }) {
    const { toJsonValue } = await import('vitra')
    const { limit, reverse, cursor, at } = options
    const db = await databaseToRead(context, options)
    const past = at === undefined ? null : await db.index.at(at)
    const found = await (past ?? db.index).list(path, {
      ...(limit === undefined ? {} : { limit: limit + 1 }),
      ...(reverse === undefined ? {} : { reverse }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    const page = limit === undefined ? found : found.slice(0, limit)
    const next = found.length > page.length ? page.at(-1)?.name : undefined
    const entries = page.map((entry) => ({ ...entry, value: toJsonValue(entry.value) }))
    context.out.result(
      { path, entries, cursor: next ?? null, version: (past ?? db.index).version },
      context.out.options.json ? [] : rows(entries, context.out.width),
    )
    if (next !== undefined) context.out.note(`There is more: add --cursor ${quoteForShell(next)}`)
    else if (found.length === 0) context.out.note(`There is nothing below ${path}.`)
    return EXIT.ok
  },
})

function rows(entries: readonly ListEntry[], width: number): string[] {
  const names = entries.map(({ name, container }) => tameLine(container ? `${name}/` : name))
  const left = Math.max(20, width - Math.max(0, ...names.map((name) => name.length)) - 2)
  return columns(
    entries.map(({ value }, n) => [names[n]!, value === undefined ? '' : showShort(value, left)] as const),
  )
}
