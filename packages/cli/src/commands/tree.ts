import { ARCHIVE_OPTIONS, type ArchiveOptions, explained, filesToRead, itemAt } from '../archive/read.js'
import { pathOf, treeLines } from '../archive/tree.js'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { count, tameLine } from '../output/text.js'

export const tree = defineCommand<ArchiveOptions>({
  name: 'tree',
  args: '[path]',
  argsSay: { path: 'folder to begin with; the top where it is left out' },
  completes: { path: 'files' },
  summary: 'Print the files of a script as a tree',
  details:
    'All folders and files from a folder on, in byte order of their names. A name that ends in / is a folder.',
  options: ARCHIVE_OPTIONS,
  examples: [
    { run: 'vitra tree', says: 'everything' },
    { run: 'vitra tree /topics', says: 'one folder' },
    { run: 'vitra tree --json', says: 'with kinds and sizes, for a program' },
  ],
  async run({ context, args: [path = '/'], options }) {
    const { out, signal } = context
    const files = await filesToRead(context, options)
    const stats = await explained(files.stat(path))
    const items = stats.isDirectory()
      ? await files.readdir(path, { withFileTypes: true, recursive: true })
      : []
    const entries: object[] = []
    for (const item of out.options.json ? items : []) {
      signal.throwIfAborted()
      const at = pathOf(item)
      const { kind, size } = await itemAt(files, at, item.name)
      entries.push({ path: at, kind, size })
    }
    const lines = [tameLine(path), ...treeLines(items, items[0]?.parentPath ?? path)]
    out.result({ path, entries, version: files.version }, lines)
    const folders = items.filter((item) => item.isDirectory()).length
    out.note(`${count(folders, 'folder')}, ${count(items.length - folders, 'file')}`)
    return EXIT.ok
  },
})
