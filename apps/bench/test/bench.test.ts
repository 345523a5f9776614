import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { runBench } from '../src/bench.js'
import { TINY } from '../src/sizes.js'
import type { SummaryRow } from '../src/summary.js'
import { writeResults } from '../src/write.js'

const BENCH_TIMEOUT_MS = 10 * 60_000
/** Linux says what processes hold. */
const IDLE = process.platform === 'linux' ? ['idle-memory', 'idle-call'] : []

it('leaves out what there is no time for, and says so', async () => {
  await using folder = await TemporaryFolder.make()
  const sizes = { ...TINY, minutesMax: 0 }
  const results = await runBench({ sizes, command: 'bench', folder: folder.path, only: 'latency' })
  expect(results.rows).toEqual([])
  expect(results.omitted).toEqual([
    'Call to receipt, one caller: the time was up',
    'Call of a script to its return value, one caller: the time was up',
    'Call to receipt, one caller, by durability: the time was up',
  ])
})

it(
  'measures everything at a tiny size and writes a report',
  async () => {
    await using folder = await TemporaryFolder.make()
    const told: SummaryRow[] = []
    const results = await runBench({
      sizes: TINY,
      command: 'npm run bench -- --tiny',
      folder: folder.path,
      onRow: (row) => told.push(row),
    })
    expect(results.rows.map(({ id }) => id)).toEqual([
      'executed-single',
      'executed-arrays',
      'latency',
      'scripts',
      'scripts-latency',
      'durability-arrays',
      'durability-latency',
      'replicated-single',
      'replicated-arrays',
      'reads',
      'verified',
      'sync',
      'create',
      'disk',
      'disk-compacted',
      'proof-bytes-100',
      'proof-make-100',
      'proof-check-100',
      'fraud-bytes-100',
      'fraud-make-100',
      'fraud-check-100',
      ...IDLE,
      'sandbox-op',
      'sandbox-call',
      'sandbox-start',
      'fuel-apply',
      'fuel-loop',
      'isolation',
      ...[100, 200].flatMap((ops) =>
        ['restart', 'get', 'list', 'audit', 'hashes', 'grown'].map((row) => `${row}-${ops}`),
      ),
    ])
    expect(told).toEqual(results.rows)
    for (const { contestants } of results.rows) {
      expect(contestants[0]!.name).toMatch(/^Vitra/)
      expect(contestants[0]!.ratio).toBe(1)
      for (const { median, min, max, ratio } of contestants) {
        for (const figure of [median, min, max, ratio]) expect(figure).toBeGreaterThan(0)
        expect(max).toBeGreaterThanOrEqual(min)
      }
    }

    expect(results.omitted).toEqual([])

    const files = {
      report: path.join(folder.path, 'docs/report.md'),
      plots: path.join(folder.path, 'docs/plots'),
      data: path.join(folder.path, 'last.json'),
    }
    await writeResults(results, files)
    expect(JSON.parse(await readFile(files.data, 'utf8'))).toEqual(results)
    const report = await readFile(files.report, 'utf8')
    expect(report).toContain('npm run bench -- --tiny')
    expect(report).toContain(`Node ${process.version}`)
    for (const file of ['restart', 'get', 'list', 'audit', 'hashes', 'grown']) {
      expect(report).toContain(`](plots/${file}.svg)`)
      expect(await readFile(path.join(files.plots, `${file}.svg`), 'utf8')).toContain('<polyline')
    }
    expect(report).not.toMatch(/undefined|NaN|Infinity/)
    for (const { title, contestants } of results.rows) {
      const section = report.split(`### ${title}\n`)[1]!.split('\n### ')[0]!
      for (const { name } of contestants) expect(section).toContain(`| ${name} |`)
      const columns = section
        .trim()
        .split('\n')
        .map((line) => line.split('|').length)
      expect(new Set(columns).size).toBe(1)
    }
  },
  BENCH_TIMEOUT_MS,
)
