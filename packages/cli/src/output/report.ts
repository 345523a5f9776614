/** What an audit found, for people. */
import path from 'node:path'
import type { AuditReport, Database, Finding, FindingCode, Place, Violation } from 'vitra'
import type { Output } from './output.js'
import { count, shortKey, showShort, tame, tameLine } from './text.js'

export async function reportLines(out: Output, db: Database, report: AuditReport): Promise<string[]> {
  const { verdict, violation } = report
  if (verdict === 'valid') return validLines(out, report)
  if (verdict === 'partial') return partialLines(out, report)
  return violation === undefined ? inconclusiveLines(out, report) : violationLines(out, db, violation)
}

export function violationLines({ style }: Output, db: Database, violation: Violation): string[] {
  const { code, message, at, expected, published } = violation
  return [
    `${style.red('FRAUD')}: the executor has violated the contract`,
    `  what       ${tame(message)} (${code})`,
    `  where      ${placeText(at)}`,
    ...(expected === undefined ? [] : [`  expected   ${showShort(expected, VALUE_WIDTH)}`]),
    ...(published === undefined ? [] : [`  published  ${showShort(published, VALUE_WIDTH)}`]),
    `  evidence   ${fraudFolder(db)}`,
    'A violation cannot be undone: move to another database, and keep this folder as evidence.',
  ]
}

/** Folder in which the violations found are kept. */
export function fraudFolder(db: Database): string {
  return path.join(db.path, 'fraud')
}

const VALUE_WIDTH = 200

function validLines({ style }: Output, { from, version, batches, ops, waiting }: AuditReport): string[] {
  const done = `${count(ops, 'op')} in ${count(batches, 'batch', 'batches')}`
  return [
    `${style.green('valid')}: everything up to version ${version} was run again and is as the contract has it (${done})`,
    ...(from === 0 ? [] : [`  up to version ${from} by earlier audits of this copy, from there on now`]),
    ...(waiting === 0 ? [] : [`${count(waiting, 'op')} not executed yet`]),
  ]
}

/** Of an audit that was told to look at less than everything: it never says that the database is valid. */
async function partialLines(
  { style }: Output,
  { batches, ops, scope = { hashOnly: false }, length }: AuditReport,
): Promise<string[]> {
  const { parts, draws, hashOnly } = scope
  const done = `${count(batches, 'batch', 'batches')} with ${count(ops, 'op')}`
  const from = parts?.[0]?.from ?? 0
  const to = parts?.at(-1)?.to ?? length
  const where =
    draws === undefined
      ? `version ${from} to ${to} of ${length}`
      : `batches of ${count(draws, 'block')} drawn at random`
  return [
    `${style.yellow('partial')}: nothing wrong in ${where} (${done}); this does not say that the database is valid`,
    ...(hashOnly ? ['  no op was run again: structure, order, signatures and tree hashes hold'] : []),
    ...(parts === undefined || draws !== undefined
      ? []
      : ['  the state before it was taken as it was published']),
    ...(draws === undefined ? [] : await chances(draws)),
  ]
}

const SHARES = [0.001, 0.01, 0.1]

async function chances(draws: number): Promise<string[]> {
  const { sampleProbability } = await import('vitra')
  return SHARES.map((share) => {
    const percent = Math.floor(sampleProbability(draws, share) * 1000) / 10
    return `  wrong batches that make up ${share * 100} % of the index would have been found with a probability of ${percent} %`
  })
}

export function inconclusiveLines({ style }: Output, { version, length, findings }: AuditReport): string[] {
  return [
    `${style.yellow('inconclusive')}: checked up to version ${version} of ${length}; nobody is accused of anything`,
    ...findings.flatMap((finding) => findingLines(finding)),
    ...(findings.some(({ suspect }) => suspect) ? [`${style.yellow('suspect')}: ${SUSPECT}`] : []),
  ]
}

const SUSPECT =
  'a dishonest executor could hide behind some of this: have it checked as said above, or by others'

/** A finding and what to do about it. */
export function findingLines(finding: Finding): string[] {
  return [
    `  ${finding.code}: ${tameLine(finding.message)}${whereText(finding)}`,
    `    ${ADVICE[finding.code]}`,
  ]
}

function whereText({ at }: Finding): string {
  return Object.keys(at).length === 0 ? '' : ` (${placeText(at)})`
}

function placeText({ batch, block, oplog, seq }: Place): string {
  const parts = [
    batch === undefined ? '' : `batch ${batch}`,
    block === undefined ? '' : `block ${block} of the index`,
    seq === undefined ? '' : `op ${seq}`,
    oplog === undefined ? '' : `oplog ${shortKey(oplog)}`,
  ]
  return parts.filter((part) => part !== '').join(', ') || 'the database as a whole'
}

/** What to do about each finding. */
const ADVICE: Readonly<Record<FindingCode, string>> = {
  'index-empty': 'run this again while a peer is online, or wait longer with --timeout',
  'index-shortened':
    'run this again with peers that have the rest; where nobody has it, the executor took it back',
  'index-behind': 'run this again while a peer is online, or wait longer with --timeout',
  'block-missing': 'run this again while a peer that has it is online',
  'oplog-behind': 'run this again while this participant, or a peer that has its log, is online',
  'oplog-equivocation': 'this participant signed two histories: have the contract remove it',
  unexecutable: 'verify on a machine with more time and memory: what was published stands unchecked',
  disputed:
    'the op runs here: ask others to verify as well; an executor that does this again and again censors',
  'other-engine':
    'give the Node program of the recorded engine with --engine, or verify where it is installed',
  unstable: 'the contract does not give the same result twice: see it with `vitra source`',
  'rules-unknown': 'install a newer version of vitra',
  'engine-unknown':
    'install a newer version of vitra; where the newest does not know it either, no lie under it can be proved',
  'echo-contradiction':
    'ask that participant, and others, for their copies: with the one that it was shown, `vitra verify` proves the fork',
  'start-unreadable': 'verify from genesis on: what was published before this part is not as it has to be',
  'contract-refused':
    'give the Node program of the recorded engine with --engine, or verify where it is installed',
}
