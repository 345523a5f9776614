/** Engines (spec/6-determinism §4): the closed list, and the package that brings the one for this Node. */
import { createRequire } from 'node:module'
import { SandboxError } from './errors.js'

/** An engine whose results may be recorded. */
export interface Engine {
  /** As batch records have it. */
  readonly name: string
  /** Major and minor version of V8. */
  readonly v8: string
  /** Major version of Node that brings it. */
  readonly node: number
  /** Version of isolated-vm that runs there. */
  readonly isolatedVm: string
}

/** The closed table of engines. A row is added, never changed; a record that names none of them is fraud. */
export const ENGINE_TABLE: readonly Engine[] = Object.freeze([
  { name: 'v8-11.3', v8: '11.3', node: 20, isolatedVm: '5.0.4' },
  { name: 'v8-12.4', v8: '12.4', node: 22, isolatedVm: '6.2.0' },
  { name: 'v8-13.6', v8: '13.6', node: 24, isolatedVm: '7.0.1' },
  { name: 'v8-14.6', v8: '14.6', node: 26, isolatedVm: '7.0.1' },
])

/** The names of {@link ENGINE_TABLE}. */
export const ENGINES: readonly string[] = Object.freeze(ENGINE_TABLE.map(({ name }) => name))

/** Name of an engine: major and minor version of V8. @example engineName('11.3.244.8-node.33') // 'v8-11.3' */
export function engineName(v8: string): string {
  return `v8-${v8.split('.').slice(0, 2).join('.')}`
}

/** Node lines, newest first, that share a build of isolated-vm. Some package managers install all three packages. */
const LINES = [24, 22, 20]

/** The package that brings isolated-vm for a version of Node. @example enginePackage('25.1.0') // '@vitra/engine-node24' */
export function enginePackage(node: string): string {
  const major = Number.parseInt(node, 10)
  return `@vitra/engine-node${LINES.find((line) => line <= major) ?? LINES.at(-1)}`
}

/**
 * File that the guest requires to get isolated-vm.
 *
 * @param version of the Node that runs the guest
 * @throws {SandboxError} `ENGINE_MISSING`
 */
export function findEngine(version = process.versions.node): string {
  const { resolve } = createRequire(import.meta.url)
  for (const name of [enginePackage(version), 'isolated-vm']) {
    try {
      return resolve(name)
    } catch {
      // Not installed; somebody may have installed isolated-vm by hand.
    }
  }
  throw engineMissing('is not installed', undefined, version)
}

/** `ENGINE_MISSING`: npm ends without an error where an optional package does not compile or is left out. */
export function engineMissing(what: string, cause?: unknown, version = process.versions.node): SandboxError {
  return new SandboxError(
    'ENGINE_MISSING',
    `isolated-vm, which runs contracts, ${what} for Node ${version}: install again, without omitting optional dependencies, and read npm's output. Its install script must be allowed ("allowScripts": {"isolated-vm": true} in package.json), and on Node 20 it compiles with python3, make and g++`,
    { cause },
  )
}
