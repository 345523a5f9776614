/** Contracts of simulations: whatever they look like, each op that succeeds is counted in the state, once if all is well. */
import type { Random } from '../random.js'

const HEAD = `
import { index } from 'contract'

export async function count ({ id }) { return (await index.get('/count/' + id))?.value ?? 0 }
export function tally ({ ids, key, value }, emit) { for (const id of ids) emit({ op: 'TALLY', id, key, value }) }
export function copy ({ ids, from, to }, emit) { for (const id of ids) emit({ op: 'COPY', id, from, to }) }
export function drop ({ ids, key }, emit) { for (const id of ids) emit({ op: 'DROP', id, key }) }
export function fail ({ ids, message }, emit) { for (const id of ids) emit({ op: 'FAIL', id, message }) }
export function admit ({ ids, pubkey }, emit) { for (const id of ids) emit({ op: 'ADMIT', id, pubkey }) }
export function remove ({ ids, pubkey }, emit) { for (const id of ids) emit({ op: 'REMOVE', id, pubkey }) }
export function upgrade ({ ids, code }, emit) { for (const id of ids) emit({ op: 'UPGRADE', id, code }) }

async function once (tx, op) {
  const before = (await index.get('/count/' + op.id))?.value ?? 0
  tx.put('/count/' + op.id, before + 1)
  const total = (await index.get('/total'))?.value ?? 0
  tx.put('/total', total + 1)
  return total + 1
}
`

const HANDLERS = `{
  async TALLY (tx, op) { tx.put('/values/' + op.key, op.value); return once(tx, op) },
  async COPY (tx, op, ack) {
    const entry = await index.get('/values/' + op.from)
    tx.put('/values/' + op.to, { value: entry?.value ?? null, by: ack.origin.slice(0, 4), at: ack.ts })
    return once(tx, op)
  },
  async DROP (tx, op) { tx.delete('/values/' + op.key); return once(tx, op) },
  async FAIL (tx, op) { await once(tx, op); throw new Error(op.message) },
  async ADMIT (tx, op) { tx.addOplog({ pubkey: op.pubkey }); return once(tx, op) },
  async REMOVE (tx, op) { tx.removeOplog({ pubkey: op.pubkey }); return once(tx, op) },
  async UPGRADE (tx, op) { tx.setContractSource({ code: op.code }); return once(tx, op) }
}`

const APPLIES = [
  // A record of handlers; pure.
  `export const apply = ${HANDLERS}`,
  // A function, with module state that must not reach the next op.
  `const handlers = ${HANDLERS}
const seen = new Map()
export async function apply (tx, op, ack) {
  seen.set(op.id, (seen.get(op.id) ?? 0) + 1)
  if (seen.get(op.id) !== 1) throw new Error('state from another op')
  return handlers[op.op](tx, op, ack)
}`,
  // Names what it has seen in the state as well.
  `const handlers = ${HANDLERS}
export async function apply (tx, op, ack) {
  tx.put('/seen/' + ack.origin.slice(0, 8), ack.seq)
  return handlers[op.op](tx, op, ack)
}`,
]

/** `process` may be anything but what a replay could tell: its result is taken from the log. */
const PROCESSES = [
  '',
  'export function process (op) { return { key: op.key ?? null, nested: [[op.id]] } }',
  "export function process (op) { if (op.key === 'k3') throw new Error('not this one') }",
]

export function simContract(random: Random): string {
  return [HEAD, random.pick(APPLIES), random.pick(PROCESSES), `// ${random.below(1000)}`].join('\n')
}

/** Sources that no database can be upgraded to. */
export const BROKEN_SOURCES = ['export const apply = {', 'throw 1', 'export const a = 1', 'import "fs"', '']
