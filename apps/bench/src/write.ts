/** Writes what a run found: the page for people with its plots, and the same as JSON for later runs to compare with. */
import { readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { curvesOf } from './curves.js'
import { renderReport } from './report.js'
import type { Results } from './summary.js'

export interface ResultFiles {
  readonly report: string
  /** Folder of the plots, which lie below that of the report. */
  readonly plots: string
  readonly data: string
}

export async function writeResults(results: Results, { report, plots, data }: ResultFiles): Promise<void> {
  for (const file of [report, data]) await mkdir(path.dirname(file), { recursive: true })
  await writeFile(report, renderReport(results, peerVersions(), path.relative(path.dirname(report), plots)))
  await rm(plots, { recursive: true, force: true })
  await mkdir(plots, { recursive: true })
  for (const { file, svg } of curvesOf(results.rows)) await writeFile(path.join(plots, file), svg)
  await writeFile(data, `${JSON.stringify(results, null, 2)}\n`)
}

/** Versions of the peers, pinned in the manifest of the bench. */
function peerVersions(): Record<string, string> {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies
}
