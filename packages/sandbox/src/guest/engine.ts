/** The part of isolated-vm that the guest uses, typed here: the package is found at run time, by the host. */
import type { HostFunction } from '../wire.js'

export interface Reference {
  applySync(
    receiver: undefined,
    args: readonly unknown[],
    options?: { timeout?: number; result?: { copy: true } },
  ): unknown
  getSync(name: string, options: { reference: true }): Reference
  derefInto(): unknown
  release(): void
}

export interface EngineContext {
  readonly global: { setSync(name: string, value: unknown): void }
  release(): void
}

export interface EngineScript {
  runSync(context: EngineContext, options?: { reference?: boolean; timeout?: number }): Reference
}

export interface EngineModule {
  readonly namespace: Reference
  instantiateSync(context: EngineContext, resolve: (specifier: string) => EngineModule): void
  evaluateSync(options: { timeout: number }): unknown
  release(): void
}

export interface EngineIsolate {
  readonly isDisposed: boolean
  createContextSync(): EngineContext
  getHeapStatisticsSync(): { used_heap_size: number; externally_allocated_size: number }
  compileScriptSync(code: string, options: { filename: string }): EngineScript
  compileModuleSync(code: string, options: { filename: string }): EngineModule
}

export interface Engine {
  Isolate: new (options: { memoryLimit: number }) => EngineIsolate
  Callback: new (callback: HostFunction) => object
}
