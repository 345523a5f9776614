import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { findTests } from '../testing/find-tests.js'
import { runTests } from '../testing/run-tests.js'
import { TestTeller } from '../testing/tell-tests.js'

interface Options {
  readonly name?: string
}

export const testCommand = defineCommand<Options>({
  name: 'test',
  args: '[file...]',
  argsSay: { file: 'tests, or folders of them; default every *.test.ts and *.test.js here and below' },
  summary: 'Run the tests of your contract',
  details: `A test is a file for Node's own runner, TypeScript or JavaScript: \`import { test } from 'node:test'\`. From vitra/testing it takes
a database with several participants and a clock that it moves; each such database is audited when its test is over. Neither has
to be installed: where your folder has no vitra, this program's own is taken.

There is no --watch: what runs are the files that were built of yours, and Node's own watch mode would look at those. Tests in plain
JavaScript that find vitra in your node_modules can be run by Node itself: \`node --test --watch\`.

Ends with exit code 0 where all tests passed, else with 1.`,
  options: [
    {
      flags: '--name <pattern>',
      says: 'only tests whose name matches, such as "counter" or "/^the counter/i"',
    },
  ],
  runsAlone: true,
  outsideSessions: true,
  staysUntilStopped: true,
  examples: [
    { run: 'vitra test', says: 'all of this folder' },
    { run: 'vitra test counter.test.ts', says: 'one file' },
    { run: 'vitra test --name "goes up" --json', says: 'some tests, for a program' },
  ],
  async run({ context, args, options }) {
    const { io, out, signal } = context
    const files = await findTests(
      args.filter((name) => name !== undefined),
      io.cwd,
    )
    const teller = new TestTeller(out, io.cwd)
    const code = await runTests({
      files,
      cwd: io.cwd,
      signal,
      ...(options.name === undefined ? {} : { name: options.name }),
      onEvent: teller.tell,
      onNoise: (text) => out.note(text.trimEnd()),
    })
    if (signal.aborted) return EXIT.interrupted
    return teller.end(code) ? EXIT.ok : EXIT.failed
  },
})
