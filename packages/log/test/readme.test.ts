/** The example of the README runs and prints what it says. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runModule } from './child.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const EXAMPLES = [...README.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!)

describe('README', () => {
  it('has one example', () => {
    expect(EXAMPLES.length).toBe(1)
  })

  it('has an example that runs', async () => {
    expect(await runModule(EXAMPLES[0]!)).toBe(
      '1 block, signed and on disk\nthe proof holds: true\nwith another block: false\n',
    )
  })

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links)
      expect(readFileSync(new URL(`../${link}`, import.meta.url)).length).toBeGreaterThan(0)
  })
})
