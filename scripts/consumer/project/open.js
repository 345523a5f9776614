// Makes a database and prints the code and the message of what goes wrong.
import { Database, Storage } from 'vitra'

try {
  const source = 'export const apply = {}'
  const db = await Database.create(Storage.temporary(), { contract: { source } })
  await db.close()
  console.log(JSON.stringify({ code: null }))
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }))
}
