// Bundles what is browser-safe, as a web page would, and runs it where there is nothing of Node.
import path from 'node:path'
import vm from 'node:vm'
import { build } from 'esbuild'

/** One script for browsers that leaves the names of `specifier` in a global `bundle`. */
export async function bundleForBrowser(folder, specifier) {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${specifier}'`, resolveDir: folder },
    absWorkingDir: path.resolve(folder),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    globalName: 'bundle',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  })
  return outputFiles[0].text
}

/** Runs a bundle in a context that has the language and, of browsers, `TextEncoder` and `TextDecoder`. */
export function runBare(script, expression) {
  const context = vm.createContext({ TextEncoder, TextDecoder })
  vm.runInContext(script, context)
  return JSON.parse(vm.runInContext(`JSON.stringify(${expression})`, context))
}
