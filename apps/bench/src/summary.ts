/** What the figures of all rounds come to: plain data, for the report and for later runs to compare with. */
import type { Failed, Measured, MeasuredRow, Unit } from './harness.js'
import type { Machine } from './machine.js'
import { median, percentile } from './statistics.js'

/** One contestant in one row. */
export interface Summary {
  readonly name: string
  readonly note: string
  /** Median over the rounds; of a round with many figures its median counts. */
  readonly median: number
  /** Smallest and largest round. */
  readonly min: number
  readonly max: number
  /** Over every figure of every round, where a round has many. */
  readonly p95?: number
  readonly p99?: number
  /** Figure of the row's first contestant over this one's: the median of the rounds' own ratios. */
  readonly ratio: number
  /** Smallest and largest of the rounds' ratios. */
  readonly ratios: readonly [min: number, max: number]
}

export interface SummaryRow {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly contestants: readonly Summary[]
  /** Contestants without figures; absent where all came through. */
  readonly failed?: readonly Failed[]
  /** The run that measured it, where that is a later one than that of the results. */
  readonly run?: Run
}

/** When, where and how something was measured. */
export interface Run {
  readonly date: string
  readonly command: string
  readonly rounds: number
  readonly seconds: number
  readonly machine: Machine
}

/** Of {@link Results}. */
export const FORMAT = 2

export interface Results extends Run {
  readonly format: typeof FORMAT
  readonly rows: readonly SummaryRow[]
  /** Rows that were left out, and why. */
  readonly omitted: readonly string[]
}

/** Heads of columns and axes. */
export const HEADS: Readonly<Record<Unit, string>> = {
  'per second': '/s',
  ms: 'ms',
  µs: 'µs',
  ns: 'ns',
  bytes: 'bytes',
  MiB: 'MiB',
}

/** Earlier results with the rows of a later run, each of which says so: in their old places, new ones at the end. */
export function amend(earlier: Results, { rows, omitted: _, format: __, ...run }: Results): Results {
  const measured = new Map(rows.map((row) => [row.id, { ...row, run }]))
  const known = earlier.rows.map((row) => measured.get(row.id) ?? row)
  const added = [...measured.values()].filter(({ id }) => earlier.rows.every((row) => row.id !== id))
  return { ...earlier, rows: [...known, ...added] }
}

export function summarize({ id, title, unit, contestants, failed }: MeasuredRow): SummaryRow {
  const first = roundFigures(contestants[0]!)
  const summaries = contestants.map((measured) => summary(measured, first))
  return { id, title, unit, contestants: summaries, ...(failed.length === 0 ? {} : { failed }) }
}

function summary(measured: Measured, first: readonly number[]): Summary {
  const { name, note, rounds } = measured
  const figures = roundFigures(measured)
  const all = rounds.flat()
  const ratios = figures.map((figure, round) => first[round]! / figure)
  return {
    name,
    note,
    median: median(figures),
    min: Math.min(...figures),
    max: Math.max(...figures),
    ratio: median(ratios),
    ratios: [Math.min(...ratios), Math.max(...ratios)],
    ...(all.length > rounds.length ? { p95: percentile(all, 0.95), p99: percentile(all, 0.99) } : {}),
  }
}

function roundFigures({ rounds }: Measured): number[] {
  return rounds.map((figures) => median(figures))
}
