import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version of this program and of what it runs on',
  details: 'The same as --version, with what a report of a mistake should name.',
  runsAlone: true,
  examples: [{ run: 'vitra version --json', says: 'for a report' }],
  async run({ context }) {
    const { version: program } = context
    const { node, v8 } = process.versions
    const machine = `${process.platform} ${process.arch}`
    context.out.result({ vitra: program, node, v8, machine }, [
      `vitra ${program}, Node ${node}, V8 ${v8}, ${machine}`,
    ])
    return EXIT.ok
  },
})
