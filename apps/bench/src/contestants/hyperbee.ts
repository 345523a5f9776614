/** A bare Hyperbee in a Corestore: the index that Vitra writes, without anything around it. */
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import type { Entry } from '../workload.js'
import type { RawEntry } from './vitra.js'

export class Bee implements AsyncDisposable {
  readonly bee: Hyperbee
  readonly #store: Corestore

  private constructor(store: Corestore, bee: Hyperbee) {
    this.#store = store
    this.bee = bee
  }

  static async open(folder: string): Promise<Bee> {
    const store = new Corestore(folder)
    const bee = new Hyperbee(store.get({ name: 'bench' }), { extension: false })
    await bee.ready()
    return new Bee(store, bee)
  }

  async put(entry: Entry): Promise<void> {
    const { key, value } = raw(entry)
    await this.bee.put(key, value)
  }

  async putBatch(entries: readonly RawEntry[]): Promise<void> {
    const batch = this.bee.batch()
    for (const { key, value } of entries) await batch.put(key, value)
    await batch.flush()
  }

  /** The value, compared so that nothing is left unread. */
  async has({ key, value }: Entry): Promise<boolean> {
    const node = await this.bee.get(Buffer.from(key))
    return node?.value?.toString() === value
  }

  /** Reads a page of the entries after a key. Returns how many there were. */
  async page(after: string, limit: number): Promise<number> {
    let entries = 0
    for await (const { value } of this.bee.createReadStream({ gt: Buffer.from(after) }, { limit }))
      if (value.length > 0) entries++
    return entries
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bee.close()
    await this.#store.close()
  }
}

export function raw({ key, value }: Entry): RawEntry {
  return { key: Buffer.from(key), value: Buffer.from(value) }
}
