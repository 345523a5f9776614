/** A guest of the pool: what it holds, for whom it is kept, and its work, one piece at a time. */
import { LEFT_HEAP_PART, LOADED_CONTRACTS_MAX } from '../constants.js'
import type { SandboxError } from '../errors.js'
import type { GuestProcess, GuestRun } from '../guest-process.js'
import { pack, unpack } from '../pack.js'
import { FRAME } from '../wire.js'
import type { Conduct } from './conduct.js'
import type { Tenant } from './tenant.js'

export interface GuestLimits {
  readonly memoryMb: number
  readonly opMs: number
  readonly loadMs: number
}

/** Who may use a guest: nobody has yet, many contracts, or the one with this digest. */
export type Keeping = 'fresh' | 'shared' | { readonly digest: string }

export class PooledGuest {
  readonly process: GuestProcess
  keeping: Keeping = 'fresh'
  /** Whose work it does; after that, who did the last of it. */
  tenant: Tenant | null = null
  isBusy = false
  /** Since when it has been busy, or idle, by `performance.now()`. */
  since = performance.now()
  readonly #limits: GuestLimits
  /** What it holds, the one used longest ago first. */
  readonly #loaded = new Set<Tenant>()
  #forgotten: Tenant[] = []

  constructor(process: GuestProcess, limits: GuestLimits) {
    this.process = process
    this.#limits = limits
  }

  get loadedCount(): number {
    return this.#loaded.size
  }

  /** True where work of a contract may be done here: shared guests never see a confined one. */
  suits(digest: string, isConfined: boolean): boolean {
    if (this.keeping === 'fresh') return true
    return isConfined
      ? this.keeping !== 'shared' && this.keeping.digest === digest
      : this.keeping === 'shared'
  }

  /** False while somebody else's contract may still be at work here: see {@link settle}. */
  isSettledFor(tenant: Tenant): boolean {
    return this.tenant === null || this.tenant === tenant
  }

  /** Does a piece of work. @throws what {@link GuestProcess.request} throws */
  async carryOut(tenant: Tenant, run: GuestRun | null): Promise<Uint8Array> {
    this.#begin(tenant)
    try {
      const inspection = this.#loaded.has(tenant) ? null : await this.#load(tenant)
      this.#loaded.delete(tenant)
      this.#loaded.add(tenant)
      return run === null ? (inspection ?? (await this.#load(tenant))) : await this.#run(tenant, run)
    } finally {
      this.#end()
    }
  }

  /**
   * Waits until the guest has put away what the last contract left, so that nobody pays for somebody else's. Where
   * the guest dies of it, that contract is to blame. One that leaves much in memory is unloaded.
   */
  async settle(): Promise<void> {
    const last = this.tenant!
    this.#begin(last)
    try {
      const answer = await this.process.request({
        kind: FRAME.settle,
        payload: pack(null),
        answer: FRAME.settled,
        timeoutMs: this.#limits.opMs,
      })
      const usedMb = Number(unpack(answer))
      if (!(usedMb <= this.#limits.memoryMb * LEFT_HEAP_PART)) this.forget(last)
      this.tenant = null
    } finally {
      this.#end()
    }
  }

  /** Drops a contract: it moved, or is not needed any more. */
  forget(tenant: Tenant): void {
    if (!this.#loaded.delete(tenant)) return
    this.#forgotten.push(tenant)
    if (!this.isBusy) this.#unload()
  }

  /** Drops a sandbox's contracts. The guest ends where it runs one of them. */
  async leave(owner: Conduct, reason: SandboxError): Promise<void> {
    for (const tenant of this.#loaded) if (tenant.conduct === owner) this.forget(tenant)
    const { tenant } = this
    if (tenant?.conduct !== owner || !tenant.isRunning) return
    tenant.refuse(reason)
    this.process.kill(reason)
    await this.process.close()
  }

  #begin(tenant: Tenant): void {
    this.tenant = tenant
    this.isBusy = true
    this.since = performance.now()
  }

  #end(): void {
    this.isBusy = false
    this.since = performance.now()
    this.#unload()
  }

  #unload(): void {
    for (const { id } of this.#forgotten.splice(0)) this.process.send(FRAME.unload, pack(id))
  }

  async #load(tenant: Tenant): Promise<Uint8Array> {
    const inspection = await this.process.request({
      kind: FRAME.load,
      payload: tenant.loadPayload(tenant.id),
      answer: FRAME.loaded,
      timeoutMs: this.#limits.loadMs,
      onLog: tenant.onLog,
    })
    this.#loaded.add(tenant)
    const [oldest] = this.#loaded
    if (this.#loaded.size > LOADED_CONTRACTS_MAX) {
      this.#loaded.delete(oldest!)
      this.process.send(FRAME.unload, pack(oldest!.id))
    }
    return inspection
  }

  async #run(tenant: Tenant, { payload, signal, ...run }: GuestRun): Promise<Uint8Array> {
    signal?.throwIfAborted()
    const abort = () => this.process.kill(signal!.reason)
    signal?.addEventListener('abort', abort)
    try {
      return await this.process.request({
        timeoutMs: this.#limits.opMs,
        ...run,
        payload: payload(tenant.id),
        onLog: tenant.onLog,
      })
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }
}
