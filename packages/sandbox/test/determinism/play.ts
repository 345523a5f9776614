// Plays a case in a sandbox: what comes back is every byte that an executor would publish of it.
import { toHex } from '@vitra/log'
import { type Contract, Sandbox, type Step } from '../../src/index.js'
import { MemorySource, RULES, stepOver } from '../helpers.js'
import type { Case } from './contracts.js'

/** What happens between two ops of a case. */
export type Between = (contract: Contract, source: MemorySource) => Promise<unknown>

/** One text for each op: outcome, fuel included, and changes. */
export async function play(sandbox: Sandbox, { source, ops }: Case, between?: Between): Promise<string[]> {
  const contract = await sandbox.load(source, RULES)
  const state = new MemorySource({ '/n/0': 'given', '/n/1': { deep: [1, 2, 3] } })
  const published: string[] = []
  for (const [seq, op] of ops.entries()) {
    const step = await stepOver(sandbox, contract, state, op, { seq, ts: 1_700_000_000_000 + seq })
    published.push(bytesOf(step))
    state.apply(step.changes)
    await between?.(contract, state)
  }
  return published
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
