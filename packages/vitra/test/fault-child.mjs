// Creates a database if there is none, calls it, and loads it again and again; says what it was told. See `fault-sites.ts`.
import { existsSync, writeSync } from 'node:fs'
import { Sandbox } from '@vitra/sandbox'
import { Database } from 'vitra'

const [folder, lives, calls] = process.argv.slice(2)
const SOURCE = `export function add ({ n }, emit) { emit({ op: 'ADD', n }) }
export const apply = { ADD (tx, { n }) { tx.put('/n/' + n, n) } }`
const say = (event, value = '') => writeSync(1, `${event} ${value}\n`)

await Sandbox.open() // its guests are those of every life
let next = Number(process.env.FIRST_CALL ?? 0)
for (let life = 0; life < Number(lives); life++) {
  const isMade = existsSync(`${folder}/vitra.json`)
  const db = isMade
    ? await Database.load(folder)
    : await Database.create(folder, { contract: { source: SOURCE } })
  if (!isMade) say('created', db.pubkey.toString('hex'))
  db.on('failure', (error) => say('failure', error.code))
  for (let call = 0; call < Number(calls); call++) {
    const n = next++
    const tx = await db.call('add', { n })
    say('called', n)
    await tx.whenProcessed({ timeout: 20_000 })
    say('processed', n)
  }
  await db.close()
}
say('done')
process.exit()
