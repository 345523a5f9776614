/** The command line as a document: `docs/cli.md` is this text, written by `npm run cli-docs`. */
import type { AnyCommand, Example } from './command.js'
import { COMMAND_GROUPS } from './commands/index.js'
import type { OptionDefinition } from './option.js'
import { GLOBAL_OPTIONS } from './options.js'

/** The whole document, Markdown. */
export function commandReference(): string {
  const commands = COMMAND_GROUPS.flatMap(({ heading, commands }) => [
    `## ${heading}`,
    ...commands.flatMap(commandSection),
  ])
  return `${[INTRODUCTION, optionTable(GLOBAL_OPTIONS), ...commands, CLOSING].join('\n\n')}\n`
}

const INTRODUCTION = `# The command line

\`vitra\` makes, copies, calls, reads, hosts and checks databases. \`npm run cli-docs\` writes this page from the
program; \`vitra <command> --help\` prints the same.

## From nothing to two participants

Alice makes a database from a contract that has an \`addParticipant\` method, and keeps it online in the background:

\`\`\`sh
vitra init counter.js
vitra serve start
vitra invite             # prints what to send to Bob
\`\`\`

Bob copies it, checks it, makes a key pair and sends its public key to Alice:

\`\`\`sh
vitra load <key>
vitra verify
vitra join
\`\`\`

Alice admits Bob:

\`\`\`sh
vitra invite <public key>
\`\`\`

Bob takes part, and watches the executor:

\`\`\`sh
vitra call increment --amount 2
vitra monitor
\`\`\`

## Several commands at once

A database is open in one process at a time. \`vitra serve start\`, \`vitra host\` and \`vitra monitor\` keep it; every other
command on the folder finds them and runs there, with the terminal, the files and the standard input of whoever typed it.
They meet at a socket in the folder, which only you can open. What a contract prints with \`console\` goes to the process
that keeps the database. \`init\`, \`load\` and options that decide how a database is opened (\`--durability\`, \`--engine\`)
need the folder for themselves.

## A session

\`vitra\` without a command, at a terminal, opens a session: \`.get /counter\`, \`.call increment --amount 2\` and other commands with
a dot; \`increment({ amount: 2 })\` and other JavaScript, with the database as \`db\`. Tab completes, what was typed is kept,
\`.bg\` leaves the database to a process in the background and \`.fg\` takes it back.

## From the first Vitra's commands

| then | now |
|---|---|
| \`init\`, \`load\`, \`use\`, \`info\`, \`status\`, \`destroy\` | the same |
| \`call\`, \`methods\`, \`source\` | the same |
| \`get\`, \`list\`, \`history\` | the same |
| \`sync\`, \`syncall\` | \`sync\`, \`sync --full\` |
| \`tx\`, \`txlist\`, \`txverify\` | \`tx show\`, \`tx list\`, \`tx verify\` |
| \`mkoplog\`, \`deloplog\` | \`oplog create\`, \`oplog delete\` |
| \`verify\`, \`monitor\`, \`monitorend\` | \`verify\`, \`monitor start\`, \`monitor stop\` |
| \`fraud\`, \`fraudlist\` | \`fraud show\`, \`fraud list\` |
| \`bg\`, \`fg\` | \`serve start\`, \`serve stop\`; in a session \`.bg\`, \`.fg\` |
| \`help\`, \`test\` | the same; \`vitra test\` runs tests for Node's test runner, on databases of \`vitra/testing\` |

## Options of every command`

const CLOSING = `## Exit codes

| code | meaning |
|---|---|
| 0 | done; \`monitor\` and \`host\`: stopped with Ctrl-C, in order |
| 1 | failed; the error says why. \`check\`: the proof does not hold |
| 2 | the command line is wrong, nothing was done |
| 3 | the executor has violated the contract; \`check\`: and the proof proves it |
| 4 | something could not be checked |
| 130 | ended by Ctrl-C before it was done |

A second Ctrl-C ends at once. SIGTERM and SIGHUP count as Ctrl-C.

## Output

Results go to stdout, notes and errors to stderr. With \`--json\` stdout holds one JSON document, for \`monitor\` and
\`host\` one object a line with its \`event\`; an error is one document on stderr, \`{"error": {"code", "message", "hint",
"details"}}\`. Codes are stable and have a page each in [errors](errors/README.md). Bytes are \`{"$bytes": hex}\`. Control
characters in text of others are shown as \`\\u001b\` in a terminal and left alone in a pipe.

## Environment

| variable | meaning |
|---|---|
| \`VITRA_DIR\` | the folder of the database, where \`--dir\` names none |
| \`VITRA_BOOTSTRAP\` | DHT nodes of a network of your own, \`host:port\`, several with commas |
| \`VITRA_DEBUG\` | print stack traces of errors |
| \`VITRA_ENGINES\` | Node programs of other versions for audits: \`{"v8-12.4": {"node": "/opt/node-22/bin/node"}}\` |
| \`NO_COLOR\` | no colours; \`FORCE_COLOR\` has them in pipes too |`

function commandSection(command: AnyCommand): string[] {
  const { name, args, argsSay = {}, summary, details, options = [], takesParams, examples } = command
  const usage = [
    'vitra',
    name,
    args,
    takesParams ? (argsSay.words === undefined ? '[--name value…]' : '[words…]') : undefined,
    '[options]',
  ]
  const given = Object.entries(argsSay).map(([argument, says]) => `| \`${argument}\` | ${cell(says)} |`)
  return [
    `### vitra ${name}`,
    `\`${usage.filter(Boolean).join(' ')}\``,
    `${summary}.`,
    details,
    ...(given.length === 0 ? [] : [['| argument | |', '|---|---|', ...given].join('\n')]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    exampleBlock(examples),
  ]
}

function optionTable(options: readonly OptionDefinition[]): string {
  const rows = options.map(({ flags, says }) => `| \`${flags}\` | ${cell(says)} |`)
  return ['| option | |', '|---|---|', ...rows].join('\n')
}

function exampleBlock(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(({ run }) => run.length))
  const lines = examples.map(({ run, says }) => `${run.padEnd(width)}  # ${says}`)
  return ['```sh', ...lines, '```'].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
