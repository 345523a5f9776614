/** Error codes are part of the types: a class refuses a code that it does not name. */
import { expect, expectTypeOf, test } from 'vitest'
import { LogError, type LogErrorCode, VitraError } from '../src/index.js'

test('a class takes its own codes only', () => {
  // @ts-expect-error: no code of LogError
  const error = new LogError('NO_SUCH_CODE', 'a message')
  expect(error).toBeInstanceOf(VitraError)
  expectTypeOf(error.code).toEqualTypeOf<LogErrorCode>()
})
