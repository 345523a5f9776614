/**
 * The module 'assert' (spec/4-execution §2): the names and meanings of Node's, messages of our own, so
 * that a failed assertion reads the same on every engine and may be recorded. `equal` is `==` as in
 * Node; `deepEqual` is always the strict one.
 */
import { cleaned } from './caught.js'
import { isDeepEqual } from './deep-equal.js'
import { formatValue } from './format.js'

/** What a failed assertion throws. */
export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION'
  readonly operator: string

  constructor(operator: string, message: string) {
    super(message)
    this.name = 'AssertionError'
    this.operator = operator
  }
}

/** A text for the error, or the very error to throw. */
export type AssertMessage = string | Error | undefined

/** What a thrown error is held against. */
export type ErrorMatch = RegExp | (new (...args: never[]) => object) | undefined

/** Passes where the value is truthy. */
export function ok(value: unknown, message?: AssertMessage): asserts value {
  if (!value) failWith('ok', message, `${formatValue(value)} is not truthy`)
}

/** Passes where `actual == expected`, or both are NaN. */
export function equal(actual: unknown, expected: unknown, message?: AssertMessage): void {
  // biome-ignore lint/suspicious/noDoubleEquals: Node's `equal` compares loosely, and so does this one.
  if (actual != expected && !bothNaN(actual, expected)) failCompared('equal', '==', actual, expected, message)
}

/** Passes where `equal` does not. */
export function notEqual(actual: unknown, expected: unknown, message?: AssertMessage): void {
  // biome-ignore lint/suspicious/noDoubleEquals: the counterpart of `equal`.
  if (actual == expected || bothNaN(actual, expected))
    failCompared('notEqual', '!=', actual, expected, message)
}

/** Passes where `Object.is(actual, expected)`. */
export function strictEqual<T>(actual: unknown, expected: T, message?: AssertMessage): asserts actual is T {
  if (!Object.is(actual, expected)) failCompared('strictEqual', '===', actual, expected, message)
}

/** Passes where `strictEqual` does not. */
export function notStrictEqual(actual: unknown, expected: unknown, message?: AssertMessage): void {
  if (Object.is(actual, expected)) failCompared('notStrictEqual', '!==', actual, expected, message)
}

/** Passes where both have the same structure and strictly equal leaves. */
export function deepEqual(actual: unknown, expected: unknown, message?: AssertMessage): void {
  if (!isDeepEqual(actual, expected)) failCompared('deepEqual', 'deep-equals', actual, expected, message)
}

/** Passes where `deepEqual` does not. */
export function notDeepEqual(actual: unknown, expected: unknown, message?: AssertMessage): void {
  if (isDeepEqual(actual, expected))
    failCompared('notDeepEqual', 'does not deep-equal', actual, expected, message)
}

/** The same as `deepEqual`. */
export const deepStrictEqual: typeof deepEqual = deepEqual
/** The same as `notDeepEqual`. */
export const notDeepStrictEqual: typeof notDeepEqual = notDeepEqual

/** Passes where the text matches. */
export function match(text: string, pattern: RegExp, message?: AssertMessage): void {
  if (!pattern.test(text))
    failWith('match', message, `${formatValue(text)} does not match ${String(pattern)}`)
}

/** Passes where the text does not match. */
export function doesNotMatch(text: string, pattern: RegExp, message?: AssertMessage): void {
  if (pattern.test(text)) failWith('doesNotMatch', message, `${formatValue(text)} matches ${String(pattern)}`)
}

/**
 * Passes where `run` throws what is expected.
 *
 * @param expected pattern for the message, or class of the error; a string here is the message
 */
export function throws(run: () => unknown, expected?: ErrorMatch | string, message?: AssertMessage): void {
  let thrown: unknown
  try {
    run()
  } catch (error) {
    thrown = { error: cleaned(error) }
  }
  checkThrown('throws', thrown, expected, message)
}

/** Like `throws`, for a promise or an async function. */
export async function rejects(
  run: PromiseLike<unknown> | (() => PromiseLike<unknown>),
  expected?: ErrorMatch | string,
  message?: AssertMessage,
): Promise<void> {
  let thrown: unknown
  try {
    await (typeof run === 'function' ? run() : run)
  } catch (error) {
    thrown = { error: cleaned(error) }
  }
  checkThrown('rejects', thrown, expected, message)
}

/** Fails, always. */
export function fail(message?: AssertMessage): never {
  failWith('fail', message, 'failed')
}

/** The default export: `assert(value, message)` with every other function on it. */
export interface Assert {
  (value: unknown, message?: AssertMessage): asserts value
  readonly AssertionError: typeof AssertionError
  readonly deepEqual: typeof deepEqual
  readonly deepStrictEqual: typeof deepStrictEqual
  readonly doesNotMatch: typeof doesNotMatch
  readonly equal: typeof equal
  readonly fail: typeof fail
  readonly match: typeof match
  readonly notDeepEqual: typeof notDeepEqual
  readonly notDeepStrictEqual: typeof notDeepStrictEqual
  readonly notEqual: typeof notEqual
  readonly notStrictEqual: typeof notStrictEqual
  readonly ok: typeof ok
  readonly rejects: typeof rejects
  readonly strictEqual: typeof strictEqual
  readonly throws: typeof throws
}

/** Passes where the value is truthy; the other functions are its properties. */
export const assert: Assert = Object.assign((value: unknown, message?: AssertMessage) => ok(value, message), {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  equal,
  fail,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
}) as Assert

function checkThrown(operator: string, thrown: unknown, expected: unknown, message: AssertMessage): void {
  const said = typeof expected === 'string' ? expected : message
  if (thrown === undefined) failWith(operator, said, 'nothing was thrown')
  const { error } = thrown as { error: unknown }
  if (expected instanceof RegExp) {
    const text = error instanceof Error ? error.message : String(error)
    if (!expected.test(text)) failWith(operator, said, `the error does not match ${String(expected)}`)
  } else if (typeof expected === 'function' && !(error instanceof expected)) {
    failWith(operator, said, `the error is not a ${expected.name}`)
  }
}

function bothNaN(a: unknown, b: unknown): boolean {
  return Number.isNaN(a) && Number.isNaN(b)
}

function failCompared(
  operator: string,
  sign: string,
  actual: unknown,
  expected: unknown,
  message: AssertMessage,
): never {
  failWith(operator, message, `expected ${formatValue(actual)} ${sign} ${formatValue(expected)}`)
}

function failWith(operator: string, message: AssertMessage, fallback: string): never {
  if (message instanceof Error) throw message
  throw new AssertionError(operator, message === undefined ? fallback : String(message))
}
