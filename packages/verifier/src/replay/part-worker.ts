/** A worker of an audit in this process: an auditor that is given one part after the other. */
import { LogError } from '@vitra/log'
import type { AuditPart } from '../verdict.js'
import { Auditor, type AuditorOptions } from './auditor.js'
import { ReplicaIndex } from './index-source.js'
import type { AuditPlace } from './replay.js'
import type { AuditWorker, CheckedBatch, CheckedPart } from './team.js'

export class PartWorker implements AuditWorker {
  readonly #options: AuditorOptions

  constructor(options: AuditorOptions) {
    const source = options.source ?? new ReplicaIndex(options.index.log, options.waitMs ?? 0)
    this.#options = { ...options, source }
  }

  async check(part: AuditPart, onBatch: (batch: CheckedBatch) => void): Promise<CheckedPart | null> {
    const auditor = new Auditor(this.#options)
    let at = { end: part.from, ops: 0 }
    const start = await this.#place(part.from)
    const report = await auditor.checkParts(
      { parts: [part] },
      {
        onProgress: ({ version, ops }) => {
          onBatch({ start: at.end, end: version, ops: ops - at.ops })
          at = { end: version, ops }
        },
      },
    )
    const { end } = auditor
    if (report.verdict !== 'partial' || end === null) return null
    return { start, end, batches: report.batches, ops: report.ops }
  }

  /** @throws {LogError} `BLOCK_MISSING` */
  async #place(version: number): Promise<AuditPlace | null> {
    if (version === 0) return null
    const { log } = this.#options.index
    if (log.length < version) throw new LogError('BLOCK_MISSING', 'the index is shorter here than it was')
    return { version, treeHash: await log.treeHashAt(version, { wait: false }) }
  }
}
