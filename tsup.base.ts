// The one build recipe of every package: ES modules, declarations and source maps in dist/.
import type { Options } from 'tsup'

/** Packages in CommonJS, none of which runs in a browser. */
const COMMON_JS = /^(?:corestore|hypercore|hyperdht|hyperswarm|sodium-universal|tar-stream)(?:\/|$)/

/**
 * Requires those packages. Where they are imported, Node 20 reads each file twice, the first time only for the names that
 * it exports: a tenth of a second more until a program has loaded `vitra`.
 */
const requireCommonJs: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'require-common-js',
  setup(build) {
    build.onResolve({ filter: COMMON_JS }, ({ path }) => ({
      path,
      namespace: 'common-js',
      sideEffects: false,
    }))
    build.onLoad({ filter: /./, namespace: 'common-js' }, ({ path }) => ({
      contents: `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
export default require(${JSON.stringify(path)})`,
    }))
  },
}

/** Options for a library; `entry` maps a path in `dist` (no extension) to a source file. */
export function library(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    tsconfig: '../../tsconfig.build.json',
    // tsup runs in the package's folder and does not resolve the typeRoots of an extended config.
    dts: { compilerOptions: { typeRoots: ['../../node_modules/@types', '../../types'] } },
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false,
    noExternal: [COMMON_JS],
    esbuildPlugins: [requireCommonJs],
  }
}
