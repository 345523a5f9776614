/** What the tests of the log writer share: one log of one owner, in a folder that comes back as it was, or loses power. */
import { truncate } from 'node:fs/promises'
import { expect } from 'vitest'
import { createLog, filesBelow, filled, fixedKeyPair, loadLog, restore, temporaryFolder } from './helpers.js'

export const KEYS = fixedKeyPair(5)
const INDEX = filled(6)

export async function newFolder(): Promise<string> {
  return `${await temporaryFolder()}/db`
}

export const create = (folder: string) => createLog({ folder, keyPair: KEYS, indexKey: INDEX })
export const load = (folder: string) => loadLog(folder, KEYS, INDEX)

/** Power loss: RocksDB's write-ahead logs lose what no flush has moved out of them. */
export async function losePower(backup: string, folder: string): Promise<void> {
  await restore(backup, folder, 'logs')
  await restore(backup, folder, 'journal')
  const names = (await filesBelow(folder)).filter((name) => /^logs\/db\/\d+\.log$/.test(name))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) await truncate(`${folder}/${name}`, 0)
}
