/** Writes the report as a page of Markdown. */
import { curvesOf } from './curves.js'
import { MEMORY_FILE_SYSTEMS } from './machine.js'
import { PEERS } from './peers.js'
import { HEADS, type Results, type Run, type Summary, type SummaryRow } from './summary.js'

/** @param plots folder of the plots, as the page links to it */
export function renderReport(
  results: Results,
  versions: Readonly<Record<string, string>>,
  plots: string,
): string {
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench`; edit nothing here by hand. It reports and never gates.',
    renderRun(results),
    HOW_TO_READ,
    '## What each contestant does',
    renderPeers(versions),
    ...renderCurves(results, plots),
    '## Figures',
    ...results.rows.flatMap((row) => [`### ${row.title}`, ...renderLater(row), renderRow(row)]),
    ...renderOmitted(results),
  ]
  return `${parts.join('\n\n')}\n`
}

const HOW_TO_READ = `## How to read it

All contestants ran in one process, on one disk, in turns: in each round every contestant of a table does
its work in an empty folder, then the next round begins. A figure is the **median** of the rounds, the spread
their smallest and largest. The **ratio** is the figure of the first contestant of the table divided by
that of the line, taken round by round; figures differ from machine to machine, ratios much less. For rates
a ratio above 1 means that the first one is faster; for times and bytes one below 1 means that it takes less.
No table compares like with like: the contestants promise different things, as the next table says.`

function renderLater({ run }: SummaryRow): string[] {
  return run === undefined ? [] : [`Measured later than the others:\n\n${renderRun(run)}`]
}

function renderRun({ command, date, rounds, seconds, machine }: Run): string {
  const { cpu, cores, memoryGiB, system, node, fileSystem, load, commit } = machine
  const isBusy = load > cores / 2
  const lines = [
    `- Command: \`${command}\`, ${rounds} rounds, ${Math.round(seconds)} s, ${date}`,
    `- Commit: ${commit === '' ? 'unknown' : commit}`,
    `- Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}`,
    `- Disk: ${fileSystem}${MEMORY_FILE_SYSTEMS.includes(fileSystem) ? ': **in memory, nothing of this was on a disk**' : ''}`,
    `- Load when it began: ${load}${isBusy ? ': **others were at work, the figures are too low**' : ''}`,
  ]
  return lines.join('\n')
}

function renderPeers(versions: Readonly<Record<string, string>>): string {
  const rows = PEERS.map(({ name, durable, signs, sandboxes, proves }) => {
    const version = versions[name.toLowerCase()]
    // A pinned version; Vitra's own is the commit above.
    const title = /^\d/.test(version ?? '') ? `${name} ${version}` : name
    return [title, durable, signs, sandboxes, proves]
  })
  return table(['', 'durable', 'signs', 'sandboxes', 'proves'], rows)
}

function renderCurves({ rows }: Results, plots: string): string[] {
  const curves = curvesOf(rows)
  if (curves.length === 0) return []
  const note = 'Both axes are logarithmic: a level line means that a longer history costs nothing more.'
  return ['## How costs grow', note, ...curves.map(({ file, title }) => `![${title}](${plots}/${file})`)]
}

function renderOmitted({ omitted }: Results): string[] {
  if (omitted.length === 0) return []
  return ['## Left out', omitted.map((title) => `- ${title}`).join('\n')]
}

function renderRow({ unit, contestants, failed = [] }: SummaryRow): string {
  const hasTail = contestants.some(({ p95 }) => p95 !== undefined)
  const head = ['', HEADS[unit], 'spread', ...(hasTail ? ['p95', 'p99'] : []), 'ratio', '']
  const figure = (value: number | undefined) => (value === undefined ? '' : formatFigure(value))
  const rows = contestants.map((summary: Summary) => {
    const { name, note, median, min, max, p95, p99, ratio } = summary
    const spread = `${figure(min)}–${figure(max)}`
    return [
      name,
      figure(median),
      spread,
      ...(hasTail ? [figure(p95), figure(p99)] : []),
      formatRatio(ratio),
      note,
    ]
  })
  const lines = failed.map(({ name, message }) => `${name} did not come through: ${message}`)
  return [table(head, rows), ...lines].join('\n\n')
}

/** Three digits that count, and no more than the figures are worth. */
function formatFigure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function formatRatio(ratio: number): string {
  return ratio >= 0.095 ? ratio.toFixed(2) : ratio.toPrecision(1)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
