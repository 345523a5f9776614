// Audits a database and says where a kept place is, once one is kept in the middle; `checkpoints.test.ts` kills it then.
import { readFile } from 'node:fs/promises'
import { Database } from 'vitra'

const [, , folder, workers] = process.argv
const db = await Database.load(folder)
let isTold = false
const look = async () => {
  const text = await readFile(`${folder}/audit.json`, 'utf8').catch(() => '{}')
  const { version = 0 } = JSON.parse(text)
  if (isTold || version < db.index.version / 8 || version >= db.index.version) return
  isTold = true
  // Nothing more is kept from here on.
  process.send(version, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
}
setInterval(look, 5)
await db.verify({ workers: Number(workers), workersFrom: 0, onProgress: look })
process.exit() // too late to be killed in the middle, which the test is told by the end
