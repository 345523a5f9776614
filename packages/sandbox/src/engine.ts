/** The package that brings the engine for this Node (spec/6-determinism §4). */
import { createRequire } from 'node:module'
import { SandboxError } from './errors.js'

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
