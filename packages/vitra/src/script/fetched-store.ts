/**
 * Files of a script out of an index whose blocks may be elsewhere: the adapter of scripts reads at once, so it runs over the
 * entries that have been fetched; what it misses is fetched, and it runs again.
 */
import { type Child, createReads, type FileReads, type ReadableStore } from '@vitra/contract-sdk/script'
import { decodeUtf8, decodeValue, encodeUtf8, type IndexSnapshot, pathFault } from '@vitra/log'

/**
 * Does one operation on the files of one version.
 *
 * @throws as Node's `fs/promises` (spec/10-scripts §3); {@link LogError} `BLOCK_MISSING`
 */
export async function readFiles<T>(
  snapshot: IndexSnapshot,
  work: (files: FileReads) => Promise<T>,
): Promise<T> {
  const store = new FetchedStore(snapshot)
  for (;;) {
    try {
      return await work(createReads(store))
    } catch (thrown) {
      if (!(thrown instanceof Unfetched)) throw thrown
      await thrown.fetch()
    }
  }
}

/** Thrown in place of what has to be fetched first. */
class Unfetched {
  readonly fetch: () => Promise<void>

  constructor(fetch: () => Promise<void>) {
    this.fetch = fetch
  }
}

class FetchedStore implements ReadableStore {
  readonly #snapshot: IndexSnapshot
  readonly #entries = new Map<string, Uint8Array | null>()
  readonly #folders = new Map<string, readonly Child[]>()

  constructor(snapshot: IndexSnapshot) {
    this.#snapshot = snapshot
  }

  read(path: string): Uint8Array | null {
    return known(this.#entries, path, () => this.#snapshot.read(path))
  }

  children(path: string): readonly Child[] {
    return known(this.#folders, path, () => this.#snapshot.list(path))
  }

  decode(encoded: Uint8Array): unknown {
    return decodeValue(encoded)
  }

  pathFault(path: string): 'long' | 'form' | null {
    return pathFault(path)
  }

  toBytes(text: string): Uint8Array | null {
    return text.isWellFormed() ? encodeUtf8(text) : null
  }

  toText(bytes: Uint8Array): string | null {
    return decodeUtf8(bytes)
  }
}

/** @throws {Unfetched} */
function known<T>(fetched: Map<string, T>, path: string, fetch: () => Promise<T>): T {
  const found = fetched.get(path)
  if (found !== undefined) return found
  throw new Unfetched(async () => {
    fetched.set(path, await fetch())
  })
}
