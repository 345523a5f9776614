/** What the last word of a command line may become. */
import type { Database } from 'vitra'
import type { CommandOutline, Completes } from './command-outline.js'
import type { Context } from './context.js'
import { readFlags } from './option.js'
import { GLOBAL_OPTIONS } from './options.js'

/** What completion needs: the commands, and the database of which methods and paths are. */
export type Completing = Pick<Context, 'commands' | 'database'>

/** @param words of the command line after the program's name, the last one unfinished */
export async function completions(words: readonly string[], of: Completing): Promise<string[]> {
  const last = words.at(-1) ?? ''
  const { command, args, awaitsValue } = read(words.slice(0, -1), of.commands)
  if (awaitsValue) return []
  const candidates = last.startsWith('-')
    ? [...optionsOf(command).map(({ name }) => name), ...(await parametersOf(command, args[0], of))]
    : command === undefined
      ? of.commands.map(({ name }) => name)
      : await argumentsOf(completesAt(command, args.length), last, of)
  return candidates.filter((candidate) => candidate.startsWith(last) && PLAIN.test(candidate)).sort()
}

/** Names come from strangers: what a shell would read as more than a word is not offered. */
const PLAIN = /^[\w./:@%+,-]+$/

interface Read {
  readonly command: CommandOutline | undefined
  /** What the command has been given besides options. */
  readonly args: readonly string[]
  /** True after an option whose value is to come. */
  readonly awaitsValue: boolean
}

function read(words: readonly string[], commands: readonly CommandOutline[]): Read {
  let command: CommandOutline | undefined
  const args: string[] = []
  let awaitsValue = false
  for (const word of words) {
    if (awaitsValue) awaitsValue = false
    else if (word.startsWith('-'))
      awaitsValue = optionsOf(command).some(({ name, takesValue }) => takesValue && name === word)
    else if (command !== undefined) args.push(word)
    else command = commands.find(({ name }) => name === word)
  }
  return { command, args, awaitsValue }
}

function optionsOf(command: CommandOutline | undefined) {
  return [...(command?.options ?? []), ...GLOBAL_OPTIONS, { flags: '--help' }].map(readFlags)
}

/** The parameters of the method that a command line calls, as options. */
async function parametersOf(
  command: CommandOutline | undefined,
  method: string | undefined,
  of: Completing,
): Promise<readonly string[]> {
  if (command === undefined || method === undefined || completesAt(command, 0) !== 'methods') return []
  try {
    const found = (await (await of.database()).methods()).find(({ name }) => name === method)
    return found?.parameters.map(({ name }) => `--${name}`) ?? []
  } catch {
    return [] // as below
  }
}

/** What the next argument of a command is completed with. */
function completesAt({ args = '', completes = {} }: CommandOutline, given: number): Completes | undefined {
  const name = args.split(' ')[given]?.replace(/[<>[\].]/g, '')
  return name === undefined ? undefined : completes[name]
}

async function argumentsOf(
  completes: Completes | undefined,
  last: string,
  of: Completing,
): Promise<readonly string[]> {
  if (completes === undefined) return []
  if (typeof completes !== 'string') return completes
  try {
    const db = await of.database()
    if (completes === 'methods')
      return ((await db.script())?.functions ?? (await db.methods())).map(({ name }) => name)
    if (completes === 'files') return await filesFrom(last, db)
    const parent = last.slice(0, last.lastIndexOf('/') + 1) || '/'
    const entries = await db.index.list(parent === '/' ? parent : parent.slice(0, -1), { limit: ENTRIES_MAX })
    return entries.flatMap(({ name, container, value }) => [
      ...(value === undefined ? [] : [parent + name]),
      ...(container ? [`${parent}${name}/`] : []),
    ])
  } catch {
    return [] // no database, or one that cannot be read now: nothing is offered
  }
}

/** Files and folders of a script, in the folder whose name has been typed. */
async function filesFrom(last: string, db: Database): Promise<readonly string[]> {
  const parent = last.slice(0, last.lastIndexOf('/') + 1) || (last === '' ? '/' : '')
  const items = await db.files.readdir(parent || '/', { withFileTypes: true })
  return items.slice(0, ENTRIES_MAX).map((item) => `${parent}${item.name}${item.isDirectory() ? '/' : ''}`)
}

/** More than anybody reads. */
const ENTRIES_MAX = 200
