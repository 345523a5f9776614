// Creates and loads databases on a disk that has no room, then with room; says how each went. See `full-disk.test.ts`.
import { existsSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { Sandbox } from '@vitra/sandbox'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'

const [disk, room] = process.argv.slice(2)
const folder = `${disk}/db`
const SOURCE = `export function add ({ n }, emit) { emit({ op: 'ADD', n }) }
export const apply = { ADD (tx, { n }) { tx.put('/n/' + n, n) } }`
const create = () => Database.create(folder, { contract: { source: SOURCE } })
const tell = (what) => writeSync(1, `${JSON.stringify(what)}\n`)

let fillers = 0
const put = (bytes) => writeFileSync(`${disk}/filler${fillers++}`, new Uint8Array(bytes))

/** Leaves so many bytes, or files, free. */
function fill(left) {
  const { bavail, bsize, ffree } = statfsSync(disk)
  if (room === 'bytes') put(Math.max(0, bavail * bsize - left))
  else for (let free = ffree; free > left; free--) put(0)
}

function makeRoom() {
  while (fillers > 0) rmSync(`${disk}/filler${--fillers}`, { force: true })
}

async function attempt(work) {
  try {
    await (await work()).close()
    return { code: 'done' }
  } catch ({ name, code, message }) {
    return { name, code, message }
  }
}

const LEFT =
  room === 'bytes'
    ? [0, 8, 32, 56, 64, 72, 80, 96, 112, 128].map((kb) => kb * 1024)
    : [0, 1, 3, 9, 12, 14, 24]
const guests = await Sandbox.open() // all attempts share them
for (const left of LEFT) {
  fill(left)
  const first = await attempt(create)
  const isMade = existsSync(`${folder}/vitra.json`)
  makeRoom()
  if (first.code !== 'done') {
    const db = await create()
    await (await db.call('add', { n: left })).whenProcessed()
    await checkDatabase(db)
    await db.close()
  }
  tell({ at: 'create', left, isMade, ...first })
  rmSync(folder, { recursive: true })
}

const made = await create()
await (await made.call('add', { n: 1 })).whenProcessed()
await made.close()
fill(0)
const loaded = await attempt(() => Database.load(folder))
makeRoom()
const db = await Database.load(folder)
const value = (await db.index.get('/n/1'))?.value
await checkDatabase(db)
await db.close()
tell({ at: 'load', value, ...loaded })
await guests.close()
