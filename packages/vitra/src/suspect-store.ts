/**
 * What audits of this copy could not check and a dishonest executor could hide behind, kept in its folder
 * (spec/8-durability §1) until an audit has checked that part after all.
 */
import type { Storage } from '@vitra/log'
import { LogError } from '@vitra/log'
import type { AuditReport, Finding } from '@vitra/verifier'

export const SUSPECTS_FILE = 'suspects.json'
const FORMAT = 1

export class SuspectStore {
  readonly #storage: Storage
  #findings: Promise<readonly Finding[]> | null = null
  #writing: Promise<unknown> = Promise.resolve()

  constructor(storage: Storage) {
    this.#storage = storage
  }

  /** In the order of the index. A file that cannot be read holds nothing: an audit finds it all again. */
  list(): Promise<readonly Finding[]> {
    this.#findings ??= this.#read()
    return this.#findings
  }

  /** Takes over what a report says of the part that it covers. Gives what was not known before. */
  update(report: AuditReport): Promise<readonly Finding[]> {
    const done = this.#writing.then(() => this.#update(report))
    this.#writing = done.catch(forget)
    return done
  }

  async #update({ from, version, findings, scope }: AuditReport): Promise<readonly Finding[]> {
    const known = await this.list()
    const isCovered = ({ at: { block = from } }: Finding) =>
      scope === undefined && block >= from && block < version
    const found = findings.filter(({ suspect }) => suspect)
    const texts = new Set(known.map(textOf))
    const news = found.filter((finding) => !texts.has(textOf(finding)))
    const kept = known.filter((finding) => !isCovered(finding))
    const keptTexts = new Set(kept.map(textOf))
    const again = scope === undefined ? found : news
    const now = [...kept, ...again.filter((finding) => !keptTexts.has(textOf(finding)))].sort(byPlace)
    if (news.length === 0 && now.length === known.length) return news
    await this.#storage.writeJson(SUSPECTS_FILE, { format: FORMAT, findings: now })
    this.#findings = Promise.resolve(now)
    return news
  }

  async #read(): Promise<readonly Finding[]> {
    try {
      const { format, findings } = ((await this.#storage.readJson(SUSPECTS_FILE)) ?? {}) as Record<
        string,
        unknown
      >
      return format === FORMAT && Array.isArray(findings) ? findings.filter(isFinding) : []
    } catch (error) {
      if (error instanceof LogError) return []
      throw error
    }
  }
}

function isFinding(json: unknown): json is Finding {
  const { code, message, at, suspect } = (json ?? {}) as Record<string, unknown>
  return (
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof at === 'object' &&
    at !== null &&
    suspect === true
  )
}

function byPlace({ at: a }: Finding, { at: b }: Finding): number {
  return (a.block ?? 0) - (b.block ?? 0) || (a.seq ?? 0) - (b.seq ?? 0)
}

function textOf(finding: Finding): string {
  return JSON.stringify(finding)
}

/** Whoever asked for the write is told. */
function forget(): void {}
