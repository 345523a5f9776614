/** Options that several commands take, and how their texts are read. */
import { UsageError } from './errors.js'
import type { OptionDefinition } from './option.js'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly dir?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
}

/** Every command takes these. */
export const GLOBAL_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '--dir <folder>',
    says: 'the folder of the database; else VITRA_DIR, else the nearest .vitra upwards, else that of `vitra use`',
    parse: readFolder,
  },
  { flags: '--json', says: 'print JSON: one document, or one object a line for what goes on' },
  { flags: '--quiet', says: 'print results only, no notes' },
  { flags: '--debug', says: 'print stack traces of errors (or set VITRA_DEBUG)' },
]

/** An empty text, such as a variable of the shell that is not set, would mean the working folder. */
function readFolder(text: string): string {
  if (text !== '') return text
  throw new UsageError('USAGE', '--dir names no folder', 'write it as --dir ./db')
}

/** Options of commands that look for peers. */
export interface NetworkOptions {
  readonly bootstrap?: readonly string[]
  readonly offline?: boolean
  readonly timeout?: number
}

const BOOTSTRAP: OptionDefinition = {
  flags: '--bootstrap <host:port>',
  says: 'DHT node of a network of your own, repeatable; else VITRA_BOOTSTRAP, else the public network',
  parse: (text, previous) => [...((previous as string[] | undefined) ?? []), readNode(text, '--bootstrap')],
}
const OFFLINE: OptionDefinition = { flags: '--offline', says: 'use no network: only what is here' }

/** For commands that look for peers and give up after a while. @param says what the time is for */
export function networkOptions(says: string): readonly OptionDefinition[] {
  return [BOOTSTRAP, OFFLINE, { flags: '--timeout <seconds>', says, parse: readSeconds }]
}

/** For commands that stay until they are stopped. */
export const LIVE_NETWORK_OPTIONS: readonly OptionDefinition[] = [BOOTSTRAP, OFFLINE]

/** @param where what the text was given with @throws {UsageError} where it is not host:port */
export function readNode(text: string, where: '--bootstrap' | 'VITRA_BOOTSTRAP'): string {
  const port = Number(/^[^\s:]+:(\d{1,5})$/.exec(text)?.[1])
  if (port >= 1 && port <= 65_535) return text
  throw new UsageError(
    'USAGE',
    `${where} ${JSON.stringify(text)} is not host:port`,
    where === '--bootstrap'
      ? 'write it as --bootstrap 127.0.0.1:38737'
      : 'set VITRA_BOOTSTRAP to host:port, several with commas and no spaces',
  )
}

/** For commands that write. */
export interface DurabilityOptions {
  readonly durability?: 'batch' | 'none'
}

export const DURABILITY_OPTION: OptionDefinition = {
  flags: '--durability <when>',
  says: 'batch: done once it is on disk (default); none: a power cut may lose it and have this copy sign two histories',
  parse: readDurability,
}

/** Without the other options of a command, and without what was not given. */
export function chosenDurability({ durability }: DurabilityOptions): DurabilityOptions {
  return durability === undefined ? {} : { durability }
}

function readDurability(text: string): 'batch' | 'none' {
  if (text === 'batch' || text === 'none') return text
  throw new UsageError('USAGE', `--durability ${JSON.stringify(text)} is not known`, 'it is batch or none')
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds > 0 && seconds <= SECONDS_MAX) return seconds
  throw new UsageError(
    'USAGE',
    `--timeout ${text} is not a time`,
    `give seconds, above 0 and up to ${SECONDS_MAX}`,
  )
}

/** What a timer can hold: 2^31 ms. */
const SECONDS_MAX = 2_000_000

/** Reads a whole number that is not negative. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw new UsageError('USAGE', `${option} ${text} is not a whole number`, `write it as ${option} 20`)
  }
}

/** Reads a whole number above 0. */
export function positiveNumber(option: string): (text: string) => number {
  const read = wholeNumber(option)
  return (text) => {
    const number = read(text)
    if (number > 0) return number
    throw new UsageError('USAGE', `${option} 0 lets nothing through`, 'leave it out for no limit')
  }
}

/** For commands that read this copy and fetch the newest state when asked to. */
export interface ReadOptions extends NetworkOptions {
  readonly sync?: boolean
}

/** How long `--sync` may take by default, in seconds. */
export const SYNC_SECONDS = 15

/** For commands that read the state as it was. */
export interface AtOptions {
  readonly at?: number
}

export const AT_OPTION: OptionDefinition = {
  flags: '--at <version>',
  says: 'as it was at this version, not as it is now',
  parse: wholeNumber('--at'),
}

export const READ_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--sync', says: 'fetch the newest state from a peer first' },
  BOOTSTRAP,
  {
    flags: '--timeout <seconds>',
    says: `how long --sync may take (default ${SYNC_SECONDS})`,
    parse: readSeconds,
  },
]
