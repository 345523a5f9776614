/** Copies a closed database as somebody with a backup, or a second machine, would have it. */
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'

const ATTEMPTS = 20

/**
 * Copies the folder and removes the mark by which the storage knows that it was copied. Of a database that
 * works, the copy is what a power cut would leave; where a file vanishes meanwhile it is made again.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await cp(from, to, { recursive: true })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error
      await rm(to, { recursive: true, force: true })
    }
  }
  await rm(path.join(to, 'logs', 'CORESTORE'), { force: true })
}
