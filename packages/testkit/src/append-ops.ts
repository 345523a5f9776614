/** Writes to a participant's oplog past the contract's methods, as anybody who holds its secret key can. */
import { encodeOp, Log, LogWriter, oplogIdentity, Storage, type Value } from '@vitra/log'

/**
 * Appends ops of any content. The database in `folder` has to be closed.
 *
 * @param publicKey of the participant, whose secret key is kept in the folder
 * @param databaseKey public key of the database
 * @returns sequence number of the first op
 */
export async function appendOps(
  folder: string,
  publicKey: Uint8Array,
  databaseKey: Uint8Array,
  ops: readonly Value[],
): Promise<number> {
  return appendBlocks(
    folder,
    publicKey,
    databaseKey,
    ops.map((op) => encodeOp(op)),
  )
}

/** Appends blocks, envelopes or not, as {@link appendOps} does. */
export async function appendBlocks(
  folder: string,
  publicKey: Uint8Array,
  databaseKey: Uint8Array,
  blocks: readonly Uint8Array[],
): Promise<number> {
  const storage = Storage.at(folder)
  await storage.load()
  try {
    const keyPair = await storage.keys.get(new Uint8Array(publicKey))
    if (keyPair === null) throw new Error(`${folder} does not hold the secret key of this participant`)
    const identity = oplogIdentity(keyPair.publicKey, new Uint8Array(databaseKey))
    const writer = await LogWriter.open(await Log.open(storage, identity), storage, keyPair)
    const { length } = await writer.append([...blocks])
    await writer.close()
    return length - blocks.length
  } finally {
    await storage.close()
  }
}
