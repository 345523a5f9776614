/** Rows that ask the same question at several sizes, taken together: how a cost grows. */
import { type Chart, type Line, renderChart } from './plot.js'
import { HEADS, type SummaryRow } from './summary.js'

/** A plot, and the file it goes into. */
export interface Curve {
  readonly file: string
  readonly title: string
  readonly svg: string
}

/** A curve for each question that was asked at two sizes at least; the sizes end the rows' ids. */
export function curvesOf(rows: readonly SummaryRow[]): Curve[] {
  const questions = new Map<string, Sized[]>()
  for (const row of rows) {
    const [, question, size] = /^(.+)-(\d+)$/.exec(row.id) ?? []
    if (question === undefined) continue
    questions.set(question, [...(questions.get(question) ?? []), { size: Number(size), row }])
  }
  return [...questions]
    .filter(([, sized]) => sized.length > 1)
    .map(([question, sized]) => {
      const chart = chartOf(sized.sort((a, b) => a.size - b.size))
      return { file: `${question}.svg`, title: chart.title, svg: renderChart(chart) }
    })
}

interface Sized {
  readonly size: number
  readonly row: SummaryRow
}

function chartOf(sized: readonly Sized[]): Chart {
  const [{ size, row }] = sized as [Sized]
  const lines = new Map<string, Line['points'][number][]>()
  for (const { size, row } of sized) {
    for (const { name, median } of row.contestants)
      lines.set(name, [...(lines.get(name) ?? []), { x: size, y: median }])
  }
  return {
    title: row.title.replace(`${size}`, 'n'),
    x: 'n',
    y: HEADS[row.unit],
    lines: [...lines].map(([name, points]) => ({ name, points })),
  }
}
