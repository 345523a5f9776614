// What the specification lists and what the sandbox does are the same lists (spec/6-determinism §2, §4, §5).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SOURCE_DEPTH_MAX } from '../src/constants.js'
import { enginePackage } from '../src/engine.js'
import { ENGINE_TABLE } from '../src/engine-table.js'
import { assignableList, boundsList, permitsList, pricesList, replacementsList } from './spec-tables.js'

const SPEC = readFileSync(fileURLToPath(new URL('../../../spec/6-determinism.md', import.meta.url)), 'utf8')

/** The text of a numbered rule, its lists included. */
function rule(number: string): string {
  const [, after = ''] = SPEC.split(`- **${number}** `)
  return after.split(/^- \*\*|^## /m)[0]!
}

describe('the specification has', () => {
  it.each([
    ['6.2.2', permitsList()],
    ['6.2.3', replacementsList()],
    ['6.2.4', assignableList()],
    ['6.2.6', pricesList()],
    ['6.2.7', boundsList()],
  ])('the list of %s', (number, list) => {
    expect(rule(number)).toContain(`:\n${list}\n`)
  })

  it('the engines of 6.4.1', () => {
    const rows = [...rule('6.4.1').matchAll(/\| `(v8-\d+\.\d+)` \| (\S+) \| (\S+) \| (\d+) \| (\S+) \|/g)]
    const table = rows.map(([, name, v8, unicode, node, isolatedVm]) => ({
      name,
      v8,
      unicode,
      node: Number(node),
      isolatedVm,
    }))
    expect(table).toEqual([...ENGINE_TABLE])
  })

  it('the versions of isolated-vm that the packages of the engines bring', () => {
    for (const { node, isolatedVm } of ENGINE_TABLE) {
      const name = enginePackage(`${node}.0.0`).replace('@vitra/engine-', '')
      const file = fileURLToPath(new URL(`../../../engines/${name}/package.json`, import.meta.url))
      expect(JSON.parse(readFileSync(file, 'utf8')).dependencies['isolated-vm']).toBe(isolatedVm)
    }
  })

  it('the depth of sources of 6.5.2', () => {
    expect(rule('6.5.2')).toContain(`more than ${SOURCE_DEPTH_MAX} levels`)
  })
})
