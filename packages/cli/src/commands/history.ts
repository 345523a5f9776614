import type { Database, HistoryEntry } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions, wholeNumber } from '../options.js'
import { showShort, tameLine } from '../output/text.js'
import { type StoryRequest, tellStory } from '../story.js'

interface Options extends ReadOptions {
  readonly limit: number
  readonly all?: boolean
  readonly path?: string
  readonly oldestFirst?: boolean
  readonly system?: boolean
  readonly story?: boolean
  readonly log?: string
}

const LIMIT_DEFAULT = 20
const MORE = 'There is more: raise --limit, or give --all'

export const history = defineCommand<Options>({
  name: 'history',
  summary: 'Print the writes that were published, newest first',
  details: `Each write has the number of its block in the index. Without --limit the newest ${LIMIT_DEFAULT} are printed.

--story tells what the logs hold, each line after what it refers to: \`bob+3\` is the third block that bob wrote, \`host+2\` the
second op that was executed, and ACK what somebody says to have seen. A participant is named by the first digits of its
public key. --log prints one log: host, me, or a participant. With --json each line is an object of its own. No record counts the
ops, so the newest lines are numbered after the whole index was read once: about 5 s for a million ops. --oldest-first begins at once.`,
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
    {
      flags: '--story',
      says: 'instead of writes: calls, their results and acknowledgements, as they followed',
    },
    { flags: '--log <who>', says: 'the story of one log: host, me, or the beginning of a public key' },
    ...READ_OPTIONS,
  ],
  examples: [
    { run: 'vitra history', says: 'the newest writes' },
    { run: 'vitra history --path /counter --limit 5', says: 'of one entry' },
    { run: 'vitra history --story', says: 'who called what, and what became of it' },
    { run: 'vitra history --log me --limit 5', says: 'what this copy wrote last' },
    { run: 'vitra history --all --oldest-first --json', says: 'everything, for a program' },
  ],
  async run({ context, options }) {
    const isStory = options.story || options.log !== undefined
    if (isStory && (options.path !== undefined || options.system))
      throw new UsageError(
        'USAGE',
        '--path and --system choose writes: leave them out with --story and --log',
      )
    const { toJsonValue } = await import('vitra')
    const { path, oldestFirst = false, system = isSystem(path ?? '/') } = options
    const db = await databaseToRead(context, options)
    const limit = options.all ? Number.POSITIVE_INFINITY : (options.limit ?? LIMIT_DEFAULT)
    if (isStory) return tell({ context, db, limit, oldestFirst, log: options.log })
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
    if (isMore) context.out.note(MORE)
    else if (entries.length === 0) context.out.note('Nothing was written yet.')
    return EXIT.ok
  },
})

async function tell({
  context,
  db,
  ...request
}: StoryRequest & { context: Context; db: Database }): Promise<ExitCode> {
  const { isMore, isEmpty } = await tellStory(context, db, request)
  if (isMore) context.out.note(MORE)
  else if (isEmpty) context.out.note('Nothing was written yet.')
  return EXIT.ok
}

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
