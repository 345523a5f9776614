// The one build recipe of every package: ES modules, declarations and source maps in dist/.
import type { Options } from 'tsup'

/** Options for a library; `entry` maps a path in `dist` (no extension) to a source file. */
export function library(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'neutral',
    tsconfig: '../../tsconfig.build.json',
    dts: true,
    sourcemap: true,
    clean: true,
  }
}
