/**
 * Makes the one source that a database publishes out of an author's files: TypeScript without its types, imported files
 * and packages put together. The same files and the same version of esbuild give the same bytes on every machine.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { BuildOptions, BuildResult, Plugin } from 'esbuild'
import { BuildError } from './errors.js'
import { loadEsbuild } from './esbuild.js'
import { contractImports, isOffered, type Target } from './imports.js'
import { type Place, places } from './places.js'
import { explainFailure, refuseCommonJs } from './problems.js'

/** What a build made. */
export interface BuiltContract {
  /** The contract: the text of one ES module of plain JavaScript, that imports only what a contract may. */
  readonly source: string
  /** The files that it is made of, absolute, sorted. */
  readonly files: readonly string[]
  /** False where the text is that of the file itself. */
  readonly isBundled: boolean
  /** Where something in `source` comes from; null where it comes from no file. @param line 1-based @param column 1-based */
  original(line: number, column: number): Place | null
}

/** How messages name files. */
export interface BuildContractOptions {
  /** Folder from which messages name files; default that of the process. */
  readonly cwd?: string
  /** True where the file is a script: an ES module or CommonJS, and so is what comes of it. */
  readonly isScript?: boolean
}

/**
 * Builds a contract. One file of plain JavaScript that imports nothing but `contract`, `assert` and `util` is taken as it is.
 * Nothing is type-checked, and no tsconfig.json is read. Comments that begin with `/*!` or `//!` are kept.
 *
 * With `isScript` the file is a script, which may be CommonJS too, and imports `assert` and `util`.
 *
 * @param file the contract or script: `.ts`, `.mts`, `.cts`, `.js`, `.mjs` or `.cjs`
 * @throws {BuildError} `BUILD_FILE`, `BUILD_SYNTAX`, `BUILD_IMPORT`; `BUILDER_MISSING` where esbuild is needed and not installed
 * @example const { source } = await buildContract('contract.ts')
 */
export async function buildContract(
  file: string,
  { cwd = process.cwd(), isScript = false }: BuildContractOptions = {},
): Promise<BuiltContract> {
  const entry = path.resolve(cwd, file)
  const text = await readSource(entry, file)
  const isPlain = !/\.[cm]?tsx?$/.test(entry)
  if (isPlain && !importsMore(text, isScript ? 'script module' : 'contract')) return verbatim(entry, text)
  const { build } = await loadEsbuild()
  const refused = (error: unknown): never => {
    throw explainFailure(error, { entry, cwd })
  }
  const target = isScript ? await kindOfScript(entry).catch(refused) : 'contract'
  const result = await build(buildOptions(entry, target)).catch(refused)
  const inputs = Object.keys(result.metafile.inputs)
  if (isPlain && inputs.length === 1) return verbatim(entry, text)
  if (target !== 'script commonjs') refuseCommonJs(result.metafile, { entry, cwd }, target)
  const folder = path.dirname(entry)
  const files = inputs.map((input) => path.resolve(folder, input)).sort()
  const [map, script] = outputs(result)
  const source = await withoutPlaces(script, inputs)
  return Object.freeze({ source, files, isBundled: true, original: places(map, folder) })
}

/** Looks at the script's own file alone. */
async function kindOfScript(entry: string): Promise<Target> {
  const { build } = await loadEsbuild()
  const options = buildOptions(entry, 'script module')
  const alone: Plugin = {
    name: 'alone',
    setup: (setup) =>
      setup.onResolve({ filter: /.*/ }, ({ kind, path: name }) =>
        kind === 'entry-point' ? undefined : { path: name, external: true },
      ),
  }
  const { metafile } = await build({ ...options, plugins: [alone] })
  const [own] = Object.values(metafile.inputs)
  return own?.format === 'esm' ? 'script module' : 'script commonjs'
}

/** How esbuild is asked for a contract. */
export function buildOptions(entry: string, target: Target) {
  const folder = path.dirname(entry)
  return {
    entryPoints: [entry],
    absWorkingDir: folder,
    outfile: path.join(folder, 'contract.js'),
    write: false,
    bundle: true,
    format: target === 'script commonjs' ? 'cjs' : 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['import', 'default'],
    charset: 'utf8',
    legalComments: 'inline',
    sourcemap: 'external',
    metafile: true,
    logLevel: 'silent',
    // A file of the author's machine must not decide what is published.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
    plugins: [contractImports(target)],
  } as const satisfies BuildOptions
}

function outputs({ outputFiles = [] }: BuildResult): [map: string, script: string] {
  const textOf = (ending: string) => outputFiles.find(({ path: name }) => name.endsWith(ending))!.text
  return [textOf('.js.map'), textOf('.js')]
}

/**
 * Takes away the lines with which esbuild heads modules from outside the contract's folder: where they lie differs between
 * machines. The line stays, empty, so that places hold.
 */
async function withoutPlaces(script: string, inputs: readonly string[]): Promise<string> {
  const headings = new Set(inputs.filter(isElsewhere).map((input) => `// ${input}`))
  if (headings.size === 0) return script
  const cleaned = script
    .split('\n')
    .map((line) => (headings.has(line) ? '' : line))
    .join('\n')
  // A text of the contract's own may hold such a line: what is left has to be the same program.
  const { transform } = await loadEsbuild()
  const [before, after] = await Promise.all([transform(script), transform(cleaned)])
  return before.code === after.code ? cleaned : before.code
}

function isElsewhere(input: string): boolean {
  return input.startsWith('..') || path.isAbsolute(input) || /(^|\/)node_modules\//.test(input)
}

function verbatim(file: string, source: string): BuiltContract {
  const original = (line: number, column: number) => ({ file, line, column })
  return Object.freeze({ source, files: [file], isBundled: false, original })
}

/** True where the text may import what the sandbox does not offer; where it only looks so, the bundler finds out. */
function importsMore(text: string, target: Target): boolean {
  const named = text.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"])([^'"\n]+)\1/g)
  return [...named].some(([, , specifier]) => !isOffered(specifier!, target))
}

async function readSource(entry: string, name: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(entry)
  } catch (cause) {
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'permission denied' }
    const { code, message } = cause as NodeJS.ErrnoException
    const said = why[code as keyof typeof why] ?? message
    throw new BuildError('BUILD_FILE', `${name} cannot be read: ${said}; name the file of a contract`, {
      cause,
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new BuildError('BUILD_FILE', `${name} cannot be read: it is not text in UTF-8`, { cause })
  }
}
