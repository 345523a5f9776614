/** Writes what a run found: the page for people, and the same as JSON for later runs to compare with. */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { renderReport } from './report.js'
import type { Results } from './summary.js'

export interface ResultFiles {
  readonly report: string
  readonly data: string
}

export async function writeResults(results: Results, { report, data }: ResultFiles): Promise<void> {
  for (const file of [report, data]) await mkdir(path.dirname(file), { recursive: true })
  await writeFile(report, renderReport(results, peerVersions()))
  await writeFile(data, `${JSON.stringify(results, null, 2)}\n`)
}

/** Versions of the peers, pinned in the manifest of the bench. */
function peerVersions(): Record<string, string> {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies
}
