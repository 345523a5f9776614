import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { spread, WAITING } from '../test-order.mjs'

it('runs every file once, those that wait at intervals', () => {
  const others = Array.from({ length: 40 }, (_, n) => `packages/x/test/${n}.test.ts`)
  const order = spread([...others, ...WAITING.slice(0, 3)], (name) => name)
  expect(order.filter((name) => others.includes(name))).toEqual(others)
  expect(order.toSorted()).toEqual([...others, ...WAITING.slice(0, 3)].toSorted())
  expect(WAITING.slice(0, 3).map((name) => order.indexOf(name))).toEqual([0, 9, 18])
})

it('knows of those that wait by their names', () => {
  expect(WAITING.filter((name) => !existsSync(name))).toEqual([])
})
