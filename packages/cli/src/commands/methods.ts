import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions } from '../options.js'
import { columns, tameLine } from '../output/text.js'
import { usageOf } from '../params/signature.js'

export const methods = defineCommand<ReadOptions>({
  name: 'methods',
  summary: 'List the methods of the contract',
  details:
    'In brackets is the first parameter as the author of the contract wrote it, behind it what `vitra call` takes for it: ' +
    'the names that the method looks at, in square brackets those with a default. Of a script it lists the functions, ' +
    'with all their parameters.',
  options: READ_OPTIONS,
  examples: [
    { run: 'vitra methods', says: 'what `vitra call` can call' },
    { run: 'vitra methods --json', says: 'for a program' },
  ],
  async run({ context, options }) {
    const db = await databaseToRead(context, options)
    const script = await db.script()
    if (script !== null) {
      const { functions, variables } = script
      const lines = functions.map(
        ({ name, params }) => `${tameLine(name)}(${tameLine(params.replace(/\s+/g, ' '))})`,
      )
      context.out.result({ functions, variables, version: db.index.version }, lines)
      return EXIT.ok
    }
    const all = await db.methods()
    const rows = all.map((method) => {
      const written = tameLine(method.params.replace(/\s+/g, ' '))
      return [`${tameLine(method.name)}(${written})`, usageOf(method)] as const
    })
    context.out.result({ methods: all, version: db.index.version }, columns(rows))
    if (all.length === 0) context.out.note('The contract exports no methods.')
    return EXIT.ok
  },
})
