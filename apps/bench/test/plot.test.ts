import { expect, it } from 'vitest'
import { curvesOf } from '../src/curves.js'
import { renderChart } from '../src/plot.js'
import type { SummaryRow } from '../src/summary.js'

function places(svg: string): [x: number, y: number][][] {
  return [...svg.matchAll(/<polyline[^>]* points="([^"]*)"/g)].map(([, points]) =>
    points!.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
  )
}

it('puts ten times as much as far away everywhere, and more above less', () => {
  const points = [
    { x: 100, y: 5 },
    { x: 1000, y: 50 },
    { x: 10_000, y: 500 },
  ]
  const svg = renderChart({ title: 'T', x: 'n', y: 'ms', lines: [{ name: 'one', points }] })
  const [[a, b, c]] = places(svg) as [[[number, number], [number, number], [number, number]]]
  expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0])
  expect(b[1] - a[1]).toBeCloseTo(c[1] - b[1])
  expect(a[1]).toBeGreaterThan(c[1]) // y grows downwards
  for (const label of ['100', '1k', '10k', 'ms']) expect(svg).toContain(`>${label}<`)
})

it('draws one height for one figure, a level line', () => {
  const points = [10, 100].map((x) => ({ x, y: 7 }))
  const [[a, b]] = places(renderChart({ title: '', x: '', y: '', lines: [{ name: '', points }] })) as [
    [[number, number], [number, number]],
  ]
  expect(a[1]).toBe(b[1])
})

it('writes names as text, not as markup, and refuses what has no place', () => {
  const svg = renderChart({
    title: 'a < b & c',
    x: '',
    y: '',
    lines: [{ name: '<g>', points: [{ x: 1, y: 1 }] }],
  })
  expect(svg).toContain('a &lt; b &amp; c')
  expect(svg).toContain('>&lt;g&gt;<')
  const line = { name: '', points: [{ x: 1, y: 0 }] }
  expect(() => renderChart({ title: '', x: '', y: '', lines: [line] })).toThrow(RangeError)
})

it('takes the rows of one question together, in the order of their sizes', () => {
  const row = (id: string, title: string, figures: Record<string, number>): SummaryRow => ({
    id,
    title,
    unit: 'ms',
    contestants: Object.entries(figures).map(([name, median]) => ({
      name,
      note: '',
      median,
      min: median,
      max: median,
      ratio: 1,
      ratios: [1, 1],
    })),
  })
  const curves = curvesOf([
    row('restart-1000', 'Open after 1000 ops', { Vitra: 20, Other: 5 }),
    row('restart-10', 'Open after 10 ops', { Vitra: 10 }),
    row('alone-10', 'Only once', { Vitra: 1 }),
    row('latency', 'No size', { Vitra: 1 }),
  ])
  expect(curves.map(({ file, title }) => [file, title])).toEqual([['restart.svg', 'Open after n ops']])
  const [vitra, other] = places(curves[0]!.svg)
  expect(vitra!.map(([x]) => x)).toEqual([...vitra!.map(([x]) => x)].sort((a, b) => a - b))
  expect(vitra).toHaveLength(2)
  expect(other).toHaveLength(1)
  expect(other![0]![0]).toBe(vitra![1]![0])
})
