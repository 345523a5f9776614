/** Hyperbee itself, over a hypercore: what the writer and the reader of the tree are held against. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Corestore from 'corestore'
import Hyperbee from 'hyperbee'
import { onTestFinished } from 'vitest'
import { type Change, pathToKey } from '../src/index.js'

/** Makes empty Hyperbees, until the test ends. */
export async function hyperbees(): Promise<() => Promise<Hyperbee>> {
  const folder = path.join(tmpdir(), `vitra-hyperbees-${randomUUID()}`)
  const store = new Corestore(folder)
  await store.ready()
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return async () => {
    const bee = new Hyperbee(store.get({ name: randomUUID() }), { extension: false })
    await bee.ready()
    return bee
  }
}

/** Writes one batch; the blocks that it took. */
export async function writeBatch(bee: Hyperbee, changes: readonly Change[]): Promise<Uint8Array[]> {
  const start = bee.core.length
  const batch = bee.batch()
  for (const { path, value } of changes) {
    const key = Buffer.from(pathToKey(path))
    if (value === null) await batch.del(key)
    else await batch.put(key, Buffer.from(value))
  }
  await batch.flush()
  const blocks: Uint8Array[] = []
  for (let seq = start; seq < bee.core.length; seq++) blocks.push(new Uint8Array((await bee.core.get(seq))!))
  return blocks
}
