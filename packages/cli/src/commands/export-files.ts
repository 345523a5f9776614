import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { ARCHIVE_OPTIONS, type ArchiveOptions, explained } from '../archive/read.js'
import { pathOf } from '../archive/tree.js'
import { writeFolder } from '../archive/write-folder.js'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { count } from '../output/text.js'

interface Options extends ArchiveOptions {
  readonly force?: boolean
}

export const exportFiles = defineCommand<Options>({
  name: 'export-files',
  args: '<folder>',
  argsSay: { folder: 'a new or an empty folder' },
  summary: 'Write the files of a script to a folder on disk',
  details: `All files and folders of one version, and nothing outside of the folder. They stand there once all of them are written: what an
export that was killed has left is in a folder whose name begins with .vitra-partial-, and the next one takes it away.

With --force they are written among what the folder holds. The contract chooses the names: look first with \`vitra tree\`.`,
  options: [
    { flags: '--force', says: 'write into a folder that is not empty, and replace files of the same names' },
    ...ARCHIVE_OPTIONS,
  ],
  examples: [
    { run: 'vitra export-files ./archive', says: 'the newest files' },
    { run: 'vitra export-files ./before --at <version>', says: 'as they were' },
  ],
  resume: (_, again) => `nothing was written; begin again with: ${again()}`,
  async run({ context, args: [name], options }) {
    const { io, out, signal } = context
    const db = await databaseToRead(context, options)
    const files = await db.files.at(options.at)
    const found = await files.readdir('/', { recursive: true, withFileTypes: true })
    const items = found.map((item) => ({ path: pathOf(item), isFolder: item.isDirectory() }))
    const given = path.resolve(io.cwd, name!)
    const folder = await realpath(given).catch(() => given)
    const all = items.filter(({ isFolder }) => !isFolder).length
    const done = { files: 0, bytes: 0 }
    const tell = out.follow(() => `wrote ${done.files} of ${count(all, 'file')}`)
    try {
      await writeFolder({
        folder,
        name: name!,
        items,
        read: (at) => explained(files.readFile(at)),
        replaces: options.force ?? false,
        spared: await realpath(db.path),
        signal,
        onFile(bytes) {
          done.files++
          done.bytes += bytes
          tell(undefined)
        },
      })
    } finally {
      out.progressEnd()
    }
    const folders = items.length - all
    out.result({ folder, version: files.version, ...done, folders }, [
      `wrote ${count(all, 'file')} and ${count(folders, 'folder')} to ${name}`,
    ])
    return EXIT.ok
  },
})
