/** What `vitra dev --from` begins with: a copy of a database, without any of its secret keys. */
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Database } from 'vitra'
import type { Context } from '../context.js'
import { CliError } from '../errors.js'
import { EXIT } from '../exit-codes.js'
import { forward } from '../holder/forward.js'
import { type Holder, holderOf } from '../holder/mark.js'
import { openDatabase } from '../open-database.js'

/**
 * Opens a copy that cannot write: the one that it is made from goes on as it is.
 *
 * @param name folder of a database, or a backup @param folder for what this needs, removed by the caller
 * @throws {CliError} `FILE_UNREADABLE`
 */
export async function openOriginal(context: Context, name: string, folder: string): Promise<Database> {
  const { Database, importDatabase } = await import('vitra')
  const from = path.resolve(context.io.cwd, name)
  const stats = await stat(from).catch((cause) => {
    throw unreadable(name, 'there is no such folder or file', cause)
  })
  const copy = path.join(folder, 'original')
  if (!stats.isDirectory()) await importDatabase(copy, unzipped(from))
  else {
    const holder = holderOf(from)
    if (holder === null) await copyOf(context, from, copy)
    else {
      const file = path.join(folder, 'original.tgz')
      await exportThere(context, { holder, from, file, name })
      await importDatabase(copy, unzipped(file))
      await rm(file)
    }
  }
  await rm(path.join(copy, 'keys'), { recursive: true, force: true }) // of a backup that has them
  return Database.load(copy)
}

async function copyOf({ signal, onLog }: Context, from: string, copy: string): Promise<void> {
  const { importDatabase } = await import('vitra')
  const db = await openDatabase(from, { signal, onLog })
  try {
    await importDatabase(copy, db.export({ keys: false }))
  } finally {
    await db.close()
  }
}

interface Elsewhere {
  readonly holder: Holder
  readonly from: string
  readonly file: string
  readonly name: string
}

/** The process that has the database open exports it. */
async function exportThere({ io, version }: Context, { holder, from, file, name }: Elsewhere): Promise<void> {
  let said = ''
  const sink = { write: (text: string) => (said += text) }
  const code = await forward(holder, ['export', file, '--no-keys', '--offline', '--dir', from], {
    io: { ...io, stdout: sink, stderr: sink },
    version,
    needsTerminal: false,
  })
  if (code !== EXIT.ok) throw unreadable(name, said.trim())
}

function unreadable(name: string, why: string, cause?: unknown): CliError {
  return new CliError('FILE_UNREADABLE', `${name} cannot be read: ${why}`, {
    hint: 'name the folder of a database, or a backup that `vitra export` has written',
    cause,
  })
}

async function* unzipped(file: string): AsyncGenerator<Uint8Array> {
  yield* pipeline(createReadStream(file), createGunzip(), () => {})
}
