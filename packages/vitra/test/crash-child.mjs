// Calls the counter without end and says what it was told; `crash.test.ts` kills it.
import { writeSync } from 'node:fs'
import { Database } from 'vitra'

const say = (line) => writeSync(1, `${line}\n`)
const [, , folder, how] = process.argv
const db = await Database.load(folder, undefined, { acknowledge: how === 'acknowledge' })
const waiting = new Set()
say('ready')
for (;;) {
  const tx = await db.call('increment', { amount: 1 })
  say(`called ${tx.ops[0].seq}`)
  const processed = tx.whenProcessed().then(() => {
    say(`processed ${tx.ops[0].seq}`)
    waiting.delete(processed)
  })
  waiting.add(processed)
  if (waiting.size >= 8) await Promise.race(waiting)
}
