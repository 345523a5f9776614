/** What a monitor finds, told as it finds it. */
import type { Database, Monitor } from 'vitra'
import type { Output } from '../output/output.js'
import { findingLines, fraudFolder, inconclusiveLines, violationLines } from '../output/report.js'
import { count, tameLine } from '../output/text.js'

export function tellMonitor(out: Output, db: Database, watch: Monitor): void {
  watch.on('validated', ({ version, batches, ops }) => {
    const done = `${count(ops, 'op')} in ${count(batches, 'batch', 'batches')}`
    out.event(
      { event: 'validated', version, batches, ops },
      `${out.style.green('valid')} up to version ${version} (${done})`,
    )
  })
  watch.on('lag', ({ blocks, version, knownLength }) => {
    const behind = `${count(blocks, 'block')} behind, checked ${version} of ${knownLength}`
    out.event(
      { event: 'lag', blocks, version, knownLength },
      blocks === 0 ? 'caught up' : out.style.yellow(behind),
    )
  })
  watch.on('suspect', (findings) => {
    out.event(
      { event: 'suspect', findings },
      `${out.style.yellow('suspect')}: a dishonest executor could hide behind ${count(findings.length, 'finding')}\n${findings
        .flatMap(findingLines)
        .join('\n')}`,
    )
  })
  watch.on('restart', ({ version }) => {
    out.event(
      { event: 'restart', version },
      `version ${version}, checked earlier, is not here: beginning at genesis`,
    )
  })
  watch.on('error', (error) => {
    const code = String((error as { code?: unknown }).code ?? 'UNEXPECTED')
    out.event(
      { event: 'error', code, message: error.message },
      `${out.style.yellow('the audit failed')}: ${tameLine(error.message)} (${code})`,
    )
  })
  watch.on('violation', ({ violation }) => {
    out.event(
      { event: 'violation', violation, evidence: fraudFolder(db) },
      violationLines(out, db, violation).join('\n'),
    )
  })
  watch.on('inconclusive', (report) => {
    out.event({ event: 'inconclusive', ...report }, inconclusiveLines(out, report).join('\n'))
  })
}
