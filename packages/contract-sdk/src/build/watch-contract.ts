/** Tells when a file of a contract changes: the contract itself, and whatever it imports. */
import path from 'node:path'
import { buildOptions } from './build-contract.js'
import { loadEsbuild } from './esbuild.js'

/**
 * Watches the files of a contract, whether it builds or not; also those that an import names and that are not there yet.
 *
 * @param onChange is called once at first, and after each change; build again then
 * @param options `isScript`: the file is a script
 * @returns what ends it
 * @throws {BuildError} `BUILDER_MISSING`
 */
export async function watchContract(
  file: string,
  onChange: () => void,
  { isScript = false }: { readonly isScript?: boolean } = {},
): Promise<() => Promise<void>> {
  const { context } = await loadEsbuild()
  const options = buildOptions(path.resolve(file), isScript ? 'script commonjs' : 'contract')
  const tell = {
    name: 'tell',
    setup: (build: import('esbuild').PluginBuild) => build.onEnd(onChange),
  }
  const watching = await context({ ...options, plugins: [...options.plugins, tell] })
  await watching.watch()
  return () => watching.dispose()
}
