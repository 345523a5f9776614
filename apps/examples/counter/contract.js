// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/**
 * Counter: one number that only goes up. Every participant may count, and admit others.
 */
import assert from 'assert'
import { index } from 'contract'

/** The number. */
export async function get() {
  const entry = await index.get('/counter')
  return Number(entry?.value ?? 0)
}

/**
 * Counts up.
 *
 * @param {{ amount?: number }} params by 1 unless told otherwise
 * @param {import('contract').Emit} emit
 */
export function increment({ amount = 1 }, emit) {
  emit({ op: 'INCREMENT', amount })
}

/**
 * Admits a participant.
 *
 * @param {{ pubkey: string }} params
 * @param {import('contract').Emit} emit
 */
export function addParticipant({ pubkey }, emit) {
  emit({ op: 'ADD_PARTICIPANT', pubkey })
}

// A participant can write any op to its log, past the methods above: what holds is what is checked here.
export const apply = {
  /** @type {import('contract').ApplyHandler<{ amount: unknown }>} */
  async INCREMENT(tx, { amount }) {
    assert(typeof amount === 'number' && Number.isSafeInteger(amount), 'the amount is a whole number')
    assert(amount > 0, 'the counter only goes up')
    const next = (await get()) + amount
    assert(Number.isSafeInteger(next), 'the counter is full')
    tx.put('/counter', next)
  },

  /** @type {import('contract').ApplyHandler<{ pubkey: string }>} */
  ADD_PARTICIPANT(tx, { pubkey }) {
    tx.addOplog({ pubkey }) // checks the key itself
  },
}
