/** esbuild, where it is installed: it comes with the command line, and is loaded only when something has to be built. */
import { BuildError } from './errors.js'

/** @throws {BuildError} `BUILDER_MISSING` */
export async function loadEsbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild')
  } catch (cause) {
    throw new BuildError(
      'BUILDER_MISSING',
      'esbuild is not installed, which TypeScript and contracts of several files need: npm install esbuild@0.27',
      { cause },
    )
  }
}
