// What somebody writes in TypeScript; only its types are checked.
import { type AuditReport, ContractFraudProof, type Violation } from '@vitra/verifier'
import { Database, type Transaction, type Value, VitraError } from 'vitra'

interface Counter {
  get(): Promise<number>
  increment(options: { amount?: number }, emit: (op: { op: 'INCREMENT'; amount: number }) => void): void
}

export async function use(source: string): Promise<number> {
  await using db = await Database.create<Counter>('db', { contract: { source } })
  const tx: Transaction = await db.call('increment', { amount: 2 })
  await tx.whenProcessed({ timeout: 1000 })
  // @ts-expect-error: there is no such method
  await db.call('decrement', {})
  const report: AuditReport = await db.verify()
  const { response } = await db.call('get')
  const counter: number = response
  return report.verdict === 'valid' ? counter : Number.NaN
}

export function explain(error: unknown): Violation | string | Value {
  if (error instanceof ContractFraudProof) return error.violation
  return error instanceof VitraError ? error.code : null
}
