/** Bytes on disk for each op, everything in the folder counted: logs, journals, RocksDB's own files. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import Corestore from 'corestore'
import { Database } from 'vitra'
import type { Row } from '../harness.js'
import { fillBase, fillBee, fillDatabase } from '../histories.js'
import type { Sizes } from '../sizes.js'

const BLOCK_BYTES = 512

type Fill = (folder: string, ops: number) => Promise<string>

export function diskRows({ disk }: Sizes): Row[] {
  const row = (id: string, when: string, tidy: (folder: string) => Promise<void>): Row => {
    const measure = (fill: Fill) => async (folder: string) => {
      await fill(folder, disk)
      await tidy(folder)
      return [(await bytesBelow(folder)) / disk]
    }
    return {
      id,
      title: `Disk per op of about 100 B, ${disk} ops in arrays, ${when}`,
      unit: 'bytes',
      rounds: 1, // every round would say nearly the same
      contestants: [
        { name: 'Vitra', note: 'oplog, index and the journals of both', measure: measure(fillDatabase) },
        { name: 'Hyperbee', note: 'only the entries', measure: measure(fillBee) },
        { name: 'Autobase', note: "the writer's log and the view", measure: measure(fillBase) },
      ],
    }
  }
  return [row('disk', 'right after closing', async () => {}), row('disk-compacted', 'compacted', compact)]
}

/** Has each store do at once what it does in its own time: write out its memory, and drop what was written over. */
async function compact(folder: string): Promise<void> {
  if (existsSync(path.join(folder, 'vitra.json'))) {
    await using db = await Database.load(folder)
    await db.compact()
    return
  }
  const store = new Corestore(folder)
  await store.ready()
  const { db } = store.storage as unknown as { db: { flush(): Promise<void>; compactRange(): Promise<void> } }
  await db.flush()
  await db.compactRange()
  await store.close()
}

/** What the files below a folder take of the disk. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) bytes += (await stat(path.join(file.parentPath, file.name))).blocks * BLOCK_BYTES
  }
  return bytes
}
