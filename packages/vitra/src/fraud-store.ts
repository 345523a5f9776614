/** Violations found, on disk before anybody is told (protocol §8). */
import { createHash } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Storage } from '@vitra/log'
import { type AuditReport, ContractFraudProof } from '@vitra/verifier'

const FOLDER = 'fraud'

export class FraudStore {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** Keeps a violation; the same one once only. */
  async save(proof: ContractFraudProof): Promise<void> {
    await mkdir(path.join(this.#storage.path, FOLDER), { recursive: true })
    const { report } = proof
    const name = createHash('sha256').update(JSON.stringify(proof.violation)).digest('hex').slice(0, 16)
    await this.#storage.writeJson(path.join(FOLDER, `${name}.json`), { format: 1, report })
  }

  /** The violations kept, oldest name first. */
  async list(): Promise<ContractFraudProof[]> {
    const names = await readdir(path.join(this.#storage.path, FOLDER)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      },
    )
    const proofs: ContractFraudProof[] = []
    for (const name of names.filter((file) => file.endsWith('.json')).sort()) {
      const { report } = (await this.#storage.readJson(path.join(FOLDER, name))) as { report: AuditReport }
      if (report.violation !== undefined) proofs.push(new ContractFraudProof(report, report.violation))
    }
    return proofs
  }
}
