/** One run of the bench: every row, then the results. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { runRow } from './harness.js'
import { Histories } from './histories.js'
import { describeMachine } from './machine.js'
import { allRows } from './rows/index.js'
import type { Sizes } from './sizes.js'
import { FORMAT, type Results, type SummaryRow, summarize } from './summary.js'

const MS_PER_MINUTE = 60_000

export interface BenchOptions {
  readonly sizes: Sizes
  /** The command, as the report quotes it. */
  readonly command: string
  /** A folder on the disk that is to be measured. */
  readonly folder: string
  /** Only rows whose id contains this. */
  readonly only?: string | undefined
  readonly onRow?: (row: SummaryRow) => void
}

export async function runBench({ sizes, command, folder, only = '', onRow }: BenchOptions): Promise<Results> {
  await mkdir(folder, { recursive: true })
  const own = await mkdtemp(path.join(folder, 'bench-'))
  const date = new Date().toISOString()
  const startedAt = performance.now()
  const isLate = () => performance.now() - startedAt > sizes.minutesMax * MS_PER_MINUTE
  try {
    const machine = describeMachine(own)
    await using histories = new Histories(own)
    const rows: SummaryRow[] = []
    const omitted: string[] = []
    for (const row of allRows(sizes, histories, own)) {
      if (!row.id.includes(only)) continue
      if (isLate()) {
        omitted.push(`${row.title}: the time was up`)
        continue
      }
      try {
        const summary = summarize(await runRow(row, row.rounds ?? sizes.rounds, own, isLate))
        rows.push(summary)
        onRow?.(summary)
      } catch (error) {
        console.error(error)
        omitted.push(`${row.title}: ${(error as Error).message}`)
      }
    }
    const seconds = (performance.now() - startedAt) / 1000
    return { format: FORMAT, date, command, rounds: sizes.rounds, seconds, machine, rows, omitted }
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}
