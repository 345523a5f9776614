import { expect, it } from 'vitest'
import { renderReport } from '../src/report.js'
import { amend, type Results } from '../src/summary.js'

const RESULTS: Results = {
  format: 2,
  date: '2026-01-02T03:04:05.000Z',
  command: 'npm run bench',
  rounds: 3,
  seconds: 61.4,
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGiB: 8,
    system: 'linux 6.1',
    node: 'v20.20.2',
    fileSystem: 'ext4',
    load: 0.4,
    commit: 'abc1234',
  },
  omitted: [],
  rows: [
    {
      id: 'latency',
      title: 'Call to receipt',
      unit: 'ms',
      contestants: [
        {
          name: 'Vitra',
          note: 'durable',
          median: 4.25,
          min: 4,
          max: 5.5,
          p95: 12.34,
          p99: 123.4,
          ratio: 1,
          ratios: [1, 1],
        },
        { name: 'Other', note: 'not', median: 0.05, min: 0.04, max: 0.06, ratio: 85, ratios: [80, 90] },
      ],
    },
    {
      id: 'executed',
      title: 'Ops executed',
      unit: 'per second',
      contestants: [
        {
          name: 'Vitra',
          note: '',
          median: 12345.6,
          min: 12000,
          max: 13000,
          ratio: 0.0321,
          ratios: [0.03, 0.04],
        },
      ],
    },
  ],
}

it('shows each row as a table, with the tail where there is one', () => {
  const report = renderReport(RESULTS, { hyperbee: '2.27.3', vitra: '^0.0.0' }, 'plots')
  expect(report).toContain('| Vitra | 4.25 | 4.00–5.50 | 12.3 | 123 | 1.00 | durable |')
  expect(report).toContain('| Other | 0.05 | 0.04–0.06 |  |  | 85.00 | not |')
  expect(report).toContain('| Vitra | 12,346 | 12,000–13,000 | 0.03 |  |')
  expect(report).toContain('| Hyperbee 2.27.3 |')
  expect(report).not.toContain('^0.0.0')
  expect(report).toContain('Commit: abc1234')
})

it('warns where the figures are worth less', () => {
  const render = (machine: Partial<Results['machine']>) =>
    renderReport({ ...RESULTS, machine: { ...RESULTS.machine, ...machine } }, {}, 'plots')
  expect(render({})).not.toContain('**others were at work')
  expect(render({ load: 2.5 })).toContain('**others were at work')
  expect(render({ fileSystem: 'tmpfs' })).toContain('**in memory, nothing of this was on a disk**')
})

it('says of a row that was measured later when and how, and leaves the others as they were', () => {
  const [latency] = RESULTS.rows
  const later: Results = {
    ...RESULTS,
    date: '2026-02-03T04:05:06.000Z',
    command: 'npm run bench -- --only late --amend',
    machine: { ...RESULTS.machine, commit: 'def5678' },
    rows: [
      { ...latency!, title: 'Call to receipt, again' },
      { ...latency!, id: 'late', title: 'Late' },
    ],
  }
  const amended = amend(RESULTS, later)
  expect(amended.rows.map(({ id, run }) => [id, run?.machine.commit])).toEqual([
    ['latency', 'def5678'],
    ...RESULTS.rows.slice(1).map(({ id }) => [id, undefined]),
    ['late', 'def5678'],
  ])
  const { rows: _, ...run } = amended
  expect(run).toEqual({ ...RESULTS, rows: undefined })
  const [, report = ''] = renderReport(amended, {}, 'plots').split('### Late')
  expect(report).toContain('Measured later than the others')
  expect(report).toContain('- Commit: def5678')
  expect(renderReport(RESULTS, {}, 'plots')).not.toContain('Measured later')
})
