/**
 * What has moved since the last run that was committed. Figures of two runs say little, since machines and their load
 * differ; ratios to the peers of the same run say more, and sizes in bytes are the same everywhere.
 */
import type { Results, Summary, SummaryRow } from './summary.js'

/** A figure that moved further than the rounds of either run lie apart. */
interface Move {
  readonly row: string
  readonly contestant: string
  /** The ratio of the row's first contestant to this one; of bytes the figure itself. */
  readonly before: number
  readonly now: number
  /** How much better than before, as a factor; below 1 it is worse. */
  readonly gain: number
}

export interface Comparison {
  /** The worst one first. */
  readonly moves: readonly Move[]
  /** Figures that both runs have. */
  readonly compared: number
}

/** What moves less is called noise, whatever the rounds say. */
const NOISE = 0.15

/** @param before another run of the same form */
export function compare(before: Results, now: Results): Comparison {
  const known = new Map(before.rows.map((row) => [row.id, row]))
  const figures = now.rows.flatMap((row) => {
    const old = known.get(row.id)
    return old === undefined ? [] : figuresOf(old, row)
  })
  const moves = figures.filter(isMove).map(({ move }) => move)
  return { moves: moves.sort((a, b) => a.gain - b.gain), compared: figures.length }
}

interface Figure {
  readonly move: Move
  readonly spreads: readonly [Spread, Spread]
}

type Spread = readonly [min: number, max: number]

function figuresOf(old: SummaryRow, row: SummaryRow): Figure[] {
  if (old.unit !== row.unit) return []
  const isBytes = row.unit === 'bytes'
  const [first, ...others] = row.contestants
  return (isBytes ? [first!, ...others] : others).flatMap((summary) => {
    const before = old.contestants.find(({ name }) => name === summary.name)
    return before === undefined
      ? []
      : [isBytes ? ofBytes(row, before, summary) : ofRatio(row, before, summary)]
  })
}

function ofBytes({ title }: SummaryRow, before: Summary, now: Summary): Figure {
  const gain = before.median / now.median
  return {
    move: { row: title, contestant: now.name, before: before.median, now: now.median, gain },
    spreads: [
      [before.min, before.max],
      [now.min, now.max],
    ],
  }
}

/** The first contestant is better where a rate's ratio grows, and where a time's shrinks. */
function ofRatio({ title, unit }: SummaryRow, before: Summary, now: Summary): Figure {
  const grown = now.ratio / before.ratio
  const gain = unit === 'per second' ? grown : 1 / grown
  return {
    move: { row: title, contestant: now.name, before: before.ratio, now: now.ratio, gain },
    spreads: [before.ratios, now.ratios],
  }
}

function isMove({ move, spreads: [a, b] }: Figure): boolean {
  const isApart = a[1] < b[0] || b[1] < a[0]
  return isApart && Math.abs(Math.log(move.gain)) > Math.log1p(NOISE)
}

/** A table for the terminal. */
export function describeComparison({ moves, compared }: Comparison, before: Results): string {
  const run = `the run of ${before.date.slice(0, 10)} (${before.machine.commit || 'commit unknown'})`
  if (moves.length === 0) return `Nothing of ${compared} figures moved beyond noise since ${run}.`
  const lines = moves.map(({ row, contestant, before: old, now, gain }) => {
    const verdict = gain < 1 ? `${(1 / gain).toFixed(2)}× worse` : `${gain.toFixed(2)}× better`
    return `  ${verdict.padEnd(14)} ${figure(old).padStart(8)} → ${figure(now).padEnd(8)} ${row}: ${contestant}`
  })
  return [
    `${moves.length} of ${compared} figures moved beyond noise since ${run}; ratios to the same run's peers, and bytes:`,
    ...lines,
  ].join('\n')
}

function figure(value: number): string {
  return value >= 1000 ? `${Math.round(value)}` : value.toPrecision(3)
}
