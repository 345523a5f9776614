// docs/cli.md is what the commands say.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { page } from '../cli-docs.mjs'

it('docs/cli.md is fresh: npm run cli-docs', async () => {
  expect(readFileSync('docs/cli.md', 'utf8')).toBe(await page())
})
