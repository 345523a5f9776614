import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database, Proof } from 'vitra'
import { defineCommand } from '../command.js'
import { CliError, UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { Deadline, fetchLatest } from '../network.js'
import { READ_OPTIONS, type ReadOptions, SYNC_SECONDS, wholeNumber } from '../options.js'
import { count } from '../output/text.js'

interface Options extends ReadOptions {
  readonly out?: string
  readonly at?: number
}

export const prove = defineCommand<Options>({
  name: 'prove',
  args: '<what> [subject]',
  argsSay: {
    what: 'tx, state, list, head, consistency or block',
    subject: 'the id of a call, a path, an older version, or the number of an index block',
  },
  summary: 'Make a proof for somebody who has no copy',
  details: `Whoever has the proof and the database's public key checks it with \`vitra check\`, offline.

tx <id>: the ops of a call were executed, with these outcomes and changes. state <path>: what is at a path, or that
nothing is. list <path>: what lies directly below, complete. head: the executor signed this version. consistency
<version>: the index was only appended to since then. block <number>: what one block of the index holds.

With --out the proof goes to a file, as bytes; without it to stdout, as JSON. \`vitra check\` reads both.`,
  options: [
    { flags: '--out <file>', says: 'write the bytes of the proof to this file' },
    {
      flags: '--at <version>',
      says: 'prove it of this version, not of the newest one',
      parse: wholeNumber('--at'),
    },
    ...READ_OPTIONS,
  ],
  examples: [
    { run: 'vitra prove tx <id> --out receipt.proof', says: 'the receipt of a call' },
    { run: 'vitra prove state /counter --out counter.proof', says: 'what is at a path' },
    { run: 'vitra prove list / --out top.proof', says: 'everything directly below a path' },
    { run: 'vitra prove head', says: 'the newest signed version, as JSON' },
    { run: 'vitra prove consistency <version>', says: 'nothing was taken back since then' },
  ],
  async run({ context, args: [what, subject], options }) {
    const make = makerOf(what!, subject, options)
    const db = await context.database()
    if (options.sync) await fetchLatest(context, db, options, new Deadline(options, SYNC_SECONDS))
    const proof = await make(db)
    const { encodeProof, proofToJson } = await import('vitra')
    if (options.out === undefined) {
      const json = proofToJson(proof) as object
      context.out.result(json, [JSON.stringify(json)])
      return EXIT.ok
    }
    const bytes = encodeProof(proof)
    const file = path.resolve(context.io.cwd, options.out)
    await writeFile(file, bytes)
    const key = db.pubkey.toString('hex')
    context.out.result({ kind: proof.kind, file, bytes: bytes.length, key }, [
      `wrote ${count(bytes.length, 'byte')} to ${options.out}`,
      `check it with: vitra check ${options.out} --key ${key}`,
    ])
    return EXIT.ok
  },
})

type Maker = (db: Database) => Promise<Proof>

/** @throws {UsageError} where the words name no proof: before any database is opened */
function makerOf(what: string, subject: string | undefined, { at }: Options): Maker {
  const options = at === undefined ? {} : { version: at }
  switch (what) {
    case 'tx':
      if (at !== undefined) throw new UsageError('USAGE', 'a receipt has a version of its own', HINT)
      return (db) => receiptOf(db, needed(what, subject))
    case 'state': {
      const path = needed(what, subject)
      return (db) => db.proofs.state([{ path }], options)
    }
    case 'list':
      return (db) => db.proofs.state([{ prefix: subject ?? '/' }], options)
    case 'head':
      if (subject !== undefined || at !== undefined)
        throw new UsageError('USAGE', 'the head is that of the newest version', HINT)
      return (db) => db.proofs.head()
    case 'consistency': {
      const from = numberOf(needed(what, subject))
      return (db) => db.proofs.consistency(from, options)
    }
    case 'block': {
      const seq = numberOf(needed(what, subject))
      return (db) => db.proofs.blocks([seq], options)
    }
  }
  throw new UsageError('USAGE', `there is no proof of ${JSON.stringify(what)}`, HINT)
}

const HINT = 'see `vitra prove --help`'

function needed(what: string, subject: string | undefined): string {
  if (subject !== undefined) return subject
  throw new UsageError('USAGE', `vitra prove ${what} takes one word more`, HINT)
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError('USAGE', `${JSON.stringify(text)} is not a whole number`, HINT)
}

async function receiptOf(db: Database, txId: string): Promise<Proof> {
  const found = await db.findTransaction(txId)
  if (found !== null) return found.fetchReceipt()
  throw new CliError('TX_NOT_FOUND', `there is no call ${txId} in this copy`, {
    hint: 'see what waits with `vitra info`, or fetch the newest state with --sync',
    details: { txId },
  })
}
