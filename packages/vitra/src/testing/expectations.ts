/** What tests say about calls. Both throw the `AssertionError` of `node:assert`, which every runner shows well. */
import assert, { AssertionError } from 'node:assert'
import type { OpChange } from './executed-ops.js'

/**
 * The changes are these and no others: the last value of each path, `undefined` where it was deleted.
 *
 * @param made of a call @param wanted by path
 * @throws {AssertionError} with the difference
 * @example expectChanges(changes, { '/counter': 2, '/old': undefined })
 */
export function expectChanges(made: readonly OpChange[], wanted: Readonly<Record<string, unknown>>): void {
  const last = made.map((change) => [change.path, 'deleted' in change ? undefined : change.value] as const)
  assert.deepStrictEqual(sorted(Object.fromEntries(last)), sorted(wanted))
}

/**
 * The contract refuses: the method throws, or `apply` does, or a function of a script, and nothing is changed.
 *
 * @param call a promise of a call
 * @param why what the contract says, or a pattern of it; a failure without words is named by its code, such as `fuel`
 * @throws {AssertionError} where it does not refuse, or for another reason
 * @example await expectRefused(bob.call('increment', { amount: -1 }), 'the counter only goes up')
 */
export async function expectRefused(call: Promise<unknown>, why?: string | RegExp): Promise<void> {
  const said = await refusalOf(call)
  if (why instanceof RegExp) assert.match(said, why)
  else if (why !== undefined) assert.strictEqual(said, why)
}

async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { code, message, details } = error as RefusalLike
    if (code === 'CONTRACT_ERROR' || code === 'CALL_FAILED') return message
    if (code === 'OP_REJECTED') return details?.message || (details?.failure ?? message)
    throw error
  }
  throw new AssertionError({ message: 'the contract did not refuse', stackStartFn: expectRefused })
}

interface RefusalLike {
  readonly code?: unknown
  readonly message: string
  readonly details?: { readonly message?: string | null; readonly failure?: string | null }
}

function sorted(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
