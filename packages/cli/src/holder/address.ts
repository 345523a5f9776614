/** Where the socket of a folder is: in the folder, which is its user's alone, or in one that is as private. */
import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { CliError } from '../errors.js'
import { makeFolder } from '../make-folder.js'

/** Longest path of a socket that every system takes, in bytes: macOS has room for 104 with the end mark. */
const PATH_BYTES_MAX = 103

/** @throws {CliError} `FOLDER_NOT_PRIVATE` where the path is too long and no private folder is to be had */
export function socketPath(folder: string): string {
  const own = path.join(folder, 'vitra.sock')
  if (Buffer.byteLength(own) <= PATH_BYTES_MAX) return own
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  return path.join(privateFolder(), `${name}.sock`)
}

function privateFolder(): string {
  const { uid } = userInfo()
  const folder = path.join(tmpdir(), `vitra-${uid}`)
  makeFolder(folder, 0o700)
  const stat = lstatSync(folder)
  if (stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0) return folder
  throw new CliError('FOLDER_NOT_PRIVATE', `${folder} is not a folder that only you can use`, {
    hint: 'remove it, or put the database at a shorter path',
  })
}
