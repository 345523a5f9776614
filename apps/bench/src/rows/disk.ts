/** Bytes on disk for each op, everything in the folder counted: logs, journals, RocksDB's own files. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { fillBase, fillBee, fillDatabase } from './start.js'

const BLOCK_BYTES = 512

export function diskRow({ histories }: Sizes): Row {
  const ops = histories[0]!
  const bytes = (fill: (folder: string, ops: number) => Promise<string>) => async (folder: string) => {
    await fill(folder, ops)
    return [(await bytesBelow(folder)) / ops]
  }
  return {
    id: 'disk',
    title: `Disk per op, ${ops} ops in arrays, right after closing`,
    unit: 'bytes',
    contestants: [
      { name: 'Vitra', note: 'oplog, index and the journals of both', measure: bytes(fillDatabase) },
      { name: 'Hyperbee', note: 'only the entries', measure: bytes(fillBee) },
      { name: 'Autobase', note: "the writer's log and the view", measure: bytes(fillBase) },
    ],
  }
}

/** What the files below a folder take of the disk. */
async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) bytes += (await stat(path.join(file.parentPath, file.name))).blocks * BLOCK_BYTES
  }
  return bytes
}
