/** Contracts that tests run. */

/** The counter of the seed's README. */
export const COUNTER_CONTRACT = `/**
 * Counter
 *
 * This contract maintains a single numeric value which can only be incremented.
 */

import { index } from 'contract'

export async function get () {
  const entry = await index.get('/counter')
  return Number(entry?.value || 0)
}

export function increment (opts = {}, emit) {
  const amount = typeof opts?.amount === 'number' ? opts.amount : 1
  emit({op: 'INCREMENT', amount})
}

export const apply = {
  async INCREMENT (tx, op) {
    const current = await get()
    tx.put('/counter', current + op.amount)
  }
}
`

/**
 * Does a little of everything that an honest history may hold. It keeps nothing from one op to the next, so that its ops share
 * realms: that makes a test of many ops a tenth as much work.
 */
export const WORKBENCH_CONTRACT = `
import { index, listOplogs } from 'contract'
import assert from 'assert'

export async function get ({ key }) {
  return (await index.get('/values/' + key))?.value
}

export function put ({ key, value }, emit) { emit({ op: 'PUT', key, value }) }
export function del ({ key }, emit) { emit({ op: 'DEL', key }) }
export function twice ({ key, value }, emit) { emit({ op: 'TWICE', key, value }) }
export function nothing (_, emit) { emit({ op: 'NOTHING' }) }
export function fail ({ message = 'it fails' }, emit) { emit({ op: 'FAIL', message }) }
export function many ({ count }, emit) { for (let n = 0; n < count; n++) emit({ op: 'PUT', key: 'many' + n, value: n }) }
export function raw ({ op }, emit) { emit(op) }
export function admit ({ pubkey }, emit) { emit({ op: 'ADMIT', pubkey }) }
export function remove ({ pubkey }, emit) { emit({ op: 'REMOVE', pubkey }) }
export function upgrade ({ code }, emit) { emit({ op: 'UPGRADE', code }) }
export async function participants () { return listOplogs() }

export const apply = {
  PUT (tx, op) { tx.put('/values/' + op.key, op.value); return op.value },
  DEL (tx, op) { tx.delete('/values/' + op.key) },
  TWICE (tx, op) { tx.put('/values/' + op.key, op.value); tx.delete('/values/' + op.key); tx.put('/values/' + op.key, [op.value]) },
  NOTHING () { return 1 },
  FAIL (tx, op) { tx.put('/values/never', 1); assert(false, op.message) },
  ADMIT (tx, op) { tx.addOplog({ pubkey: op.pubkey }) },
  REMOVE (tx, op) { tx.removeOplog({ pubkey: op.pubkey }) },
  UPGRADE (tx, op) { tx.setContractSource({ code: op.code }) },
  async COPY (tx, op, ack) {
    const entry = await index.get('/values/' + op.from)
    tx.put('/values/' + op.to, { value: entry?.value ?? null, by: ack.origin, at: ack.ts })
  }
}
`

/** The same, which counts in a variable: no op may see what another one left there, so each runs in a fresh realm. */
export const COUNTING_WORKBENCH_CONTRACT = WORKBENCH_CONTRACT.replace(
  'NOTHING () { return 1 }',
  'NOTHING () { calls++; return calls }',
).concat('let calls = 0\n')
