// Audits the database in a folder, on the built package, and kills itself (as `kill -9` does) at one point of keeping what
// it finds: before the nth write or rename below `fraud`, in the middle of the nth, or when the event is given.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'

const [, , folder, point] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')
const { rename, writeFile } = fs
let steps = 0

/** Before step n it dies at `n`, in the middle of it at `n.5`. */
async function counted(file, step, half) {
  if (path.basename(path.dirname(file)) !== 'fraud') return step()
  if (point === `${++steps}`) die()
  if (point === `${steps}.5`) {
    await half()
    die()
  }
  return step()
}

fs.writeFile = (file, content, options) =>
  counted(
    file,
    () => writeFile(file, content, options),
    () => writeFile(file, content.slice(0, content.length / 2), options),
  )
fs.rename = (from, to) =>
  counted(
    to,
    () => rename(from, to),
    () => rename(from, to),
  )
syncBuiltinESMExports()

const { Database } = await import('vitra')
const db = await Database.load(folder)
const monitor = await db.monitor()
monitor.on('violation', () => {
  process.stdout.write(`told after ${steps}\n`)
  if (point === 'event') die()
})
