// `npm run release`: packs everything and publishes what the registry does not have yet, each package after the ones
// it depends on. Arguments go to `npm publish`, `--dry-run` among them. Run it after `npm run build`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { npm } from './npm.mjs'
import { packAll } from './pack.mjs'

/** Publishes packed packages; `npmOptions` say how npm is run: arguments and folder. */
export function publishAll(packed, { args = [], cwd = process.cwd() } = {}) {
  for (const { manifest, tarball } of packed) {
    const id = `${manifest.name}@${manifest.version}`
    if (run(['view', id, 'version', ...args], cwd).stdout.trim() !== '') {
      console.log(`${id} is published already`)
      continue
    }
    const { status, stderr } = run(['publish', tarball, ...args], cwd)
    if (status !== 0) throw new Error(`npm publish of ${id} ended with ${status}\n${stderr}`)
    console.log(`published ${id}`)
  }
}

function run(args, cwd) {
  return spawnSync(process.execPath, [npm(), ...args], { cwd, encoding: 'utf8' })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitra-release-'))
  try {
    publishAll(packAll(folder), { args: process.argv.slice(2) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
