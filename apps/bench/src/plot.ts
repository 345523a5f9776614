/** A chart as SVG: lines over a logarithmic x axis, both axes logarithmic, so that twice as much is as far everywhere. */

export interface Line {
  readonly name: string
  /** Points from left to right, both above 0. */
  readonly points: readonly Point[]
}

interface Point {
  readonly x: number
  readonly y: number
}

export interface Chart {
  readonly title: string
  /** What the axes count. */
  readonly x: string
  readonly y: string
  readonly lines: readonly Line[]
}

const WIDTH = 640
const HEIGHT = 360
/** Room for labels around the field that lines are drawn in. */
const EDGE = { left: 64, right: 24, top: 40, bottom: 44 }
const LEGEND_LINE = 18
/** Told apart by people who see no red or green too (Okabe and Ito). */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00']
const TEXT = 'font-family="sans-serif" font-size="12" fill="#333"'

export function renderChart({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points)
  const across = scale(
    points.map((point) => point.x),
    [EDGE.left, WIDTH - EDGE.right],
  )
  const up = scale(
    points.map((point) => point.y),
    [HEIGHT - EDGE.bottom, EDGE.top],
  )
  const height = HEIGHT + lines.length * LEGEND_LINE
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(WIDTH / 2, 20, title, 'middle'),
    text(WIDTH / 2, HEIGHT - 8, x, 'middle'),
    text(8, EDGE.top - 12, y, 'start'),
    ...across.ticks.flatMap((at) => [
      rule(across.place(at), EDGE.top, across.place(at), HEIGHT - EDGE.bottom),
      text(across.place(at), HEIGHT - EDGE.bottom + 16, label(at), 'middle'),
    ]),
    ...up.ticks.flatMap((at) => [
      rule(EDGE.left, up.place(at), WIDTH - EDGE.right, up.place(at)),
      text(EDGE.left - 6, up.place(at) + 4, label(at), 'end'),
    ]),
    ...lines.flatMap((line, nth) =>
      renderLine(line, nth, (point) => [across.place(point.x), up.place(point.y)]),
    ),
    '</svg>',
    '',
  ].join('\n')
}

function renderLine(
  { name, points }: Line,
  nth: number,
  place: (point: Point) => [number, number],
): string[] {
  const color = COLORS[nth % COLORS.length]!
  const places = points.map(place)
  const legend = HEIGHT + nth * LEGEND_LINE
  return [
    `<polyline fill="none" stroke="${color}" stroke-width="2" points="${places.map(([x, y]) => `${digits(x)},${digits(y)}`).join(' ')}"/>`,
    ...places.map(([x, y]) => `<circle cx="${digits(x)}" cy="${digits(y)}" r="3.5" fill="${color}"/>`),
    `<rect x="${EDGE.left}" y="${legend}" width="12" height="12" fill="${color}"/>`,
    text(EDGE.left + 20, legend + 10, name, 'start'),
  ]
}

interface Scale {
  place(value: number): number
  /** Powers of ten around all values. */
  readonly ticks: readonly number[]
}

function scale(values: readonly number[], [from, to]: readonly [number, number]): Scale {
  if (!values.every((value) => value > 0 && Number.isFinite(value)))
    throw new RangeError('only figures above 0 have a place on a logarithmic axis')
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    place: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
    ticks: Array.from({ length: last - first + 1 }, (_, nth) => 10 ** (first + nth)),
  }
}

function label(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`
  if (value >= 1e3) return `${value / 1e3}k`
  return `${Number(value.toPrecision(1))}`
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${digits(x1)}" y1="${digits(y1)}" x2="${digits(x2)}" y2="${digits(y2)}" stroke="#ddd"/>`
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${digits(x)}" y="${digits(y)}" text-anchor="${anchor}" ${TEXT}>${escapeText(content)}</text>`
}

function digits(value: number): string {
  return value.toFixed(1)
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
