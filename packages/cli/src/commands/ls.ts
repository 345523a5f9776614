import {
  ARCHIVE_OPTIONS,
  type ArchiveOptions,
  explained,
  filesToRead,
  type Item,
  itemAt,
} from '../archive/read.js'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { tameLine } from '../output/text.js'

interface Options extends ArchiveOptions {
  readonly long?: boolean
}

export const ls = defineCommand<Options>({
  name: 'ls',
  args: '[path]',
  argsSay: { path: 'folder that is listed, or a file; the top where it is left out' },
  completes: { path: 'files' },
  summary: 'List a folder of a script',
  details: `A script keeps files and folders with its global \`state\`. A name that ends in / is a folder. A path may begin with / or not.
What other contracts keep is read with \`vitra list\`.`,
  options: [
    { flags: '-l, --long', says: 'with what each one is, and its size in bytes' },
    ...ARCHIVE_OPTIONS,
  ],
  examples: [
    { run: 'vitra ls', says: 'the top of the archive' },
    { run: 'vitra ls -l /topics/1', says: 'text or bytes, and how many' },
    { run: 'vitra ls /topics --at <version>', says: 'as it was' },
  ],
  async run({ context, args: [path = '/'], options }) {
    const files = await filesToRead(context, options)
    const stats = await explained(files.stat(path))
    const names = stats.isDirectory() ? await files.readdir(path, { withFileTypes: true }) : null
    const items: Item[] = []
    if (names === null)
      items.push(await itemAt(files, path, path.split('/').findLast((name) => name !== '')!))
    for (const { name, parentPath } of names ?? []) {
      context.signal.throwIfAborted()
      items.push(await itemAt(files, `${parentPath}/${name}`, name))
    }
    const lines = options.long ? longLines(items) : items.map(shownName)
    context.out.result({ path, items, version: files.version }, lines)
    if (items.length === 0) context.out.note(`${path} is empty.`)
    return EXIT.ok
  },
})

function longLines(items: readonly Item[]): string[] {
  const sizes = items.map(({ size }) => (size === null ? '-' : String(size)))
  const width = Math.max(...sizes.map((size) => size.length))
  return items.map((item, n) => `${item.kind.padEnd(6)}  ${sizes[n]!.padStart(width)}  ${shownName(item)}`)
}

function shownName({ name, kind }: Item): string {
  return tameLine(kind === 'folder' ? `${name}/` : name)
}
