// `npm run demo`, after its set-up: what a newcomer runs first goes to its end.
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('the demonstration makes a database, audits it, and catches a lie', { timeout: 120_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo-main.mjs'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('receipt: op')
  expect(stdout).toContain('audits: valid')
  expect(stdout).toContain('(unprompted-change)')
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('The lie was caught by everybody.')
})
