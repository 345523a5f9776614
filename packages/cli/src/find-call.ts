/** The call that a command names. */
import type { Database, Transaction } from 'vitra'
import { CliError } from './errors.js'

/** @param txId as `vitra tx list` prints it @throws {CliError} `TX_NOT_FOUND` */
export async function findCall(db: Database, txId: string): Promise<Transaction> {
  const found = await db.findTransaction(txId)
  if (found !== null) return found
  throw new CliError('TX_NOT_FOUND', `there is no call ${txId} in this copy`, {
    hint: 'see the calls made from here with `vitra tx list`, or fetch the newest state with --sync',
    details: { txId },
  })
}
