// The one build recipe of every package: ES modules, declarations and source maps in dist/.
import type { Options } from 'tsup'

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
  }
}
