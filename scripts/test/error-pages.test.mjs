// Every code that a user can meet has a page, and every page a code.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCodes, errorMessages, openClasses } from '../error-codes.mjs'
import { index, isExample, problems } from '../error-pages.mjs'

const codesOf = (title) => errorCodes().find((group) => group.title === title)?.codes

describe('the codes', () => {
  it('are found in the sources: classes of errors, violations, findings, outcomes, the set-up', () => {
    expect(codesOf('LogError, @vitra/log')).toContain('BLOCK_MISSING')
    expect(codesOf('PathError, @vitra/log')).toEqual(['PATH_INVALID'])
    expect(codesOf('Violations')).toContain('op-skipped')
    expect(codesOf('Findings')).toContain('index-behind')
    expect(codesOf('Outcomes')).toEqual(expect.arrayContaining(['never-settles', 'undecodable']))
    expect(codesOf('Set-up of a clone')).toContain('E_NATIVE_BUILD')
  })

  it('are part of the type of every class of errors', () => {
    expect(openClasses()).toEqual([])
  })
})

describe('docs/errors', () => {
  it('has a whole page for every code, and no other', () => {
    expect(problems()).toEqual([])
  })

  it('misses the page of a new code, and finds one that has no code', () => {
    const groups = errorCodes().map((group) =>
      group.title === 'Findings' ? { ...group, codes: ['no-such-code', ...group.codes.slice(1)] } : group,
    )
    expect(problems(groups)).toEqual([
      `docs/errors/findings/${codesOf('Findings')[0]}.md describes no code`,
      'docs/errors/findings/no-such-code.md is missing: write what its code means',
    ])
  })

  it('has an example as the code would print it', () => {
    const forms = errorMessages().get('SYNC_TIMEOUT')
    const page = readFileSync('docs/errors/SYNC_TIMEOUT.md', 'utf8')
    expect(isExample(page, forms)).toBe(true)
    expect(isExample(page.replace('SYNC_TIMEOUT: ', 'SYNC_TIMEOUT: perhaps '), forms)).toBe(false)
  })

  it('has a fresh list: npm run errors', () => {
    expect(readFileSync('docs/errors/README.md', 'utf8')).toBe(index())
  })
})
