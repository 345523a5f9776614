// Runs both dependency checks over every package and app: the layers, then the browser-safe entries.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const CONFIGS = ['.dependency-cruiser.cjs', '.dependency-cruiser.browser.cjs']
const OUTPUT_BYTES_MAX = 2 ** 28
const bin = path.join(REPO, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

/** Checks the tree at `root` against this repository's rules and returns the breaches. */
export function layerBreaches(root) {
  return CONFIGS.flatMap((config) => {
    const { summary } = JSON.parse(cruise(root, config))
    return summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }))
  })
}

function cruise(root, config) {
  const args = commandLine(root, config, 'json')
  const { error, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  if (error) throw error
  return stdout
}

function commandLine(root, config, outputType) {
  const folders = ['packages', 'apps'].filter((folder) => existsSync(path.join(root, folder)))
  return [
    bin,
    '--config',
    path.join(REPO, config),
    '--progress',
    'none',
    '--output-type',
    outputType,
    ...folders,
  ]
}

/** What a check of this repository prints; the checks go on beside each other. */
function report(config) {
  const args = commandLine(REPO, config, 'err')
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: REPO, maxBuffer: OUTPUT_BYTES_MAX }, (error, stdout, stderr) => {
      if (error !== null) process.exitCode = 1
      resolve(stdout + stderr)
    })
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const output of await Promise.all(CONFIGS.map(report))) process.stdout.write(output)
}
