import type { NodeCheckOptions, Verdict } from 'vitra'
import { defineCommand } from '../command.js'
import { ENGINE_OPTION, type EngineOptions, readEngines } from '../engines.js'
import { UsageError } from '../errors.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { provenLines } from '../output/proven.js'
import { tame } from '../output/text.js'

interface Options extends EngineOptions {
  readonly key?: string
}

export const check = defineCommand<Options>({
  name: 'check',
  args: '<file>',
  argsSay: { file: 'a proof, as bytes or JSON, or a call as tx.toJSON() gives it; - for standard input' },
  summary: 'Check a proof, with nothing but the public key of the database',
  details: `It takes no copy of the database, no folder and no network. \`vitra prove\` and \`vitra fraud show\` make proofs. Get the
public key from somebody you trust, not from whoever gave you the proof.

Exit code 0: the proof holds, and what it proves is printed. 3: it holds, and what it proves is that the executor has
cheated. 1: it does not hold, is no proof, or is about another database. 4: it could not be decided here.`,
  options: [
    { flags: '--key <key>', says: "the database's public key, 64 hex digits; always needed" },
    ENGINE_OPTION,
  ],
  runsAlone: true,
  examples: [
    { run: 'vitra check counter.proof --key <key>', says: 'what does it prove?' },
    { run: 'vitra check - --key <key> < counter.json', says: 'a proof as JSON' },
    { run: 'vitra check counter.proof --key <key> --json', says: 'for a program' },
  ],
  async run({ context: { out, io, readBytes }, args: [file], options }) {
    const { key } = options
    if (key === undefined || !/^[0-9a-f]{64}$/i.test(key))
      throw new UsageError(
        'USAGE',
        'a proof is checked with a public key',
        'write it as --key <64 hex digits>',
      )
    const engines = await readEngines(options, io)
    const verdict = await checkBytes(await readBytes(file!), { pubkey: key, engines })
    const { ok, code, explanation, proves } = verdict
    const { provenToJson } = await import('vitra')
    const shown = proves === null ? null : provenToJson(proves)
    const exit = exitOf(verdict)
    const { green, red, yellow } = out.style
    const paint = exit === EXIT.ok ? green : exit === EXIT.inconclusive ? yellow : red
    out.result({ ok, code, explanation, proves: shown }, [
      `${paint(ok ? 'proved' : code)}: ${tame(explanation)}`,
      ...(shown === null ? [] : provenLines(shown)),
    ])
    return exit
  },
})

/** Bytes of a proof, its JSON, or the JSON of a transaction. */
async function checkBytes(bytes: Uint8Array, how: NodeCheckOptions): Promise<Verdict> {
  const { check: checkProof } = await import('vitra')
  const json = readJson(bytes)
  if (json === undefined) return checkProof(bytes, how)
  return 'txId' in json ? checkTransaction(json, how) : checkProof(json, how)
}

/** The receipt has to be one of these very ops. */
async function checkTransaction(json: object, how: NodeCheckOptions): Promise<Verdict> {
  const { check: checkProof, Transaction } = await import('vitra')
  try {
    const tx = Transaction.fromJSON(json)
    await tx.verifyInclusion(how.pubkey)
    return await checkProof(tx.receipt, how)
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (code !== 'TX_UNPROVED' && code !== 'TX_INVALID' && code !== 'TX_DETACHED') throw error
    if (code === 'TX_DETACHED') return refused('not-proved', 'the call carries no receipt')
    return refused(code === 'TX_INVALID' ? 'format-invalid' : 'not-proved', message)
  }
}

function refused(code: Verdict['code'], explanation: string): Verdict {
  return { ok: false, code, explanation, proves: null }
}

/** The JSON object that the bytes are, undefined where they are none: no proof's bytes begin with a brace. */
function readJson(bytes: Uint8Array): object | undefined {
  const text = new TextDecoder().decode(bytes)
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(text) as object
  } catch {
    return undefined
  }
}

/** Two histories of an oplog are its participant's doing, not the executor's. */
function exitOf({ ok, code, proves }: Verdict): ExitCode {
  if (!ok) return code === 'inconclusive' || code === 'needs-runner' ? EXIT.inconclusive : EXIT.failed
  const isFraud =
    proves?.kind === 'fraud' || (proves?.kind === 'equivocation' && proves.log.participant === undefined)
  return isFraud ? EXIT.fraud : EXIT.ok
}
