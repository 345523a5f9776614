/** Why an op was not executed, in words (spec/2-index §6). */
import type { FailureCode, Outcome } from '@vitra/log'

/** For failures that the contract has no words for and the outcome has none of its own. */
const FAILURES: Partial<Record<FailureCode, string>> = {
  fuel: 'the op takes more fuel than the rules allow: let it do less',
  depth: 'calls nest deeper in the op than the rules allow',
  unexecutable: 'the executor could not run the op to its end: let it do less',
}

const KINDS: Partial<Record<Outcome['kind'], string>> = {
  'too-large': 'the op is larger than the rules allow',
  undecodable: 'the op is not one that can be decoded',
  echo: 'it is an acknowledgement and nothing to execute',
}

/** What an outcome that is not `ok` says to a person. @example 'the counter only goes up' */
export function failureText({ kind, code, message }: Pick<Outcome, 'kind' | 'code' | 'message'>): string {
  if (message) return message
  return (code === undefined ? KINDS[kind] : FAILURES[code]) ?? code ?? kind
}
