/** What files of a contract may import: the modules of the sandbox, other files, and packages that are ES modules. */
import { builtinModules } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'
import { ABI_V2, CURRENT_ABI } from '../abi.js'

const OFFERED = Object.keys(CURRENT_ABI.modules).filter((name) => !name.startsWith('vitra:'))
const BUILTINS: ReadonlySet<string> = new Set(builtinModules)
/** What a script can import. */
const SCRIPT_MODULES = ['assert', 'util']
const SDK = '@vitra/contract-sdk'
/** Marks what this plugin asks esbuild itself. */
const ASKED = Symbol('asked by this plugin')

/** What is made of the files: a contract, or a script that is one of either kind of modules. */
export type Target = 'contract' | 'script module' | 'script commonjs'

/** True for a module of the sandbox, under any ABI that a new database may have. */
export function isOffered(specifier: string, target: Target): boolean {
  if (target === 'contract') return Object.hasOwn(ABI_V2.modules, specifier)
  return SCRIPT_MODULES.includes(specifier.replace(/^(?:node|vitra):/, ''))
}

/** A plugin of esbuild that leaves the sandbox's modules outside, and says what else cannot be imported. */
export function contractImports(target: Target): Plugin {
  return {
    name: 'contract-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (asked) => resolve(build, asked, target))
    },
  }
}

async function resolve(
  build: PluginBuild,
  asked: OnResolveArgs,
  target: Target,
): Promise<OnResolveResult | undefined> {
  const { path: specifier, kind, pluginData } = asked
  if (pluginData === ASKED || kind === 'entry-point') return undefined
  const what = target === 'contract' ? 'a contract' : 'a script'
  if (kind === 'dynamic-import')
    return refused(`import() is not available in ${what}: import at the top of the file`)
  if (kind === 'require-call' && target !== 'script commonjs')
    return refused(
      target === 'contract'
        ? 'require() is not available in a contract: write an import'
        : 'require() is not there in an ES module: write an import',
    )
  if (isOffered(specifier, target)) return { path: specifier, external: true }
  if (specifier.startsWith('node:')) return refused(noBuiltin(specifier, target))
  const found = await lookUp(build, asked, asked.resolveDir)
  if (found !== null) return found
  if (specifier === SDK || specifier.startsWith(`${SDK}/`))
    return (await lookUp(build, asked, ownFolder())) ?? undefined
  // A watch looks there for the file to come.
  const watchDirs = /^\.{0,2}\//.test(specifier)
    ? [path.dirname(path.resolve(asked.resolveDir, specifier))]
    : []
  return { ...refused(notFound(specifier, target)), watchDirs }
}

async function lookUp(
  build: PluginBuild,
  { path: specifier, importer, kind, with: attributes }: OnResolveArgs,
  resolveDir: string,
): Promise<OnResolveResult | null> {
  const found = await build.resolve(specifier, {
    importer,
    kind,
    with: attributes,
    resolveDir,
    pluginData: ASKED,
  })
  if (found.errors.length > 0) return null
  const { path: resolved, namespace, suffix, sideEffects, external } = found
  return { path: resolved, namespace, suffix, sideEffects, external }
}

function refused(text: string): OnResolveResult {
  return { errors: [{ text, detail: { isImport: true } }] }
}

function noBuiltin(specifier: string, target: Target): string {
  if (target !== 'contract')
    return `Node's module ${specifier} is not there in the sandbox: a script can import ${SCRIPT_MODULES.join(', ')}`
  const bare = specifier.replace(/^node:/, '')
  if (OFFERED.includes(bare))
    return `Node's module ${specifier} is not there in the sandbox: import from '${bare}'`
  return `Node's module ${specifier} is not there in the sandbox: a contract can import ${OFFERED.join(', ')}`
}

function notFound(specifier: string, target: Target): string {
  if (/^\.{0,2}\//.test(specifier)) return `there is no file ${specifier}: see how it is spelled`
  if (BUILTINS.has(specifier)) return noBuiltin(specifier, target)
  const offered = target === 'contract' ? OFFERED : SCRIPT_MODULES
  return `there is no package ${specifier}: install it, or see how it is spelled; of the sandbox there are ${offered.join(', ')}`
}

/** For a contract whose folder has no package of that name: the one that this file belongs to. */
function ownFolder(): string {
  return path.dirname(fileURLToPath(import.meta.url))
}
