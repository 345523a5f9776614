import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { defineCommand } from '../command.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { CONNECT_MS, Deadline, fetchHistory, findPeer } from '../network.js'
import { type NetworkOptions, networkOptions } from '../options.js'
import { count } from '../output/text.js'
import { assertNew, FORCE_OPTION, writingFile } from '../output/write-file.js'
import { quoteForShell } from '../params/shell.js'

interface Options extends NetworkOptions {
  readonly keys: boolean
  readonly force?: boolean
}

export const exportCommand = defineCommand<Options>({
  name: 'export',
  args: '<file>',
  argsSay: { file: 'the backup, a tar archive compressed with gzip' },
  summary: 'Back the database up into one file',
  details: `The file has every log, the secret keys, the calls made from here and the evidence found. Keep it as secret as the
folder; with --no-keys it has no keys, and whoever restores it has a copy that only reads. The database may be in use meanwhile. A
copy that lacks some of the history fetches it first.`,
  options: [
    { flags: '--no-keys', says: 'leave the secret keys out' },
    FORCE_OPTION,
    ...networkOptions('how long fetching may take (default: as long as something arrives)'),
  ],
  examples: [
    { run: 'vitra export backup.tgz', says: 'everything' },
    { run: 'vitra export public.tgz --no-keys', says: 'to hand to others' },
  ],
  resume: (_, again) => `no file was written; begin again with: ${again()}`,
  async run({ context, args: [name], options }) {
    const { io, out, signal } = context
    if (name === '-')
      throw new UsageError(
        'USAGE',
        'a backup goes to a file, not to standard output',
        'name it: vitra export backup.tgz',
      )
    const file = path.resolve(io.cwd, name!)
    assertNew(file, { name: name!, replaces: options.force })
    const db = await context.database()
    const deadline = new Deadline(options, CONNECT_MS / 1000)
    const lacksSome = db.executor === null && db.progress().missingBlocks > 0
    if (lacksSome && (await findPeer(context, db, options, deadline.left(CONNECT_MS))))
      await fetchHistory(context, db, deadline.isGiven ? { timeout: deadline.left() } : {})
    const next = `${file}.next`
    try {
      await writingFile(name!, () =>
        pipeline(
          Readable.from(told(db.export({ keys: options.keys }), out.follow(bytesText))),
          createGzip(),
          createWriteStream(next, { mode: 0o600 }),
          { signal },
        ),
      )
      await using handle = await open(next)
      await handle.sync()
    } catch (error) {
      await rm(next, { force: true }).catch(() => {}) // the first failure is the one to report
      throw error
    } finally {
      out.progressEnd()
    }
    await writingFile(name!, () => rename(next, file)).catch(async (error) => {
      await rm(next, { force: true })
      throw error
    })
    const { size } = await stat(file)
    const key = db.pubkey.toString('hex')
    out.result({ file, bytes: size, key, keys: options.keys }, [`wrote ${count(size, 'byte')} to ${name}`])
    out.note(`Restore it with: vitra import ${quoteForShell(name!)} --dir <folder>`)
    if (options.keys) out.note('It holds secret keys: whoever has it can act as this copy.')
    return EXIT.ok
  },
})

async function* told(
  bytes: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let sum = 0
  for await (const chunk of bytes) {
    sum += chunk.length
    tell(sum)
    yield chunk
  }
}

function bytesText(bytes: number): string {
  return `read ${Math.round(bytes / 1e6)} MB`
}
