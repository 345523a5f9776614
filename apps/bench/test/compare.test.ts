import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { compare, describeComparison } from '../src/compare.js'
import type { Unit } from '../src/harness.js'
import { lastRun } from '../src/last-run.js'
import { FORMAT, type Results } from '../src/summary.js'

/** A run with one row: Vitra's figures of each round, and those of a peer. */
function run(unit: Unit, vitra: number[], peer: number[]): Results {
  const summary = (name: string, figures: number[]) => {
    const ratios = figures.map((figure, nth) => vitra[nth]! / figure).sort((a, b) => a - b)
    const sorted = [...figures].sort((a, b) => a - b)
    return {
      name,
      note: '',
      median: sorted[1]!,
      min: sorted[0]!,
      max: sorted[2]!,
      ratio: ratios[1]!,
      ratios: [ratios[0]!, ratios[2]!] as const,
    }
  }
  return {
    format: FORMAT,
    date: '2026-01-02T03:04:05.000Z',
    command: 'npm run bench',
    rounds: 3,
    seconds: 1,
    machine: {
      cpu: '',
      cores: 2,
      memoryGiB: 8,
      system: '',
      node: '',
      fileSystem: '',
      load: 0,
      commit: 'abc1234',
    },
    rows: [{ id: 'row', title: 'Row', unit, contestants: [summary('Vitra', vitra), summary('Peer', peer)] }],
    omitted: [],
  }
}

it('tells a rate that fell beside its peer, whatever the machine does', () => {
  const before = run('per second', [100, 101, 99], [50, 51, 49])
  const slowMachine = run('per second', [50, 51, 49], [25, 26, 24])
  expect(compare(before, slowMachine)).toEqual({ moves: [], compared: 1 })
  const slowVitra = run('per second', [50, 51, 49], [50, 51, 49])
  const { moves } = compare(before, slowVitra)
  expect(moves).toHaveLength(1)
  expect(moves[0]).toMatchObject({ row: 'Row', contestant: 'Peer' })
  expect(moves[0]!.gain).toBeCloseTo(0.5)
  const text = describeComparison(compare(before, slowVitra), before)
  expect(text).toContain('2.00× worse')
  expect(text).toContain('2026-01-02 (abc1234)')
})

it('calls a time that shrank better', () => {
  const { moves } = compare(run('ms', [10, 10, 11], [5, 5, 5]), run('ms', [5, 5, 5], [5, 5, 5]))
  expect(moves[0]!.gain).toBeCloseTo(2)
})

it('says nothing of what the rounds themselves lie apart, or of a few per cent', () => {
  const wide = run('ms', [10, 20, 40], [10, 10, 10])
  expect(compare(wide, run('ms', [35, 36, 37], [10, 10, 10])).moves).toEqual([])
  const steady = run('ms', [10, 10, 10], [10, 10, 10])
  expect(compare(steady, run('ms', [11, 11, 11], [10, 10, 10])).moves).toEqual([])
  expect(describeComparison(compare(steady, steady), steady)).toContain('Nothing of 1 figures moved')
})

it('compares bytes themselves, and no row that is new or of another unit', () => {
  const { moves, compared } = compare(
    run('bytes', [100, 100, 100], [50, 50, 50]),
    run('bytes', [200, 200, 200], [50, 50, 50]),
  )
  expect(compared).toBe(2)
  expect(moves.map(({ contestant, gain }) => [contestant, gain])).toEqual([['Vitra', 0.5]])
  expect(compare(run('ms', [1, 1, 1], [1, 1, 1]), run('bytes', [1, 1, 1], [1, 1, 1])).compared).toBe(0)
})

it('takes the results that were committed, not those of a later run, and none of another form', async () => {
  await using folder = await TemporaryFolder.make()
  const file = path.join(folder.path, 'last.json')
  expect(lastRun(file)).toBeNull()
  const results = run('ms', [1, 1, 1], [1, 1, 1])
  await writeFile(file, JSON.stringify(results))
  expect(lastRun(file)).toEqual(results) // outside a clone: what is there
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: folder.path,
      stdio: 'ignore',
    })
  git('init')
  git('add', 'last.json')
  git('commit', '-m', 'results')
  await writeFile(file, JSON.stringify({ ...results, date: 'later' }))
  expect(lastRun(file)).toEqual(results)
  await writeFile(file, JSON.stringify({ ...results, format: 1 }))
  git('commit', '-am', 'another form')
  expect(lastRun(file)).toBeNull()
})
