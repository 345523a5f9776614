// The engine of Node 20 has no prebuilt binary, so its users compile it, for a minute and more. The tests offer the one
// that this repository compiled to the same install script, as a binary that was downloaded before.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(import.meta.url)

/** @param cache npm's, of the projects; does nothing where the engine here was not compiled */
export function offerEngine(cache) {
  const manifest = require.resolve('isolated-vm/package.json')
  const folder = path.dirname(manifest)
  if (!existsSync(path.join(folder, 'out/isolated_vm.node'))) return
  const { getDownloadUrl, cachedPrebuild } = createRequire(manifest)('prebuild-install/util')
  const url = getDownloadUrl({
    pkg: require(manifest),
    platform: process.platform,
    arch: process.arch,
    'tag-prefix': 'v',
  })
  const prebuilds = path.join(cache, '_prebuilds')
  mkdirSync(prebuilds, { recursive: true })
  const file = path.join(prebuilds, path.basename(cachedPrebuild(url)))
  const { status, stderr } = spawnSync('tar', ['czf', file, 'out/isolated_vm.node'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`tar packs no engine: ${stderr}`)
}
