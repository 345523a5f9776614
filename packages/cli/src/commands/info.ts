import type { ContractWarning, Database, OplogInfo } from 'vitra'
import { defineCommand } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { databaseToRead } from '../network.js'
import { READ_OPTIONS, type ReadOptions } from '../options.js'
import { findingLines, fraudFolder } from '../output/report.js'
import { columns, count, showShort, tameLine } from '../output/text.js'
import { WARNINGS_MEAN, warningLine } from '../output/warnings.js'
import { ownKey, roleOf } from '../role.js'

export const info = defineCommand<ReadOptions>({
  name: 'info',
  summary: 'Print what this copy is: key, role, version, participants, what waits',
  details:
    'Pending calls were made from here and are not executed yet. The role is executor, participant, waiting (a key ' +
    'pair that is not admitted) or reader.',
  options: READ_OPTIONS,
  examples: [
    { run: 'vitra info', says: 'at a glance' },
    { run: 'vitra info --sync', says: 'fetch the newest state first' },
    { run: 'vitra info --json', says: 'for a program' },
  ],
  async run({ context, options }) {
    const { toJsonValue } = await import('vitra')
    const db = await databaseToRead(context, options)
    const own = await ownKey(db)
    const pending = (await db.pending()).map(({ txId, method, params, ops }) => {
      return { txId, method, params: toJsonValue(params), ops: ops.length }
    })
    const violations = (await db.frauds()).map(({ violation }) => violation)
    const suspects = await db.suspects()
    const warnings = await warningsOf(db)
    const document = {
      key: db.pubkey.toString('hex'),
      folder: db.path,
      role: roleOf(db, own),
      publicKey: own,
      version: db.index.version,
      participants: db.oplogs.map(toJson),
      pending,
      violations,
      suspects,
      warnings,
    }
    const { style } = context.out
    context.out.report(document, [
      ...columns([
        ['key', document.key],
        ['folder', document.folder],
        ['role', document.role],
        ['public key', own ?? 'none: `vitra join` makes one'],
        ['version', document.version === 0 ? '0, nothing is here yet' : String(document.version)],
        ['participants', String(document.participants.filter(({ active }) => active).length)],
      ]),
      ...document.participants.map(
        ({ publicKey, active, local }) =>
          `  ${publicKey}${local ? ' (this copy)' : ''}${active ? '' : ' (removed)'}`,
      ),
      ...(pending.length === 0 ? [] : [`pending       ${count(pending.length, 'call')} not executed yet`]),
      ...pending.map(({ method, params, ops }) => {
        return `  ${tameLine(method) || 'unknown method'} ${showShort(params, 60)} (${count(ops, 'op')})`
      }),
      ...violations.map(
        ({ code }) => `${style.red('FRAUD')}         ${code}, evidence in ${fraudFolder(db)}`,
      ),
      ...(suspects.length === 0
        ? []
        : [
            `${style.yellow('suspect')}       ${count(suspects.length, 'finding')} that a dishonest executor could hide behind`,
          ]),
      ...suspects.flatMap(findingLines),
      ...(warnings.length === 0 ? [] : [`${style.yellow('slow')}          ${WARNINGS_MEAN}`]),
      ...warnings.map((warning) => `  ${warningLine(warning)}`),
    ])
    return EXIT.ok
  },
})

/** A copy that lacks the source, or more, is looked at all the same. */
async function warningsOf(db: Database): Promise<readonly ContractWarning[]> {
  try {
    return db.index.version === 0 ? [] : await db.warnings()
  } catch {
    return []
  }
}

function toJson({ publicKey, key, active, local }: OplogInfo) {
  return { publicKey: publicKey.toString('hex'), oplog: key.toString('hex'), active, local }
}
