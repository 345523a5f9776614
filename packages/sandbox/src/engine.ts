/** Engines (spec/6-determinism §4): the closed list, and the package that brings the one for this Node. */
import { createRequire } from 'node:module'
import { SandboxError } from './errors.js'

/**
 * Every engine whose results may be recorded: V8 of Node 20, 22, 24 and 26. A record that names another one
 * is fraud.
 */
export const ENGINES: readonly string[] = Object.freeze(['v8-11.3', 'v8-12.4', 'v8-13.6', 'v8-14.6'])

/** Name of an engine: major and minor version of V8. @example engineName('11.3.244.8-node.33') // 'v8-11.3' */
export function engineName(v8: string): string {
  return `v8-${v8.split('.').slice(0, 2).join('.')}`
}

/** From the package for the newest Node to the one for the oldest; npm installs those that fit. */
const PACKAGES = ['@vitra/engine-node24', '@vitra/engine-node22', '@vitra/engine-node20', 'isolated-vm']

/**
 * File that the guest requires to get isolated-vm.
 *
 * @throws {SandboxError} `ENGINE_MISSING`
 */
export function findEngine(): string {
  const { resolve } = createRequire(import.meta.url)
  for (const name of PACKAGES) {
    try {
      return resolve(name)
    } catch {
      // Not installed for this version of Node: the next one may be.
    }
  }
  throw new SandboxError(
    'ENGINE_MISSING',
    'isolated-vm is not installed: run npm install again and read its output; a compile may have failed',
  )
}
