import type { ContractFraudProof, Database, Verdict } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { CliError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Jobs } from '../jobs.js'
import { assertProofFile, type ProofFileOptions, writeProof } from '../output/proof-file.js'
import { violationLines } from '../output/report.js'
import { count, tame, tameLine } from '../output/text.js'
import { FORCE_OPTION } from '../output/write-file.js'

interface Found {
  readonly number: number
  readonly fraudProof: ContractFraudProof
}

interface Given {
  readonly context: Context
  readonly db: Database
  readonly found: readonly Found[]
  readonly out: string | undefined
}

const JOBS = new Jobs<(given: Given) => Promise<ExitCode>>('fraud', {
  list: { run: list },
  show: {
    takes: '[number]',
    options: [{ flags: '--out <file>', says: 'write the bytes of the proof to this file' }, FORCE_OPTION],
    run: show,
  },
  check: { takes: '[number]', run: check },
})

export const fraud = defineCommand<ProofFileOptions>({
  name: 'fraud',
  args: '<what> [number]',
  argsSay: { what: JOBS.says, number: 'which one, as list counts them; else the first, or all' },
  completes: { what: JOBS.words },
  summary: 'Look at the violations found here, and take out their proofs',
  details: `\`vitra verify\` and \`vitra monitor\` keep every violation that they find, with a proof that convinces people who have no
copy: hand them the file that show writes with --out, and they run \`vitra check\` on it.

check looks at the proofs once more, from their bytes alone. Exit code 3: the executor has cheated. 4: a proof could not
be checked here. 0: there is none.`,
  options: JOBS.options,
  examples: [
    { run: 'vitra fraud list', says: 'what was found, if anything' },
    { run: 'vitra fraud show <number> --out fraud.proof', says: 'a proof to hand to others' },
    { run: 'vitra fraud check', says: 'check all of them again' },
  ],
  async run({ context, args: [what, number], options }) {
    const run = JOBS.find(what, number, options)
    assertProofFile(context, options)
    const db = await context.database()
    const found = (await db.frauds()).map((fraudProof, n) => ({ number: n + 1, fraudProof }))
    const chosen = number === undefined ? found : found.filter((one) => String(one.number) === number)
    if (number !== undefined && chosen.length === 0)
      throw new CliError('FRAUD_NOT_FOUND', `no violation ${number} was found here`, {
        hint: 'see what there is with `vitra fraud list`',
        details: { number, found: found.length },
      })
    return run({ context, db, found: chosen, out: options.out })
  },
})

const NOTHING = 'no violation was found here so far: look again with `vitra verify`'

async function list({ context, found }: Given): Promise<ExitCode> {
  const { encodeProof } = await import('vitra')
  const rows = found.map(({ number, fraudProof: { violation, proof, unproved } }) => ({
    number,
    violation,
    bytes: proof === null ? null : encodeProof(proof).length,
    unproved,
  }))
  const lines = rows.map(({ number, violation: { code, message }, bytes, unproved }) => {
    const proof = bytes === null ? `no proof for others: ${tameLine(unproved ?? '')}` : count(bytes, 'byte')
    return `${number}  ${code}  ${tameLine(message)}  (${proof})`
  })
  context.out.report({ frauds: rows }, lines)
  if (found.length === 0) context.out.note(NOTHING)
  return EXIT.ok
}

async function show({ context, db, found: [first], out }: Given): Promise<ExitCode> {
  if (first === undefined)
    throw new CliError('FRAUD_NOT_FOUND', 'no violation was found here', { hint: 'look with `vitra verify`' })
  const { proofToJson } = await import('vitra')
  const { violation, proof, unproved } = first.fraudProof
  const document = { number: first.number, violation, unproved }
  if (out === undefined) {
    const lines = violationLines(context.out, db, violation)
    context.out.report({ ...document, proof: proof === null ? null : proofToJson(proof) }, lines)
    return EXIT.ok
  }
  if (proof === null)
    throw new CliError('FRAUD_NOT_PROVED', `the violation cannot be proved here: ${unproved}`, {
      hint: 'the folder with all logs is the evidence: others verify it with `vitra verify`',
    })
  await writeProof(context, { db, proof, name: out, document })
  return EXIT.ok
}

async function check({ context, db, found }: Given): Promise<ExitCode> {
  const { check: checkProof, encodeProof } = await import('vitra')
  const results: { number: number; ok: boolean; code: Verdict['code']; explanation: string }[] = []
  for (const { number, fraudProof } of found) {
    const { proof, unproved } = fraudProof
    const { ok, code, explanation } =
      proof === null
        ? { ok: false, code: 'inconclusive' as const, explanation: unproved ?? 'there is no proof' }
        : await checkProof(encodeProof(proof), { pubkey: db.pubkey })
    results.push({ number, ok, code, explanation })
  }
  const lines = results.map(({ number, ok, code, explanation }) => {
    return `${number}  ${ok ? 'proved' : code}: ${tame(explanation)}`
  })
  context.out.report({ results }, lines)
  if (found.length === 0) context.out.note(NOTHING)
  if (results.some(({ ok }) => ok)) return EXIT.fraud
  return results.length === 0 ? EXIT.ok : EXIT.inconclusive
}
