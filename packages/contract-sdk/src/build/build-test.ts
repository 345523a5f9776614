/**
 * Makes one module for Node out of an author's test: TypeScript without its types, the author's own files put together.
 * Packages stay outside and are found from where the test lies, so that they run as they are installed.
 */
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'
import { BuildError } from './errors.js'
import { loadEsbuild } from './esbuild.js'
import { explainFailure } from './problems.js'

/** Where the test that is built goes, and what it finds there. */
export interface BuildTestOptions {
  /** File to write, `.mjs`. */
  readonly outfile: string
  /** Address of a package that the test's folder does not have; null where there is none here either. */
  readonly provided: (specifier: string) => string | null
  /** Folder from which messages name files; default that of the process. */
  readonly cwd?: string
}

/**
 * Builds a test.
 *
 * @param file `.ts`, `.mts`, `.js` or `.mjs`
 * @throws {BuildError} `BUILD_FILE`, `BUILD_SYNTAX`, `BUILD_IMPORT`, `BUILDER_MISSING`
 */
export async function buildTest(
  file: string,
  { outfile, provided, cwd = process.cwd() }: BuildTestOptions,
): Promise<void> {
  const entry = path.resolve(cwd, file)
  await readFile(entry).catch((cause) => {
    throw new BuildError('BUILD_FILE', `${file} cannot be read: name the file of a test`, { cause })
  })
  const { build } = await loadEsbuild()
  await build({
    entryPoints: [entry],
    absWorkingDir: path.dirname(entry),
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'inline',
    logLevel: 'silent',
    define: {
      'import.meta.url': URL_NAME,
      'import.meta.filename': FILE_NAME,
      'import.meta.dirname': FOLDER_NAME,
    },
    plugins: [ownPlaces(), packagesOutside(provided)],
  }).catch((error) => {
    throw explainFailure(error, { entry, cwd })
  })
}

const URL_NAME = '__vitra_url'
const FILE_NAME = '__vitra_filename'
const FOLDER_NAME = '__vitra_dirname'

/** Each file goes on to know where it lies. */
function ownPlaces(): Plugin {
  return {
    name: 'own-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8')
        const loader = /\.[cm]?ts$/.test(file) ? 'ts' : /\.tsx$/.test(file) ? 'tsx' : 'js'
        if (!text.includes('import.meta')) return { contents: text, loader }
        const names = {
          [URL_NAME]: pathToFileURL(file).href,
          [FILE_NAME]: file,
          [FOLDER_NAME]: path.dirname(file),
        }
        const declared = Object.entries(names).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        return { contents: `const ${declared.join()};${text}`, loader }
      })
    },
  }
}

/** Modules of the sandbox that Node has none of. */
const SANDBOX_ONLY = new Set(['contract', 'vitra:assert', 'vitra:util'])
const BUILTINS: ReadonlySet<string> = new Set(builtinModules)
const ASKED = Symbol('asked by this plugin')

function packagesOutside(provided: BuildTestOptions['provided']): Plugin {
  return {
    name: 'packages-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (asked) => resolve(build, asked, provided))
    },
  }
}

async function resolve(
  build: PluginBuild,
  asked: OnResolveArgs,
  provided: BuildTestOptions['provided'],
): Promise<OnResolveResult | undefined> {
  const { path: specifier, kind, pluginData, importer, resolveDir } = asked
  if (pluginData === ASKED || kind === 'entry-point') return undefined
  if (SANDBOX_ONLY.has(specifier))
    return { errors: [{ text: sandboxOnly(specifier), detail: { isImport: true } }] }
  if (specifier.startsWith('node:') || BUILTINS.has(specifier)) return { path: specifier, external: true }
  const found = await build.resolve(specifier, { importer, kind, resolveDir, pluginData: ASKED })
  if (found.errors.length === 0) {
    const isSource = /\.[cm]?tsx?$/.test(found.path)
    return isSource ? { path: found.path } : { path: pathToFileURL(found.path).href, external: true }
  }
  const url = provided(specifier)
  return url === null ? undefined : { path: url, external: true }
}

function sandboxOnly(specifier: string): string {
  return (
    `module ${specifier} is there in the sandbox alone: import types only (import type), ` +
    'and keep what contract and test share in a file of its own'
  )
}
