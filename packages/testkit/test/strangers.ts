/** Somebody in another process who has files with proofs, a key, and no logs. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const STRANGER = fileURLToPath(new URL('stranger.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../../verifier/dist/replay/index.js', import.meta.url))

/** What the stranger says of a proof. */
export interface StrangersVerdict {
  readonly ok: boolean
  readonly code: string
  readonly kind?: string
  readonly violation?: string
  /** Where the proof is about an oplog. */
  readonly participant?: string
}

/** Has a stranger check proofs, in a folder that has nothing else. */
export async function askStranger(
  folder: string,
  pubkey: string,
  files: readonly string[],
): Promise<StrangersVerdict[]> {
  if (!existsSync(BUILT)) throw new Error('build first: npm run build')
  const { stdout } = await promisify(execFile)(process.execPath, [STRANGER, pubkey, ...files], {
    cwd: folder,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
