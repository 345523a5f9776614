/*!
 * A purse that several people share: everybody may take up to a limit a day, and put in what they like.
 */
/// <reference types="@vitra/contract-sdk/contract" />
import assert from 'assert'
import { type Ack, type Emit, index, type Tx } from 'contract'
import { dayOf } from './days.js'

/** What one participant may take a day. */
const DAILY_MAX = 100

interface Amount {
  amount: number
}

export async function balance(): Promise<number> {
  return (await index.get<number>('/balance'))?.value ?? 0
}

export function put({ amount }: Amount, emit: Emit) {
  emit({ op: 'PUT', amount })
}

export function take({ amount }: Amount, emit: Emit) {
  emit({ op: 'TAKE', amount })
}

export function addParticipant({ pubkey }: { pubkey: string }, emit: Emit) {
  emit({ op: 'ADD_PARTICIPANT', pubkey })
}

export const apply = {
  async PUT(tx: Tx, { amount }: Amount) {
    assertAmount(amount)
    tx.put('/balance', (await balance()) + amount)
  },

  async TAKE(tx: Tx, { amount }: Amount, { origin, ts }: Ack) {
    assertAmount(amount)
    const left = (await balance()) - amount
    assert(left >= 0, 'there is not so much in the purse')
    const path = `/taken/${origin}/${dayOf(ts)}`
    const taken = ((await index.get<number>(path))?.value ?? 0) + amount
    assert(taken <= DAILY_MAX, `nobody takes more than ${DAILY_MAX} a day`)
    console.log('taken today:', taken)
    tx.put('/balance', left)
    tx.put(path, taken)
  },

  ADD_PARTICIPANT(tx: Tx, { pubkey }: { pubkey: string }) {
    tx.addOplog({ pubkey })
  },
}

function assertAmount(amount: unknown): asserts amount is number {
  assert(Number.isSafeInteger(amount) && (amount as number) > 0, 'an amount is a whole number above 0')
}
