/** Exported variables (spec/10-scripts §2): kept one by one, put back before a call, written where a call changed them. */
import type { ScriptRealm, ScriptStore } from './host.js'
import { EXPORTS_PATH } from './layout.js'

/** What a script exports: functions and variables by name. */
export type ScriptExports = Record<string, unknown>

export class Variables {
  readonly #store: ScriptStore
  readonly #realm: ScriptRealm
  /** Encoded values that are kept, by name; null where the entry is missing. */
  readonly #kept = new Map<string, Uint8Array | null>()
  /** Names that the script's own text gives a value. */
  #begun: ReadonlyMap<string, unknown> = new Map()
  /** Encoded values that a read-only call finds, where none is kept. */
  readonly #initial = new Map<string, Uint8Array>()

  /** @param names of what is kept */
  constructor(store: ScriptStore, realm: ScriptRealm, names: readonly string[]) {
    this.#store = store
    this.#realm = realm
    for (const name of names) this.#kept.set(name, store.read(pathOf(name)))
  }

  /** Puts back what is kept over what the script begins with. */
  restore(exports: ScriptExports): void {
    this.#begun = this.#found(exports)
    for (const [name, encoded] of this.#kept) {
      if (encoded === null || this.#isFunction(exports, name)) continue
      const value = this.#store.decode(encoded)
      this.#realm.metered(() => {
        exports[name] = value
      })
    }
    if (this.#store.isWritable) return
    for (const [name, value] of this.#begun)
      if (!this.#kept.has(name)) this.#initial.set(name, this.#encode(name, value))
  }

  /** Writes what has changed. @returns the names that are kept now; null where those are the same as before */
  save(exports: ScriptExports): string[] | null {
    const found = this.#found(exports)
    for (const [name, value] of found) {
      const encoded = this.#encode(name, value)
      const kept = this.#kept.get(name)
      if (!kept || !isSame(kept, encoded)) this.#store.write(pathOf(name), encoded)
    }
    for (const name of this.#begun.keys()) {
      if (!found.has(name) && !this.#isFunction(exports, name))
        throw this.#realm.refusal(
          `exports.${name} is undefined, but the script begins with a value for it: set it to null`,
        )
    }
    const gone = [...this.#kept.keys()].filter((name) => !found.has(name))
    for (const name of gone) if (this.#kept.get(name) !== null) this.#store.write(pathOf(name), null)
    const added = [...found.keys()].filter((name) => !this.#kept.has(name))
    if (gone.length + added.length === 0) return null
    return [...this.#kept.keys()].filter((name) => found.has(name)).concat(added)
  }

  /** The first variable that a read-only call has changed. */
  changed(exports: ScriptExports): string | undefined {
    const found = this.#found(exports)
    for (const name of [...this.#kept.keys(), ...this.#begun.keys()]) {
      const isThere = this.#kept.get(name) !== null || this.#begun.has(name)
      if (isThere && !found.has(name) && !this.#isFunction(exports, name)) return name
    }
    for (const [name, value] of found) {
      const before = this.#kept.get(name) ?? this.#initial.get(name)
      if (before === undefined || !isSame(before, this.#encode(name, value))) return name
    }
    return undefined
  }

  /** Own names with a value that is no function. Reading may run code of the script. */
  #found(exports: ScriptExports): Map<string, unknown> {
    const found = new Map<string, unknown>()
    for (const name of this.#realm.metered(() => Object.keys(exports))) {
      const value = this.#realm.metered(() => exports[name])
      if (value !== undefined && typeof value !== 'function') found.set(name, value)
    }
    return found
  }

  #isFunction(exports: ScriptExports, name: string): boolean {
    return this.#realm.metered(() => Object.hasOwn(exports, name) && typeof exports[name] === 'function')
  }

  #encode(name: string, value: unknown): Uint8Array {
    if (name === '__proto__' || name.includes('/') || this.#store.pathFault(pathOf(name)) !== null)
      throw this.#realm.refusal(`a variable cannot be kept under this name: ${name.slice(0, 64)}`)
    try {
      return this.#store.encode(value)
    } catch (error) {
      const why = this.#realm.refused(error)
      throw why === null ? error : this.#realm.refusal(`exports.${name} cannot be kept: ${why}`)
    }
  }
}

function pathOf(name: string): string {
  return `${EXPORTS_PATH}/${name}`
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
