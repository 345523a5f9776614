/** Databases with a history, built once in a run however many rows ask for one; their rows leave them closed. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Base } from './contestants/autobase.js'
import { Bee, raw } from './contestants/hyperbee.js'
import { createDatabase, set } from './contestants/vitra.js'
import { ARRAY_OPS } from './sizes.js'
import { arrays } from './workload.js'

/** A closed store whose n-th op put `entry(n)`; rows may have appended some ops more. */
export interface History {
  readonly folder: string
  /** Public key, in hex. */
  readonly key: string
  /** Ops that it was built with. */
  readonly ops: number
}

type Kind = keyof typeof FILL

const FILL = { vitra: fillDatabase, bee: fillBee, base: fillBase }

export class Histories implements AsyncDisposable {
  readonly #parent: string
  readonly #made = new Map<string, Promise<History>>()

  /** @param folder on the disk that is measured */
  constructor(folder: string) {
    this.#parent = path.join(folder, 'histories')
  }

  /** Built at the first call, which no row may time. */
  of(kind: Kind, ops: number): Promise<History> {
    const name = `${kind}-${ops}`
    let made = this.#made.get(name)
    if (made === undefined) {
      const folder = path.join(this.#parent, name)
      made = FILL[kind](folder, ops).then((key) => ({ folder, key, ops }))
      this.#made.set(name, made)
    }
    return made
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#made.values())
    await rm(this.#parent, { recursive: true, force: true })
  }
}

export async function fillDatabase(folder: string, ops: number): Promise<string> {
  await using db = await createDatabase(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await set(db, entries)
  await db.executor!.sync()
  return db.pubkey.toString('hex')
}

export async function fillBee(folder: string, ops: number): Promise<string> {
  await using bee = await Bee.open(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await bee.putBatch(entries.map(raw))
  return bee.bee.core.key!.toString('hex')
}

export async function fillBase(folder: string, ops: number): Promise<string> {
  await using base = await Base.open(folder)
  for (const entries of arrays(ops, ARRAY_OPS)) await base.append(entries)
  return base.base.key.toString('hex')
}
