import { readdir } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { expect, it } from 'vitest'
import { type Row, runRow } from '../src/harness.js'
import { summarize } from '../src/summary.js'

it('gives every contestant its turn in each round, and folders that go', async () => {
  await using folder = await TemporaryFolder.make()
  const turns: string[] = []
  const contestant = (name: string, figures: number[][]) => ({
    name,
    note: '',
    measure: async () => {
      turns.push(name)
      return figures.shift()!
    },
  })
  let closed = 0
  const row: Row = {
    id: 'row',
    title: 'A row',
    unit: 'ms',
    contestants: [contestant('first', [[10], [20], [60]]), contestant('second', [[5], [40], [20]])],
    close: async () => void closed++,
  }
  const measured = await runRow(row, 3, folder.path)
  expect(turns).toEqual(['first', 'second', 'first', 'second', 'first', 'second'])
  expect(await readdir(folder.path)).toEqual([])
  expect(closed).toBe(1)
  const [first, second] = summarize(measured).contestants
  expect(first).toMatchObject({ median: 20, min: 10, max: 60, ratio: 1 })
  // Round by round 2, 0.5 and 3: the ratio of the medians, 1, would say nothing of this.
  expect(second).toMatchObject({ median: 20, min: 5, max: 40, ratio: 2 })
  expect(second).not.toHaveProperty('p95')
})

it('gives the tail where a turn has many figures', async () => {
  await using folder = await TemporaryFolder.make()
  const figures = Array.from({ length: 100 }, (_, i) => i + 1)
  const row: Row = {
    id: 'row',
    title: 'A row',
    unit: 'ms',
    contestants: [{ name: 'only', note: '', measure: async () => figures }],
  }
  const [only] = summarize(await runRow(row, 2, folder.path)).contestants
  expect(only).toMatchObject({ median: 50.5, p95: 95, p99: 99 })
})

it('goes on without a contestant that fails, and says so; not without the first', async () => {
  await using folder = await TemporaryFolder.make()
  const contestant = (name: string, failsIn: number) => {
    let turns = 0
    return {
      name,
      note: '',
      measure: async () => {
        if (++turns === failsIn) throw new Error('the disk is full')
        return [1]
      },
    }
  }
  const row = (first: number, second: number): Row => ({
    id: 'row',
    title: 'A row',
    unit: 'ms',
    contestants: [contestant('first', first), contestant('second', second)],
  })
  const summary = summarize(await runRow(row(0, 2), 3, folder.path))
  expect(summary.contestants.map(({ name }) => name)).toEqual(['first'])
  expect(summary.failed).toEqual([{ name: 'second', message: 'the disk is full' }])
  await expect(runRow(row(2, 0), 3, folder.path)).rejects.toThrow('the disk is full')
  expect(await readdir(folder.path)).toEqual([])
})
