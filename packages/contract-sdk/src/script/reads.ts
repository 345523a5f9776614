/** The reading half of `state` for programs that hold the entries themselves (spec/10-scripts §3): the adapter's own code. */
import { Files } from '../modules/script/files.js'
import { fsError } from '../modules/script/fs-error.js'
import type { FileStore, ScriptRealm } from '../modules/script/host.js'
import { kindOf } from '../modules/script/layout.js'
import { Promises } from '../modules/script/promised.js'
import { createState, type ScriptState } from '../modules/script/state.js'

/** Entries that are only read. */
export type ReadableStore = Omit<FileStore, 'isWritable' | 'write' | 'encode' | 'isBytes' | 'copyBytes'>

/** What of `state` reads. */
export interface FileReads extends Pick<ScriptState, 'readFile' | 'readdir' | 'stat'> {
  /**
   * Rejects with `ENOENT` where there is neither a file nor a folder.
   *
   * @param mode as Node takes it: nothing here can be written (`EROFS`)
   */
  access(path: string, mode?: number): Promise<void>
}

/** Bits of the mode of `access`. */
const W_OK = 2

/**
 * Files and folders over entries. What the store throws, the promises reject with.
 *
 * @throws as Node's `fs/promises`, with the codes and words of spec/10-scripts §3, from the functions
 */
export function createReads(store: ReadableStore): FileReads {
  const only = new ReadOnly(store)
  const state = createState({ files: new Files(only), store: only, promises: new Promises(), realm: FREE })
  return {
    async access(path, mode = 0) {
      await state.access(path)
      if ((mode & W_OK) !== 0) throw fsError('EROFS', { syscall: 'access', path })
    },
    readFile: state.readFile,
    readdir: state.readdir,
    stat: state.stat,
  }
}

/** Outside of a contract nothing is charged. */
const FREE: ScriptRealm = {
  charge: () => {},
  unmetered: (work) => work(),
  metered: (work) => work(),
  refusal: (message) => new Error(message),
  argumentsMax: Number.MAX_SAFE_INTEGER,
  refused: () => null,
}

class ReadOnly implements FileStore {
  readonly isWritable = false
  readonly #store: ReadableStore
  /** The path that was looked at last: what is decoded is its entry. */
  #at = '/'

  constructor(store: ReadableStore) {
    this.#store = store
  }

  read(path: string): Uint8Array | null {
    this.#at = path
    return this.#store.read(path)
  }

  children(path: string, limit?: number) {
    return this.#store.children(path, limit)
  }

  /** Entries that no script has written may hold anything. */
  decode(encoded: Uint8Array): unknown {
    if (kindOf(encoded) === 'other')
      throw fsError('EINVAL', {
        syscall: 'read',
        path: this.#at,
        hint: 'the entry is neither text nor bytes',
      })
    return this.#store.decode(encoded)
  }

  pathFault(path: string) {
    return this.#store.pathFault(path)
  }

  toBytes(text: string): Uint8Array | null {
    return this.#store.toBytes(text)
  }

  toText(bytes: Uint8Array): string | null {
    return this.#store.toText(bytes)
  }

  write(path: string): never {
    throw fsError('EROFS', { syscall: 'write', path })
  }

  encode(): never {
    return this.write(this.#at)
  }

  isBytes(_: unknown): _ is never {
    return this.write(this.#at)
  }

  copyBytes(): never {
    return this.write(this.#at)
  }
}
