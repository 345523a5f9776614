// Plays calls of a script in every way in which they may be executed: what comes back is every byte that is published.
import { compileScript } from '@vitra/contract-sdk/script'
import { toHex } from '@vitra/log'
import { Overlay } from '@vitra/log/values'
import { type Sandbox, StateSession, type Step, steps } from '../src/index.js'
import { inputOf, MemorySource, SIGNER } from './helpers.js'
import { SCRIPT_RULES } from './scripts.js'

/** A call, or any other op; the participant that makes it. */
interface Played {
  readonly op: unknown
  readonly signer?: Uint8Array
}

interface Playing {
  readonly sandbox: Sandbox
  /** Most ops of a batch. */
  readonly size: number
}

/** One text for each op: outcome, fuel included, and changes. */
async function playScript({ sandbox, size }: Playing, text: string, ops: readonly Played[]) {
  const contract = await sandbox.load(compileScript(text), SCRIPT_RULES)
  const state = new MemorySource()
  const session = size === 1 ? undefined : new StateSession()
  const done: Step[] = []
  while (done.length < ops.length) {
    const inputs = ops.slice(done.length, done.length + size).map(({ op, signer = SIGNER }, nth) => {
      const seq = done.length + nth
      return inputOf(sandbox, op, { rules: SCRIPT_RULES, seq, ts: 1_700_000_000_000 + seq, signer })
    })
    for (const step of await steps(contract, new Overlay(state), inputs, session)) {
      done.push(step)
      state.apply(step.changes)
    }
  }
  return { published: done.map(bytesOf), steps: done, state }
}

/** Outcome and changes as text; byte strings as hex digits. */
function bytesOf({ outcome, changes, source, participantsChanged }: Step): string {
  const asText = (_: string, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)
  return JSON.stringify([outcome, changes, source ?? null, participantsChanged], asText)
}

export const call = (name: string, ...args: unknown[]): Played => ({ op: { call: name, args } })

/** The calls of a script, begun, played one by one, in a batch, and each in a realm of its own: all have to publish the same. */
export async function playEveryWay(
  { shared, fresh }: { readonly shared: Sandbox; readonly fresh: Sandbox },
  text: string,
  calls: readonly Played[],
) {
  const ops = [call('init'), ...calls]
  const single = await playScript({ sandbox: shared, size: 1 }, text, ops)
  const batched = await playScript({ sandbox: shared, size: ops.length }, text, ops)
  const alone = await playScript({ sandbox: fresh, size: 1 }, text, ops)
  return { single, batched, alone }
}
