import type { HistoryEntry } from 'vitra'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions, wholeNumber } from '../options.js'
import { showShort, tameLine } from '../output/text.js'

interface Options extends ReadOptions {
  readonly limit: number
  readonly all?: boolean
  readonly path?: string
  readonly oldestFirst?: boolean
  readonly system?: boolean
}

const LIMIT_DEFAULT = 20

export const history = defineCommand<Options>({
  name: 'history',
  summary: 'Print the writes that were published, newest first',
  details: `Each write has the number of its block in the index. Without --limit the newest ${LIMIT_DEFAULT} are printed.`,
  options: [
    {
      flags: '--limit <n>',
      says: `print at most so many (default ${LIMIT_DEFAULT})`,
      parse: wholeNumber('--limit'),
    },
    { flags: '--all', says: 'print all of them' },
    { flags: '--path <path>', says: 'only this path and what lies below' },
    { flags: '--oldest-first', says: 'begin with the oldest' },
    { flags: '--system', says: 'also the records of the protocol, below /.sys' },
    ...READ_OPTIONS,
  ],
  examples: [
    { run: 'vitra history', says: 'the newest writes' },
    { run: 'vitra history --path /counter --limit 5', says: 'of one entry' },
    { run: 'vitra history --all --oldest-first --json', says: 'everything, for a program' },
  ],
  async run({ context, options }) {
    const { toJsonValue } = await import('vitra')
    const { path, oldestFirst = false, system = isSystem(path ?? '/') } = options
    const db = await databaseToRead(context, options)
    const limit = options.all ? Number.POSITIVE_INFINITY : (options.limit ?? LIMIT_DEFAULT)
    const entries: (HistoryEntry & { value?: unknown })[] = []
    let isMore = false
    const writes = db.index.history({ reverse: !oldestFirst, ...(path === undefined ? {} : { path }) })
    for await (const entry of writes) {
      context.signal.throwIfAborted()
      if (!system && isSystem(entry.path)) continue
      isMore = entries.length >= limit
      if (isMore) break
      entries.push({ ...entry, value: toJsonValue(entry.value) })
    }
    const { width, style, options: print } = context.out
    const lines = print.json ? [] : entries.map((entry) => line(entry, width, style.dim))
    context.out.result({ entries, version: db.index.version }, lines)
    if (isMore) context.out.note('There is more: raise --limit, or give --all')
    else if (entries.length === 0) context.out.note('Nothing was written yet.')
    return EXIT.ok
  },
})

function isSystem(path: string): boolean {
  return path === '/.sys' || path.startsWith('/.sys/')
}

function line(
  { type, seq, path, value }: HistoryEntry,
  width: number,
  dim: (text: string) => string,
): string {
  const head = `${String(seq).padStart(6)}  ${type}  ${tameLine(path)}`
  if (type === 'del') return head
  return `${head}  ${dim(showShort(value, Math.max(20, width - head.length - 2)))}`
}
