/**
 * The program behind an engine (spec/6-determinism §4): the Node that runs the host, or another one that its options
 * name, each with the build of isolated-vm that fits it.
 */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { engineMissing, findEngine } from './engine.js'
import { engineName } from './engine-table.js'
import { SandboxError } from './errors.js'

/** Another Node, for an engine that the host itself is not. */
export interface EngineBinary {
  /** File of the Node program. @example '/opt/node-22/bin/node' */
  readonly node: string
  /**
   * Folder or file of isolated-vm, built for that Node. Without it the package of that Node line is taken
   * (`@vitra/engine-node22`), where it is installed.
   */
  readonly isolatedVm?: string
}

/** What a guest is started with. */
export interface EngineProgram {
  readonly node: string
  /** Version of that Node. @example '22.13.1' */
  readonly version: string
  /** File that the guest requires to get isolated-vm. */
  readonly engineFile: string
}

/** Names of engines and the programs that bring them. */
export type EngineBinaries = Readonly<Record<string, EngineBinary>>

const HOST_ENGINE = engineName(process.versions.v8)
const VERSION_MS = 20_000
const versions = new Map<string, Promise<[node: string, v8: string]>>()

/**
 * The program for an engine.
 *
 * @param engine one of `ENGINES`; without it the host's own
 * @throws {SandboxError} `ENGINE_MISSING`
 */
export async function engineProgram(
  engine = HOST_ENGINE,
  binaries: EngineBinaries = {},
): Promise<EngineProgram> {
  const binary = Object.hasOwn(binaries, engine) ? binaries[engine] : undefined
  if (binary === undefined && engine === HOST_ENGINE) {
    return { node: process.execPath, version: process.versions.node, engineFile: findEngine() }
  }
  if (binary === undefined) {
    const here = [HOST_ENGINE, ...Object.keys(binaries)].join(', ')
    throw missing(
      engine,
      `is not installed here; there is ${here}. Name a Node that has it in sandbox.engines`,
    )
  }
  const node = path.resolve(binary.node)
  const [version, v8] = await versionsOf(node).catch((error) => {
    throw missing(engine, `cannot be had from ${node}, which does not run`, error)
  })
  if (engineName(v8) !== engine) throw missing(engine, `is not what ${node} has, which is ${engineName(v8)}`)
  return { node, version, engineFile: engineFile(engine, version, binary) }
}

function engineFile(engine: string, version: string, { isolatedVm }: EngineBinary): string {
  if (isolatedVm === undefined) return findEngine(version)
  try {
    return createRequire(import.meta.url).resolve(path.resolve(isolatedVm))
  } catch (error) {
    throw missing(engine, `has no isolated-vm at ${isolatedVm}`, error)
  }
}

/** Asked once for each program. */
function versionsOf(node: string): Promise<[node: string, v8: string]> {
  const known = versions.get(node) ?? askVersions(node)
  versions.set(node, known)
  known.catch(() => versions.delete(node))
  return known
}

async function askVersions(node: string): Promise<[node: string, v8: string]> {
  const options = { cwd: '/', env: {}, timeout: VERSION_MS, windowsHide: true }
  const { stdout } = await promisify(execFile)(
    node,
    ['-p', 'JSON.stringify([process.versions.node, process.versions.v8])'],
    options,
  )
  return JSON.parse(stdout)
}

function missing(engine: string, what: string, cause?: unknown): SandboxError {
  return new SandboxError('ENGINE_MISSING', `the engine ${engine} ${what}`, { details: { engine }, cause })
}

/** What a guest says that cannot load its isolated-vm. */
export function doesNotLoad({ version, engineFile: file }: EngineProgram, cause: unknown): SandboxError {
  return engineMissing(`is there (${file}) but does not load`, cause, version)
}
