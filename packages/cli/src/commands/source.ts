import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions } from '../options.js'
import { WARNINGS_MEAN, warningLine } from '../output/warnings.js'

interface Options extends ReadOptions {
  readonly compiled?: boolean
}

export const source = defineCommand<Options>({
  name: 'source',
  summary: 'Print the source of the contract in force',
  details:
    'The source is part of the database: everybody who verifies it runs this very text. Of a script it is the script as it ' +
    'was written.',
  options: [
    { flags: '--compiled', says: 'of a script: the contract that it was compiled to' },
    ...READ_OPTIONS,
  ],
  examples: [
    { run: 'vitra source', says: 'read the rules' },
    { run: 'vitra source > contract.js', says: 'keep them in a file' },
  ],
  async run({ context, options }) {
    const db = await databaseToRead(context, options)
    const script = options.compiled ? null : await db.script()
    const text = script?.text ?? (await db.source())
    const warnings = await db.warnings()
    // The line's end that every line gets is not doubled.
    context.out.result({ source: text, version: db.index.version, warnings }, [
      context.out.foreign(text.endsWith('\n') ? text.slice(0, -1) : text),
    ])
    if (warnings.length > 0) context.out.warn([WARNINGS_MEAN, ...warnings.map(warningLine)].join('\n  '))
    return EXIT.ok
  },
})
