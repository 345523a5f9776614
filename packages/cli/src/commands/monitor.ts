import type { Monitor } from 'vitra'
import { defineCommand } from '../command.js'
import type { Context } from '../context.js'
import { ENGINE_OPTION, type EngineOptions, readEngines } from '../engines.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { untilStopped, whileHolding } from '../live.js'
import { goOnline } from '../network.js'
import { LIVE_NETWORK_OPTIONS, type NetworkOptions } from '../options.js'
import { findingLines, fraudFolder, inconclusiveLines, violationLines } from '../output/report.js'
import { count, tameLine } from '../output/text.js'

interface Options extends NetworkOptions, EngineOptions {
  readonly fresh?: boolean
}

export const monitor = defineCommand<Options>({
  name: 'monitor',
  summary: 'Check the executor from now on, until Ctrl-C',
  details: `Everything published so far is checked, then every batch as it arrives; started again, it goes on where it
stopped. The copy is shared with other peers meanwhile. What stands unchecked although a dishonest executor could hide
behind it is told as "suspect" and kept: \`vitra info\` shows it. The monitor ends at a violation with exit code 3, and with 0 when it is stopped with Ctrl-C.`,
  options: [
    { flags: '--fresh', says: 'check from genesis on again' },
    ENGINE_OPTION,
    ...LIVE_NETWORK_OPTIONS,
  ],
  staysUntilStopped: true,
  examples: [
    { run: 'vitra monitor', says: 'follow the database' },
    { run: 'vitra monitor --json', says: 'one JSON object a line, for a program' },
  ],
  async run({ context, options }) {
    const db = await context.database({ engines: await readEngines(options, context.io) })
    return whileHolding(context, db, 'monitor', async () => {
      if (!options.offline) goOnline(context, db, options)
      const { out } = context
      const key = db.pubkey.toString('hex')
      out.event({ event: 'monitoring', key, version: db.index.version }, `monitoring ${key}, Ctrl-C stops it`)
      const watch = await db.monitor(options.fresh === undefined ? {} : { fresh: options.fresh })
      const exit = new Promise<ExitCode>((resolve) => {
        watch.on('violation', ({ violation }) => {
          out.event(
            { event: 'violation', violation, evidence: fraudFolder(db) },
            violationLines(out, db, violation).join('\n'),
          )
          resolve(EXIT.fraud)
        })
        untilStopped(context).then(() => resolve(EXIT.ok))
      })
      tell(context, watch)
      watch.on('inconclusive', (report) => {
        out.event({ event: 'inconclusive', ...report }, inconclusiveLines(out, report).join('\n'))
      })
      const code = await exit
      const { status } = watch
      await watch.close()
      if (code === EXIT.ok)
        out.event(
          { event: 'stopped', version: watch.version, status },
          `stopped at version ${watch.version}: ${status}`,
        )
      return code
    })
  },
})

function tell({ out }: Context, watch: Monitor): void {
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
}
