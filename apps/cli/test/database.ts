/** A database as `vitra init` makes it, and the last word on what commands left of it. */
import { writeFile } from 'node:fs/promises'
import { TemporaryFolder } from '@vitra/testkit'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { CONTRACT } from './contract.js'
import { json } from './vitra.js'

/** A folder with the contract and, in `.vitra`, a database of it. */
export async function withDatabase() {
  const folder = await TemporaryFolder.make()
  await writeFile(folder.at('contract.js'), CONTRACT)
  const { key } = await json<{ key: string }>(['init', 'contract.js'], { cwd: folder.path })
  return { folder, key, at: { cwd: folder.path }, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** The oracle of the library has the last word on what the commands left. */
export async function check(folder: string): Promise<void> {
  await using db = await Database.load(folder)
  await checkDatabase(db)
}
