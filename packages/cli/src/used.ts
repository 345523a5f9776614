/** The database that its user has chosen with `vitra use`, in a file of this user's configuration. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Io } from './io.js'

const USE_FILE = 'use.json'

/** The folder in use, or null. */
export function usedFolder(io: Io): string | null {
  try {
    const { folder } = JSON.parse(readFileSync(configFile(io, USE_FILE), 'utf8')) as { folder?: unknown }
    return typeof folder === 'string' && path.isAbsolute(folder) ? folder : null
  } catch {
    return null // none was chosen, or the file is none of ours
  }
}

/** @throws the system's error where the file cannot be written */
export function rememberUsed(io: Io, folder: string): void {
  mkdirSync(path.dirname(configFile(io, USE_FILE)), { recursive: true })
  writeFileSync(configFile(io, USE_FILE), `${JSON.stringify({ folder })}\n`)
}

export function forgetUsed(io: Io): void {
  rmSync(configFile(io, USE_FILE), { force: true })
}

/** A file of this user's configuration, as the XDG base directory specification has it. */
export function configFile({ env }: Io, name: string): string {
  const { XDG_CONFIG_HOME: configured } = env
  const base = configured && path.isAbsolute(configured) ? configured : path.join(homedir(), '.config')
  return path.join(base, 'vitra', name)
}
