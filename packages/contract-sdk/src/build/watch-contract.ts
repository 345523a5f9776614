/** Tells when a file of a contract changes: the contract itself, and whatever it imports. */
import path from 'node:path'
import { buildOptions } from './build-contract.js'
import { loadEsbuild } from './esbuild.js'

/**
 * Watches the files of a contract, whether it builds or not; also those that an import names and that are not there yet.
 *
 * @param onChange is called once at first, and after each change; build again then
 * @returns what ends it
 * @throws {BuildError} `BUILDER_MISSING`
 */
export async function watchContract(file: string, onChange: () => void): Promise<() => Promise<void>> {
  const { context } = await loadEsbuild()
  const options = buildOptions(path.resolve(file))
  const tell = {
    name: 'tell',
    setup: (build: import('esbuild').PluginBuild) => build.onEnd(onChange),
  }
  const watching = await context({ ...options, plugins: [...options.plugins, tell] })
  await watching.watch()
  return () => watching.dispose()
}
