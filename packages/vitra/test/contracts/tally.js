// @ts-check
/// <reference types="@vitra/contract-sdk/contract" />
/** A contract in JavaScript with JSDoc, for the types of `db.call`. */
import { index } from 'contract'

/** @param {{ name: string }} params */
export async function get({ name }) {
  const entry = await index.get(`/tallies/${name}`)
  return Number(entry?.value ?? 0)
}

/**
 * @param {{ name: string, amount?: number }} params
 * @param {import('contract').Emit} emit
 */
export function add({ name, amount = 1 }, emit) {
  emit({ op: 'ADD', name, amount })
}

export async function names() {
  return (await index.list('/tallies')).map(({ name }) => name)
}

export const apply = {
  /** @type {import('contract').ApplyHandler<{ name: string, amount: number }>} */
  async ADD(tx, op) {
    tx.put(`/tallies/${op.name}`, (await get(op)) + op.amount)
  },
}
