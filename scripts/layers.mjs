// Runs both dependency checks over every package and app: the layers, then the browser-safe entries.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const CONFIGS = ['.dependency-cruiser.cjs', '.dependency-cruiser.browser.cjs']
const bin = path.join(REPO, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

/** Checks the tree at `root` against this repository's rules and returns the breaches. */
export function layerBreaches(root) {
  return CONFIGS.flatMap((config) => {
    const { summary } = JSON.parse(cruise(root, config, ['--output-type', 'json'], 'pipe').stdout)
    return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  })
}

function cruise(root, config, flags, stdout) {
  const folders = ['packages', 'apps'].filter((folder) => existsSync(path.join(root, folder)))
  const result = spawnSync(
    process.execPath,
    [bin, '--config', path.join(REPO, config), '--progress', 'none', ...flags, ...folders],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', stdout, 'inherit'], maxBuffer: 2 ** 28 },
  )
  if (result.error) throw result.error
  return result
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const config of CONFIGS) {
    if (cruise(REPO, config, ['--output-type', 'err'], 'inherit').status !== 0) process.exitCode = 1
  }
}
