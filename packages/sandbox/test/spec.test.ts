// What the specification lists and what the sandbox does are the same lists (spec/6-determinism §2, §4, §5).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SOURCE_DEPTH_MAX } from '../src/constants.js'
import { ENGINES } from '../src/engine.js'
import { GLOBALS, REMOVED_PROPERTIES, REPLACED_PROPERTIES } from '../src/realm/permits.js'

const SPEC = readFileSync(fileURLToPath(new URL('../../../spec/6-determinism.md', import.meta.url)), 'utf8')

/** The text of a numbered rule, its lists included. */
function rule(number: string): string {
  const [, after = ''] = SPEC.split(`- **${number}** `)
  return after.split(/^- \*\*|^## /m)[0]!
}

describe('the specification has', () => {
  it('the globals of 6.2.2', () => {
    const [, names = ''] = /`([^`]+)`/.exec(rule('6.2.2')) ?? []
    expect(names.split(/\s+/)).toEqual([...GLOBALS])
  })

  it('the removed properties of 6.2.3', () => {
    const lists = [...rule('6.2.3').matchAll(/^ {2}- of `([\w.]+)`: (``?)(.+)\2$/gm)]
    expect(lists.map(([, of, , names]) => [of, names!.split(' ')])).toEqual(
      REMOVED_PROPERTIES.map(({ of, names }) => [of, names]),
    )
  })

  it('the replaced properties of 6.2.4', () => {
    const names = [...rule('6.2.4').matchAll(/`(String\.[\w.]+)`/g)].map(([, name]) => name)
    expect(names).toEqual(
      REPLACED_PROPERTIES.flatMap(({ of, names }) => names.map((name) => `${of}.${name}`)),
    )
  })

  it('the engines of 6.4.1', () => {
    expect([...rule('6.4.1').matchAll(/`(v8-\d+\.\d+)`/g)].map(([, name]) => name)).toEqual([...ENGINES])
  })

  it('the depth of sources of 6.5.2', () => {
    expect(rule('6.5.2')).toContain(`more than ${SOURCE_DEPTH_MAX} levels`)
  })
})
