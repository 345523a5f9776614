// A contract in TypeScript, of two files.
import type { Emit, Tx } from '@vitra/contract-sdk'
import { get } from './counter.js'

export { get }

export function increment({ amount = 1 }: { amount?: number }, emit: Emit) {
  emit({ op: 'INCREMENT', amount })
}

export const apply = {
  async INCREMENT(tx: Tx, { amount }: { amount: number }) {
    tx.put('/counter', (await get()) + amount)
  },
}
