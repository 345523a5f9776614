/** Removes a database from a folder for good. */
import { Storage } from '@vitra/log'
import { CHECKPOINT_FILE } from './audit-checkpoint.js'
import { FRAUD_FOLDER } from './fraud-store.js'
import { SUSPECTS_FILE } from './suspect-store.js'
import { TRANSACTIONS_FILE } from './transaction-store.js'

const FILES = [CHECKPOINT_FILE, FRAUD_FOLDER, SUSPECTS_FILE, TRANSACTIONS_FILE]

/**
 * Removes the database of a folder, its secret keys and evidence too, and the folder where nothing else is in it. Copies
 * elsewhere stay as they are; where this was the one that executes, nobody executes any more.
 *
 * @throws {LogError} `DATABASE_NOT_FOUND`, `DATABASE_LOCKED`
 * @example await destroyDatabase('./db')
 */
export async function destroyDatabase(folder: string): Promise<void> {
  await destroyAt(Storage.at(folder))
}

/** Removes the database of a storage that is closed; a temporary one is gone by then. */
export async function destroyAt(storage: Storage): Promise<void> {
  const files = FILES.flatMap((name) => [name, `${name}.next`])
  if (!storage.temporary) await storage.destroy(files)
}
