import type { Database, Proof } from 'vitra'
import { defineCommand } from '../command.js'
import { UsageError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { findCall } from '../find-call.js'
import { Jobs } from '../jobs.js'
import { databaseToRead } from '../network.js'
import type { OptionDefinition } from '../option.js'
import { READ_OPTIONS, type ReadOptions, wholeNumber } from '../options.js'
import { assertProofFile, type ProofFileOptions, writeProof } from '../output/proof-file.js'
import { FORCE_OPTION } from '../output/write-file.js'

interface Options extends ReadOptions, ProofFileOptions {
  readonly at?: number
}

type Maker = (db: Database) => Promise<Proof>

const AT: OptionDefinition = {
  flags: '--at <version>',
  says: 'prove it of this version, not of the newest one',
  parse: wholeNumber('--at'),
}

/** What makes each proof, out of the words: what is wrong with them is found before any database is opened. */
const JOBS = new Jobs<(subject: string | undefined, at: { readonly version?: number }) => Maker>('prove', {
  tx: { takes: '<id>', run: (id) => async (db) => (await findCall(db, id!)).fetchReceipt() },
  state: {
    takes: '<path>',
    options: [AT],
    run: (path, at) => (db) => db.proofs.state([{ path: path! }], at),
  },
  list: {
    takes: '[path]',
    options: [AT],
    run:
      (prefix = '/', at) =>
      (db) =>
        db.proofs.state([{ prefix }], at),
  },
  head: { run: () => (db) => db.proofs.head() },
  consistency: {
    takes: '<version>',
    options: [AT],
    run: (version, at) => {
      const from = numberOf(version!)
      return (db) => db.proofs.consistency(from, at)
    },
  },
  block: {
    takes: '<number>',
    options: [AT],
    run: (number, at) => {
      const seq = numberOf(number!)
      return (db) => db.proofs.blocks([seq], at)
    },
  },
})

export const prove = defineCommand<Options>({
  name: 'prove',
  args: '<what> [subject]',
  argsSay: {
    what: JOBS.says,
    subject: 'the id of a call, a path, an older version, or the number of an index block',
  },
  completes: { what: JOBS.words },
  summary: 'Make a proof for somebody who has no copy',
  details: `Whoever has the proof and the database's public key checks it with \`vitra check\`, offline.

tx <id>: the ops of a call were executed, with these outcomes and changes. state <path>: what is at a path, or that
nothing is. list <path>: what lies directly below, complete. head: the executor signed this version. consistency
<version>: the index was only appended to since then. block <number>: what one block of the index holds.

With --out the proof goes to a file, as bytes; without it to stdout, as JSON. \`vitra check\` reads both.`,
  options: [
    { flags: '--out <file>', says: 'write the bytes of the proof to this file' },
    FORCE_OPTION,
    ...JOBS.options,
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
    const { at, out } = options
    const make = JOBS.find(what, subject, options)(subject, at === undefined ? {} : { version: at })
    assertProofFile(context, options)
    const db = await databaseToRead(context, options)
    const proof = await make(db)
    if (out !== undefined) {
      await writeProof(context, { db, proof, name: out, document: { kind: proof.kind } })
      return EXIT.ok
    }
    const { proofToJson } = await import('vitra')
    const json = proofToJson(proof) as object
    context.out.result(json, [JSON.stringify(json)])
    return EXIT.ok
  },
})

/** @throws {UsageError} */
function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError('USAGE', `${JSON.stringify(text)} is not a whole number`, 'see `vitra prove --help`')
}
