/** What a command of these tests is run in, and what is left of it. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const EXECUTABLE = fileURLToPath(new URL('../dist/vitra.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdin?: string
}

/** Folder and environment: nothing of whoever runs the tests counts, such as what they have chosen with `vitra use`. */
export function surroundingsOf({ cwd, env }: Surroundings): { cwd: string; env: NodeJS.ProcessEnv } {
  const { VITRA_DIR: _, VITRA_BOOTSTRAP: __, VITRA_DEBUG: ___, ...rest } = process.env
  return { cwd, env: { ...rest, XDG_CONFIG_HOME: path.join(cwd, '.config'), ...env } }
}
