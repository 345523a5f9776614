// Stands in for src/artifacts.ts where the repository runs from source (`#artifacts` in package.json): bundles
// the two programs and keeps them in files named by their content, at first use, or once for a whole run of tests.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Artifacts } from '../src/artifacts.js'
import { bundlePrograms } from './recipe.js'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/vitra-sandbox', import.meta.url))
/** Where the processes of a run of tests find what was bundled for all of them. */
const BUNDLED = 'VITRA_TEST_PROGRAMS'

interface Bundled {
  readonly guestFile: string
  readonly driverFile: string
}

export async function loadArtifacts(): Promise<Artifacts> {
  const given = process.env[BUNDLED]
  const { guestFile, driverFile } = given === undefined ? await bundle() : (JSON.parse(given) as Bundled)
  return { guestFile, driver: await readFile(driverFile, 'utf8') }
}

/** True in a process that was started by one that has bundled. */
export function isBundledForAll(): boolean {
  return process.env[BUNDLED] !== undefined
}

/** Bundles for this process and for those that it starts from now on. */
export async function bundleForAll(): Promise<void> {
  process.env[BUNDLED] = JSON.stringify(await bundle())
}

async function bundle(): Promise<Bundled> {
  const { guest, driver } = await bundlePrograms()
  return { guestFile: keep('guest', 'cjs', guest), driverFile: keep('driver', 'js', driver) }
}

function keep(name: string, extension: string, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = path.join(CACHE, `${name}-${hash}.${extension}`)
  if (existsSync(file)) return file
  mkdirSync(CACHE, { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, file)
  return file
}
