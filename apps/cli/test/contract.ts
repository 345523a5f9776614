/** The contract of these tests: a counter that admits participants. */
export const CONTRACT = `
import { index } from 'contract'
import assert from 'assert'

export async function get () {
  return (await index.get('/counter'))?.value ?? 0
}
export function echo (params) { return params }
export function increment ({ amount = 1 }, emit) { emit({ op: 'INCREMENT', amount }) }
export function put ({ path, value }, emit) { emit({ op: 'PUT', path, value }) }
export function addParticipant ({ pubkey }, emit) { emit({ op: 'ADD', pubkey }) }

export const apply = {
  async INCREMENT (tx, op) {
    assert(op.amount > 0, 'the counter only goes up')
    const value = await get() + op.amount
    tx.put('/counter', value)
    return value
  },
  PUT (tx, op) { tx.put(op.path, op.value) },
  ADD (tx, op) { tx.addOplog({ pubkey: op.pubkey }) }
}
`
