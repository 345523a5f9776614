// The contract of the README.
import { index } from 'contract'

export async function get() {
  const entry = await index.get('/counter')
  return Number(entry?.value || 0)
}

export function increment(opts = {}, emit) {
  const amount = typeof opts?.amount === 'number' ? opts.amount : 1
  emit({ op: 'INCREMENT', amount })
}

export const apply = {
  async INCREMENT(tx, op) {
    const current = await get()
    tx.put('/counter', current + op.amount)
  },
}
