/** Other engines that a command may run contracts under (spec/6-determinism §4): those of other Node programs. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { EngineBinaries, EngineBinary } from 'vitra'
import type { Context } from './context.js'
import { UsageError } from './errors.js'
import type { Io } from './io.js'
import type { OptionDefinition } from './option.js'

/** Options of commands that audit. */
export interface EngineOptions {
  readonly engine?: readonly string[]
}

export const ENGINE_OPTION: OptionDefinition = {
  flags: '--engine <node>',
  says:
    'Node program of another version, to look at differences under the engine that was recorded; repeatable; ' +
    '<node>,<folder> where isolated-vm for it is elsewhere; else VITRA_ENGINES',
  parse: (text, previous) => [...((previous as string[] | undefined) ?? []), text],
}

const ASK_MS = 20_000

/**
 * The engines that the options name, else VITRA_ENGINES: `{"v8-12.4": {"node": "/opt/node-22/bin/node"}}`.
 *
 * @throws {UsageError} for what is no Node program of an engine of the closed list
 */
export async function readEngines({ engine }: EngineOptions, io: Io): Promise<EngineBinaries> {
  const { ENGINES, engineName } = await import('vitra')
  if (engine === undefined) return readVariable(io.env.VITRA_ENGINES ?? '{}', ENGINES)
  const binaries: Record<string, EngineBinary> = {}
  for (const text of engine) {
    const [node = '', isolatedVm] = text.split(',')
    const name = engineName(await askV8(node))
    if (!ENGINES.includes(name)) {
      throw new UsageError(
        'USAGE',
        `--engine: ${node} has ${name}`,
        `contracts run under ${ENGINES.join(', ')}`,
      )
    }
    binaries[name] = { node, ...(isolatedVm === undefined ? {} : { isolatedVm }) }
  }
  return binaries
}

/**
 * The engines to open a database with: none where the process that runs the command has it open already, with its own.
 *
 * @throws {UsageError} as {@link readEngines}
 */
export async function enginesToOpen(
  options: EngineOptions,
  { isServed, io }: Pick<Context, 'isServed' | 'io'>,
): Promise<EngineBinaries> {
  return isServed && options.engine === undefined ? {} : readEngines(options, io)
}

function readVariable(text: string, names: readonly string[]): EngineBinaries {
  try {
    const engines = JSON.parse(text)
    const isWhole = Object.entries(engines).every(([name, binary]) => {
      return names.includes(name) && typeof (binary as EngineBinary).node === 'string'
    })
    if (isWhole && !Array.isArray(engines)) return engines
  } catch {
    // told below
  }
  throw new UsageError(
    'USAGE',
    'VITRA_ENGINES names no engines',
    `write it as {"${names[0]}": {"node": "/opt/node/bin/node"}}, with names out of ${names.join(', ')}`,
  )
}

async function askV8(node: string): Promise<string> {
  const options = { env: {}, timeout: ASK_MS, windowsHide: true }
  try {
    const { stdout } = await promisify(execFile)(node, ['-p', 'process.versions.v8'], options)
    if (/^\d+\.\d+/.test(stdout)) return stdout.trim()
  } catch {
    // told below
  }
  throw new UsageError(
    'USAGE',
    `--engine: ${JSON.stringify(node)} is no Node program that runs`,
    'name the file, such as /opt/node-22/bin/node',
  )
}
