/**
 * Where the monitors of a copy stand, kept in its folder (spec/8-durability §1), so that the next one goes on from
 * there. Nothing depends on the file: an audit that finds its place not in the log begins at genesis.
 */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fromHex, LogError, type Storage, toHex } from '@vitra/log'
import type { AuditPlace } from '@vitra/verifier/replay'
import { Throttle } from './throttle.js'

const FILE = 'monitor.json'
/** Raised where an audit checks more than before, so that what older software has passed is checked again. */
const FORMAT = 1
/** The place is written this often at most, in ms; what a crash loses is checked again. */
const WRITE_MS = 1000

export class MonitorPlace {
  readonly #storage: Storage
  readonly #onFailure: (error: Error) => void
  readonly #write: Throttle
  #place: AuditPlace | null = null
  #written: AuditPlace | null = null
  #isClosed = false
  #writing: Promise<void> = Promise.resolve()

  constructor(storage: Storage, onFailure: (error: Error) => void) {
    this.#storage = storage
    this.#onFailure = onFailure
    this.#write = new Throttle(WRITE_MS, () => void this.flush().catch(this.#onFailure))
  }

  /** The place that was kept last; null where there is none, or none that can be read. */
  async load(): Promise<AuditPlace | null> {
    this.#place ??= this.#written ??= parsePlace(await this.#read())
    return this.#place
  }

  /** Keeps a place; the furthest one of several monitors. */
  keep(place: AuditPlace): void {
    if (this.#isClosed || place.version <= (this.#place?.version ?? 0)) return
    this.#place = place
    this.#write.ask()
  }

  /** Forgets the place. */
  async drop(): Promise<void> {
    this.#place = null
    await this.#inTurn(async () => {
      await rm(path.join(this.#storage.path, FILE), { force: true })
      this.#written = null
    })
  }

  /** Writes what is kept and not written yet. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      const place = this.#place
      if (place === null || place === this.#written) return
      const { version, treeHash } = place
      await this.#storage.writeJson(FILE, { format: FORMAT, version, treeHash: toHex(treeHash) })
      this.#written = place
    })
  }

  /** Writes for the last time. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#write.end()
    await this.flush()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(forget)
    return done
  }

  async #read(): Promise<unknown> {
    try {
      return await this.#storage.readJson(FILE)
    } catch (error) {
      if (error instanceof LogError) return null
      throw error
    }
  }
}

function parsePlace(json: unknown): AuditPlace | null {
  const { format, version, treeHash } = (json ?? {}) as Record<string, unknown>
  if (format !== FORMAT || !Number.isSafeInteger(version) || Number(version) < 0) return null
  if (typeof treeHash !== 'string' || !/^[0-9a-f]{64}$/.test(treeHash)) return null
  return { version: version as number, treeHash: fromHex(treeHash) }
}

/** Whoever asked for the write is told. */
function forget(): void {}
