// Opens a log and prints the code and the message of what goes wrong.
import { Log, newKeyPair, oplogIdentity, Storage } from '@vitra/log'

const storage = Storage.temporary()
await storage.create()
try {
  const log = await Log.open(storage, oplogIdentity(newKeyPair().publicKey, new Uint8Array(32)))
  await log.close()
  console.log(JSON.stringify({ code: null }))
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }))
} finally {
  await storage.close()
}
