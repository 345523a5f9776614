// Stands in for src/artifacts.ts where the repository runs from source (`#artifacts` in package.json): bundles
// the two programs at first use and keeps the guest in a file named by its content.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Artifacts } from '../src/artifacts.js'
import { bundlePrograms } from './recipe.js'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/vitra-sandbox', import.meta.url))

export async function loadArtifacts(): Promise<Artifacts> {
  const { guest, driver } = await bundlePrograms()
  const name = createHash('sha256').update(guest).digest('hex').slice(0, 16)
  const guestFile = path.join(CACHE, `guest-${name}.cjs`)
  if (!existsSync(guestFile)) {
    mkdirSync(CACHE, { recursive: true })
    const draft = `${guestFile}.${process.pid}`
    writeFileSync(draft, guest)
    renameSync(draft, guestFile)
  }
  return { guestFile, driver }
}
