/** Copies a closed database as somebody with a backup, or a second machine, would have it. */
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'

/** Copies the folder and removes the mark by which the storage knows that it was copied. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
  await rm(path.join(to, 'logs', 'CORESTORE'), { force: true })
}
