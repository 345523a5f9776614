// Executes one batch, then the next over it while the first is on its way to the disk, and ends there, as by kill -9:
// between the first one's journal record and its append, or after that and before anybody is told.
import { writeSync } from 'node:fs'
import { Log } from '@vitra/log'
import { Database } from 'vitra'

const [folder, when] = process.argv.slice(2)
const executed = []
let isHeld = false
const until = async (holds) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}

const db = await Database.load(folder, undefined, {
  onLog: ({ text }) => {
    executed.push(text)
    writeSync(1, `executed ${text}\n`)
  },
})
const { keeping } = Log.prototype
Log.prototype.keeping = async function (blocks, head, append) {
  if (!db.pubkey.equals(this.key)) return keeping.call(this, blocks, head, append)
  if (when === 'published') await keeping.call(this, blocks, head, append)
  isHeld = true
  await until(() => executed.length === 4)
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}
await db.call('increment', { amount: 1 })
await until(() => isHeld)
await Promise.all([10, 100, 1000].map((amount) => db.call('increment', { amount })))
await new Promise((resolve) => setTimeout(resolve, 600_000))
