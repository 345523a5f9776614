/** Audits a published history and proves what is found; what the tests of fraud proofs share. */
import { IndexLog, type Input, Log, oplogIdentity, proofSource, Storage, toHex } from '@vitra/log'
import { proveBlocks } from '@vitra/log/proofs'
import type { Sandbox } from '@vitra/sandbox'
import type { AuditReport, Proof } from '@vitra/verifier'
import { Auditor } from '@vitra/verifier/replay'
import { type DishonestExecutor, type History, publishInto } from '../src/index.js'

export interface Audited {
  readonly report: AuditReport
  /** Null where nothing was found. */
  readonly proof: Proof | null
  /** The proof with all blocks of the index in it; null where there is no proof of blocks. */
  readonly padded: Proof | null
  /** Public key of the database. */
  readonly key: Uint8Array
}

/** Publishes a history with a lie in it, audits it, and proves what the audit has found. */
export async function accuse(
  history: History,
  liar: DishonestExecutor | null,
  sandbox: Sandbox,
): Promise<Audited> {
  await using storage = Storage.temporary()
  await storage.create()
  liar?.tell(history)
  const log = await publishInto(history, storage, liar)
  return await auditStorage(storage, log, sandbox)
}

/** Audits what is in a storage, and proves what the audit has found. */
async function auditStorage(storage: Storage, log: Log, sandbox: Sandbox): Promise<Audited> {
  const index = await IndexLog.open(log)
  const logs = new Map<string, Promise<Log>>()
  const openOplog = ({ signer }: Input) => {
    const id = toHex(signer)
    if (!logs.has(id)) logs.set(id, Log.open(storage, oplogIdentity(signer, log.key)))
    return logs.get(id)!
  }
  try {
    const auditor = new Auditor({ index, sandbox, openOplog })
    const report = await auditor.advance()
    const proof = report.verdict === 'fraud' ? await auditor.proveFraud() : null
    return { report, proof, padded: await pad(log, proof), key: log.key }
  } finally {
    await index.close()
  }
}

async function pad(log: Log, proof: Proof | null): Promise<Proof | null> {
  if (proof?.kind !== 'fraud') return null
  const { head } = proof.index
  return { ...proof, index: await proveBlocks(proofSource(log), Array(head.length).keys(), { head }) }
}
