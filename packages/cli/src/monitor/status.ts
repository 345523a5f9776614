/** How a monitor is doing, for people and scripts. */
import { EXIT, type ExitCode } from '../exit-codes.js'
import type { Output } from '../output/output.js'
import { findingLines } from '../output/report.js'
import { columns, count, shortKey, tameLine } from '../output/text.js'
import type { MonitorRecord } from './record.js'

/** What is known of a monitor: `dead` where its process is gone and has not stopped it. */
export interface MonitorState {
  readonly state: 'running' | 'stopped' | 'dead'
  readonly record: MonitorRecord
}

/** @param isHere whether the process that the record names is there and runs the monitor */
export function monitorState(record: MonitorRecord, isHere: boolean): MonitorState {
  return { state: isHere ? 'running' : record.ended === null ? 'dead' : 'stopped', record }
}

/** As `vitra monitor status` ends: what was found counts first, then whether it runs. */
export function monitorExit({ state, record: { status } }: MonitorState): ExitCode {
  if (status === 'fraud') return EXIT.fraud
  if (state !== 'running') return EXIT.failed
  return status === 'suspect' || status === 'inconclusive' ? EXIT.inconclusive : EXIT.ok
}

/** One line. @example 'valid up to version 12 of 12' */
export function monitorLine({ state, record }: MonitorState): string {
  const { status, version, knownLength } = record
  const says = `${status} up to version ${version} of ${Math.max(version, knownLength)}`
  return state === 'running' ? says : `not running; ${says}`
}

export function monitorLines({ style }: Output, known: MonitorState): string[] {
  const { state, record } = known
  const { status, version, length, knownLength, treeHash, from, batches, ops, findings, failure } = record
  const colour = { valid: style.green, fraud: style.red, checking: style.dim }
  const paint = status in colour ? colour[status as keyof typeof colour] : style.yellow
  const behind = Math.max(0, knownLength - version)
  return [
    ...columns([
      ['process', processText(known)],
      ['status', paint(status === 'fraud' ? 'FRAUD' : status)],
      ['checked', `version ${version}${treeHash === null ? '' : `, tree hash ${shortKey(treeHash)}`}`],
      [
        'index',
        `${length} here, ${knownLength} known${behind === 0 ? '' : `, ${count(behind, 'block')} behind`}`,
      ],
      ['work', `${count(ops, 'op')} in ${count(batches, 'batch', 'batches')} from version ${from} on`],
      ...(record.violation === null
        ? []
        : ([['found', `${record.violation.code}, see \`vitra fraud list\``]] as const)),
      ...(failure === null ? [] : ([['failed', `${tameLine(failure.message)} (${failure.code})`]] as const)),
    ]),
    ...findings.flatMap(findingLines),
    ...(state === 'running' || status === 'fraud'
      ? []
      : [`\`vitra monitor start\` goes on from version ${version}`]),
  ]
}

function processText({ state, record: { command, pid, since, told, ended } }: MonitorState): string {
  const name = `${pid}, vitra ${command}`
  if (state === 'running') return `${name} since ${since}`
  return state === 'stopped'
    ? `none; stopped at ${ended}`
    : `none; ${name} has died, last heard of at ${told}`
}
