/** The reporter that `node --test` is given: what happens, one JSON object a line, for the command to tell. */

/** What happened. */
export type TestEvent =
  | { readonly kind: 'start'; readonly name: string; readonly nesting: number }
  | {
      readonly kind: 'end'
      readonly name: string
      readonly nesting: number
      readonly file: string | null
      readonly ms: number
      readonly isSuite: boolean
      readonly outcome: 'passed' | 'failed' | 'skipped'
      readonly error: string | null
    }
  | { readonly kind: 'output'; readonly text: string }

/** A module of its own: it runs in the process of `node --test`. */
export const REPORTER = `
import { inspect } from 'node:util'
function said({ details }) {
  const { error } = details
  const cause = error?.cause ?? error
  if (error?.failureType === 'subtestsFailed') return null
  return cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === 'string' ? cause : inspect(cause)
}
function told({ type, data }) {
  const { name, nesting, file = null, message } = data ?? {}
  if (type === 'test:start') return { kind: 'start', name, nesting }
  if (type === 'test:stdout' || type === 'test:stderr') return { kind: 'output', text: message }
  if (type !== 'test:pass' && type !== 'test:fail') return null
  const isSkipped = (data.skip ?? data.todo ?? false) !== false
  const outcome = isSkipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed'
  const { duration_ms: ms, type: what } = data.details
  const error = outcome === 'failed' ? said(data) : null
  return { kind: 'end', name, nesting, file, ms, isSuite: what === 'suite', outcome, error }
}
export default async function * (events) {
  for await (const event of events) {
    const line = told(event)
    if (line !== null) yield JSON.stringify(line) + '\\n'
  }
}
`
