import type { Diagnosis, Examination, LogState } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { bootstrapNodes } from '../network.js'
import { type NetworkOptions, networkOptions } from '../options.js'
import { columns, count, shortKey, tameLine } from '../output/text.js'

interface Options extends NetworkOptions {
  readonly peers?: boolean
  readonly alone?: boolean
}

const PEERS_SECONDS = 15

export const doctor = defineCommand<Options>({
  name: 'doctor',
  summary: 'Say what state the folder is in, and what to do about it',
  details: `Looks at the files, the keys, the logs and their journals: no database, a creation that was not finished, a folder
that is in use, copied, damaged or unreadable, keys that are missing, a full disk, a log behind what was signed,
violations found. It changes nothing and works while another command has the folder open. A note is mended by the next
command by itself; a problem needs somebody.

With --peers it asks peers how much they have of the logs that this folder writes; for that nobody else may have it open.

Exit code 0: it can be used. 1: there is a problem. 3: a violation of the executor is kept in the folder.`,
  options: [
    { flags: '--peers', says: 'ask peers too' },
    {
      flags: '--alone',
      says: 'state that nobody has more of the logs whose journals are lost; a mistake signs two histories',
    },
    ...networkOptions(`how long --peers may take (default ${PEERS_SECONDS})`),
  ],
  runsAlone: true,
  examples: [
    { run: 'vitra doctor', says: 'what state it is in' },
    { run: 'vitra doctor --json', says: 'for a program' },
    { run: 'vitra doctor --peers --bootstrap 127.0.0.1:38737', says: 'compare with peers as well' },
  ],
  async run({ context, options }) {
    const { declareAlone, examine } = await import('vitra')
    const folder = context.namedFolder
    if (options.alone) await state(context, await declareAlone(folder))
    const nodes = bootstrapNodes(context, options)
    const network = nodes === undefined ? {} : { bootstrap: nodes }
    const timeoutMs = (options.timeout ?? PEERS_SECONDS) * 1000
    const asked = options.peers && !options.offline ? { peers: { network, timeoutMs } } : {}
    const found = await examine(folder, asked)
    context.out.report(found, lines(context, found))
    return exitOf(found)
  },
})

async function state({ out }: Context, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) out.note('No journal is lost: there was nothing to state.')
  for (const key of keys) out.note(`From now on log ${shortKey(key)} is written as it stands here.`)
}

function exitOf({ state, diagnoses }: Examination): ExitCode {
  if (diagnoses.some(({ code }) => code === 'fraud')) return EXIT.fraud
  return state === 'ready' ? EXIT.ok : EXIT.failed
}

function lines({ out }: Context, found: Examination): string[] {
  const { state, folder, key, role, logs, diagnoses } = found
  const verdict = { ready: 'it can be used', problem: 'there is a problem', none: 'no database' }[state]
  const { green, red } = out.style
  const rows: [string, string][] = [['folder', tameLine(folder)]]
  if (key !== null) rows.push(['key', key], ['made for', role === 'executor' ? 'executing' : 'a copy'])
  rows.push(...logs.map(logRow), ['state', state === 'ready' ? green(verdict) : red(verdict)])
  return [...columns(rows), ...diagnoses.flatMap((diagnosis) => diagnosisLines(out, diagnosis))]
}

function logRow({ log, signer, length, journalled, atPeers }: LogState): [string, string] {
  const parts = [
    length === null ? 'not read' : count(length, 'block'),
    journalled === null ? 'no journal' : `journal up to ${journalled}`,
    ...(atPeers === null ? [] : [`peers up to ${atPeers}`]),
    ...(log === 'oplog' ? [`of ${shortKey(signer)}`] : []),
  ]
  return [log, parts.join(', ')]
}

function diagnosisLines({ style }: Context['out'], { code, level, message, advice }: Diagnosis): string[] {
  const mark = level === 'problem' ? style.red('problem') : 'note'
  return [`${mark}: ${tameLine(message)} (${code})`, `  ${tameLine(advice)}`]
}
