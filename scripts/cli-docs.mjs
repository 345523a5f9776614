// Writes docs/cli.md from the commands of @vitra/cli; --check compares instead.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const FILE = path.join(REPO, 'docs/cli.md')

/** The page as the sources have it. */
export async function page() {
  const folder = path.join(REPO, 'node_modules/.cache')
  const file = path.join(folder, `vitra-cli-docs-${process.pid}.mjs`)
  mkdirSync(folder, { recursive: true })
  try {
    await build({
      entryPoints: [path.join(REPO, 'packages/cli/src/reference.ts')],
      outfile: file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      logLevel: 'error',
    })
    return (await import(pathToFileURL(file).href)).commandReference()
  } finally {
    rmSync(file, { force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const text = await page()
  if (!process.argv.includes('--check')) writeFileSync(FILE, text)
  else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
    console.error('docs/cli.md is not what the commands say: run npm run cli-docs')
    process.exitCode = 1
  }
}
