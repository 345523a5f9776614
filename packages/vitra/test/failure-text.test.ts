// Why an op was not executed, in words.
import { expect, it } from 'vitest'
import { failureText } from '../src/index.js'

it.each([
  [{ kind: 'failed', code: 'contract', message: 'the counter only goes up' }, 'the counter only goes up'],
  [{ kind: 'failed', code: 'fuel', message: '' }, 'more fuel than the rules allow'],
  [{ kind: 'failed', code: 'depth', message: '' }, 'nest deeper'],
  [{ kind: 'failed', code: 'contract', message: '' }, 'contract'],
  [{ kind: 'too-large' }, 'larger than the rules allow'],
] as const)('%j', (outcome, text) => {
  expect(failureText(outcome)).toContain(text)
})
