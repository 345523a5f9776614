import type { Database } from 'vitra'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import type { Holder } from '../holder/mark.js'
import { keptMonitor } from '../monitor/kept.js'
import { readRecord } from '../monitor/record.js'
import { monitorLine, monitorState } from '../monitor/status.js'
import { columns, count } from '../output/text.js'
import { ownKey, roleOf } from '../role.js'

export const status = defineCommand({
  name: 'status',
  summary: 'Print how the database is doing: who has it open, how far it is, what waits',
  details:
    'Where a process keeps the database (`vitra serve start`, `host`, `monitor`) this tells of its peers and of what it ' +
    'executes; else of the folder as it lies there. `vitra info` says what the copy is, `vitra doctor` whether its files are well.',
  examples: [
    { run: 'vitra status', says: 'at a glance' },
    { run: 'vitra status --json', says: 'for a program' },
  ],
  async run({ context }) {
    const db = await context.database()
    const holder = context.isServed ? context.holder : null
    const document = await describe(db, holder)
    const {
      process,
      role,
      version,
      knownVersion,
      missingBlocks,
      peers,
      pending,
      monitor,
      violations,
      suspects,
    } = document
    const { red, yellow } = context.out.style
    const ahead = knownVersion > version ? `, a peer has ${knownVersion}` : ''
    context.out.report(document, [
      ...columns([
        ['folder', document.folder],
        [
          'process',
          process === null
            ? 'none keeps it'
            : `${process.pid}, vitra ${process.command} since ${process.since}`,
        ],
        ['role', role],
        ['version', `${version}${ahead}`],
        ['history', missingBlocks === 0 ? 'all here' : `${count(missingBlocks, 'block')} not here`],
        ['peers', process === null ? 'not online' : String(peers)],
        ['pending', count(pending, 'call')],
        ['monitor', monitor === null ? 'none' : monitorLine(monitor)],
      ]),
      ...(violations === 0 ? [] : [`${red('FRAUD')}    ${count(violations, 'violation')}: vitra fraud list`]),
      ...(suspects === 0 ? [] : [`${yellow('suspect')}  ${count(suspects, 'finding')}: vitra info`]),
    ])
    return EXIT.ok
  },
})

async function describe(db: Database, process: Holder | null) {
  const { knownLength, missingBlocks, peers } = db.progress()
  const kept = keptMonitor(db)
  const record = kept?.record ?? readRecord(db.path)
  return {
    key: db.pubkey.toString('hex'),
    folder: db.path,
    process,
    role: roleOf(db, await ownKey(db)),
    version: db.index.version,
    knownVersion: knownLength,
    missingBlocks,
    peers,
    pending: (await db.pending()).length,
    monitor: record === null ? null : monitorState(record, kept !== null),
    violations: (await db.frauds()).length,
    suspects: (await db.suspects()).length,
  }
}
