// Imports the source of the workspace's packages, bundled beside the modules that it takes from outside.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const REPO = fileURLToPath(new URL('../..', import.meta.url))

/** Packages of the workspace from source, all others from where they are installed. */
const outside = {
  name: 'outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path: name, kind }) =>
      kind === 'entry-point' || /^@?vitra(\/|$)/.test(name) ? null : { path: name, external: true },
    )
  },
}

/**
 * What a module with this text exports.
 *
 * @param folder the package that it is imported from, from the repository's root
 * @param options `at`: a file of that package, as which the bundle sees itself
 */
export async function importSource(contents, folder = '.', { at } = {}) {
  const resolveDir = path.join(REPO, folder)
  const cache = path.join(REPO, 'node_modules/.cache')
  const outfile = path.join(cache, `vitra-vectors-${process.pid}.mjs`)
  mkdirSync(cache, { recursive: true })
  try {
    await build({
      stdin: { contents, resolveDir },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      conditions: ['@vitra/source'],
      plugins: [outside],
      ...(at === undefined
        ? {}
        : { define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(resolveDir, at)).href) } }),
      logLevel: 'error',
    })
    return await import(`${pathToFileURL(outfile).href}?${contents.length}`)
  } finally {
    rmSync(outfile, { force: true })
  }
}
