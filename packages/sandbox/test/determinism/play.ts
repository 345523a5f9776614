// Plays a case in a sandbox: what comes back is every byte that an executor would publish of it.
import { toHex } from '@vitra/log'
import { Overlay } from '@vitra/log/values'
import { type Contract, Sandbox, StateSession, type Step, steps } from '../../src/index.js'
import { inputOf, MemorySource, RULES, stepOver } from '../helpers.js'
import type { Case } from './contracts.js'

/** What happens between two ops of a case. */
export type Between = (contract: Contract, source: MemorySource) => Promise<unknown>

/** One text for each op: outcome, fuel included, and changes. */
export async function play(sandbox: Sandbox, { source, ops }: Case, between?: Between): Promise<string[]> {
  const contract = await sandbox.load(source, RULES)
  const state = startState()
  const published: string[] = []
  for (const [seq, op] of ops.entries()) {
    const step = await stepOver(sandbox, contract, state, op, { seq, ts: 1_700_000_000_000 + seq })
    published.push(bytesOf(step))
    state.apply(step.changes)
    await between?.(contract, state)
  }
  return published
}

/** The same in batches, over what the guest keeps of the state from one to the next. */
export async function playBatches(sandbox: Sandbox, { source, ops }: Case, size: number): Promise<string[]> {
  const contract = await sandbox.load(source, RULES)
  const state = startState()
  const session = new StateSession()
  const published: string[] = []
  while (published.length < ops.length) {
    const inputs = ops.slice(published.length, published.length + size).map((op, nth) => {
      const seq = published.length + nth
      return inputOf(sandbox, op, { seq, ts: 1_700_000_000_000 + seq })
    })
    for (const step of await steps(contract, new Overlay(state), inputs, session)) {
      published.push(bytesOf(step))
      state.apply(step.changes)
    }
  }
  return published
}

function startState(): MemorySource {
  return new MemorySource({ '/n/0': 'given', '/n/1': { deep: [1, 2, 3] } })
}

/** Outcome and changes as text; byte strings as hex digits. */
function bytesOf({ outcome, changes, source, participantsChanged }: Step): string {
  const asText = (_: string, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)
  return JSON.stringify([outcome, changes, source ?? null, participantsChanged], asText)
}

let opened = 0

/** A sandbox with guests of its own: sandboxes with other limits share theirs. */
export function openFresh(): Promise<Sandbox> {
  return Sandbox.open({ opMs: 60_000, loadMs: 60_000 + opened++, guests: 1 })
}
