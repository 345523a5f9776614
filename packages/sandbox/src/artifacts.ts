/** The two programs that the package carries, as built into `dist` beside this code. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export interface Artifacts {
  /** File of the guest process. */
  readonly guestFile: string
  /** Source of the driver. */
  readonly driver: string
}

export async function loadArtifacts(): Promise<Artifacts> {
  const guestFile = fileURLToPath(new URL('./guest.cjs', import.meta.url))
  const driver = await readFile(new URL('./driver.js', import.meta.url), 'utf8')
  return { guestFile, driver }
}
