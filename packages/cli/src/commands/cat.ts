import { ARCHIVE_OPTIONS, type ArchiveOptions, explained, filesToRead } from '../archive/read.js'
import { defineCommand } from '../command.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { tame } from '../output/text.js'
import { quoteForShell } from '../params/shell.js'

export const cat = defineCommand<ArchiveOptions>({
  name: 'cat',
  args: '<path>',
  argsSay: { path: 'path of the file' },
  completes: { path: 'files' },
  summary: 'Print a file of a script',
  details: `A file goes to standard output byte for byte. At a terminal it has to be text, and what could harm the terminal is shown in
its place. With --json bytes are {"$bytes": hex}. What other contracts keep is read with \`vitra get\`.`,
  options: ARCHIVE_OPTIONS,
  examples: [
    { run: 'vitra cat /topics/1/title', says: 'print it' },
    { run: 'vitra cat /picture.png > picture.png', says: 'bytes into a file' },
    { run: 'vitra cat /topics/1/title --at <version>', says: 'as it was' },
  ],
  async run({ context, args: [path], options }) {
    const { out } = context
    const files = await filesToRead(context, options)
    const content = await explained(files.readFile(path!))
    if (out.options.json) {
      const { toJsonValue } = await import('vitra')
      const { size } = await files.stat(path!)
      out.result({ path, content: toJsonValue(content), size, version: files.version }, [])
    } else if (!out.isTerminal) out.content(content)
    else {
      const text = typeof content === 'string' ? content : asText(content)
      if (text === null)
        throw new UsageError(
          'USAGE',
          `${path} is no text, which is all that a terminal shows`,
          `write it to a file: vitra cat ${quoteForShell(path!)} > <file>`,
        )
      if (text !== '') out.content(text.endsWith('\n') ? tame(text) : `${tame(text)}\n`)
    }
    return EXIT.ok
  },
})

function asText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
