/** Violations found, with their portable proofs, on disk before anybody is told (protocol §8, spec/7-proofs §7). */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { LogError, type Storage, VitraError } from '@vitra/log'
import {
  type AuditReport,
  ContractFraudProof,
  decodeProof,
  encodeProof,
  type Proof,
  type Violation,
} from '@vitra/verifier'

export const FRAUD_FOLDER = 'fraud'
const FORMAT = 1

/** What the JSON file of a violation holds. */
interface Kept {
  readonly format: number
  readonly report: AuditReport & { readonly violation: Violation }
  /** Why there is no portable proof. */
  readonly unproved?: string
}

export class FraudStore {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /**
   * Keeps a violation, the same one once only: its proof in `fraud/<name>.proof`, which `check` takes as it is, then
   * its report in `fraud/<name>.json`.
   */
  async save({ report, violation, proof, unproved }: ContractFraudProof): Promise<void> {
    await mkdir(this.#path(), { recursive: true })
    const name = createHash('sha256').update(JSON.stringify(violation)).digest('hex').slice(0, 16)
    if (proof !== null)
      await this.#storage.writeBytes(path.join(FRAUD_FOLDER, `${name}.proof`), encodeProof(proof))
    const kept: Kept = {
      format: FORMAT,
      report: { ...report, violation },
      ...(unproved === null ? {} : { unproved }),
    }
    await this.#storage.writeJson(path.join(FRAUD_FOLDER, `${name}.json`), kept)
  }

  /** The violations kept, oldest name first. @throws {LogError} `DATABASE_DAMAGED` */
  async list(): Promise<ContractFraudProof[]> {
    const names = (await unlessAbsent(readdir(this.#path()))) ?? []
    const proofs: ContractFraudProof[] = []
    for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
      const json = await this.#storage.readJson(path.join(FRAUD_FOLDER, file))
      if (!isKept(json)) throw damaged(this.#path(file))
      const { report, unproved } = json
      const { violation } = report
      const kept = await this.#readProof(`${file.slice(0, -'.json'.length)}.proof`)
      const portable =
        kept !== null && 'kind' in kept ? { proof: kept } : { unproved: kept?.unreadable ?? unproved }
      proofs.push(new ContractFraudProof(report, violation, portable))
    }
    return proofs
  }

  /** A proof that cannot be read is as good as none: the next audit makes it anew. */
  async #readProof(name: string): Promise<Proof | { readonly unreadable: string } | null> {
    const bytes = await unlessAbsent(readFile(this.#path(name)))
    if (bytes === null) return null
    try {
      return decodeProof(new Uint8Array(bytes))
    } catch (error) {
      if (!(error instanceof VitraError)) throw error
      return { unreadable: `its file cannot be read: ${error.message}` }
    }
  }

  #path(name = ''): string {
    return path.join(this.#storage.path, FRAUD_FOLDER, name)
  }
}

/** True for what the JSON file of a violation holds. */
export function isKept(json: unknown): json is Kept {
  const { format, report } = (json ?? {}) as { format?: unknown; report?: Partial<AuditReport> | null }
  const { code, message, at } = report?.violation ?? {}
  return format === FORMAT && typeof code === 'string' && typeof message === 'string' && isObject(at)
}

function isObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null
}

function damaged(file: string): LogError {
  return new LogError('DATABASE_DAMAGED', `${file} is not what was written there: restore it from a backup`)
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
