/** Prints the logs of a database as a story, a line for each call, result and acknowledgement. */
import type { Database, StoryLine } from 'vitra'
import type { Context } from './context.js'
import { UsageError } from './errors.js'
import { showArguments, showJs } from './output/notation.js'
import { short, tameLine } from './output/text.js'

/** The executor's name in a story. */
const HOST = 'host'
/** Hex digits of a participant's key that make its name, more where two begin alike. */
const NAME_DIGITS = 8

export interface StoryRequest {
  /** As it was typed: `host`, `me`, or the beginning of a participant's public key. */
  readonly log?: string | undefined
  readonly limit: number
  /** From the first line on; else the newest lines. */
  readonly oldestFirst: boolean
}

/** Prints it. Gives whether there is more than was asked for, and whether there was anything. */
export async function tellStory(
  context: Context,
  db: Database,
  { log, limit, oldestFirst }: StoryRequest,
): Promise<{ readonly isMore: boolean; readonly isEmpty: boolean }> {
  const { isScriptSource } = await import('vitra')
  const names = namesOf(db.oplogs.map(({ publicKey }) => publicKey.toString('hex')))
  const isScript = isScriptSource(await db.source())
  const print = await printer(context, names, isScript)
  const which = log === undefined ? {} : { log: findLog(db, names, log) }
  const isWhole = limit === Number.POSITIVE_INFINITY
  let told = 0
  const newest: StoryLine[] = []
  for await (const line of db.story({ ...which, reverse: !oldestFirst && !isWhole })) {
    context.signal.throwIfAborted()
    if (told === limit) {
      for (const kept of newest.reverse()) print(kept)
      return { isMore: true, isEmpty: false }
    }
    told++
    if (oldestFirst || isWhole) print(line)
    else newest.push(line)
  }
  for (const kept of newest.reverse()) print(kept)
  return { isMore: false, isEmpty: told === 0 }
}

/** Prints one line after the other, as they come. */
async function printer(
  { out }: Context,
  names: ReadonlyMap<string, string>,
  isScript: boolean,
): Promise<(line: StoryLine) => void> {
  const { failureText, toJsonValue } = await import('vitra')
  const toText = (line: StoryLine) => lineText(line, { names, isScript, failureText })
  return (line) => {
    const { kind, ...said } = line
    const name = kind === 'result' ? HOST : nameOf(names, line.participant)
    const plain = 'op' in said ? { ...said, op: toJsonValue(said.op ?? undefined) ?? null } : said
    const value = 'value' in said ? { value: toJsonValue(said.value) } : {}
    out.event({ event: kind, name, ...plain, ...value }, short(toText(line), out.width))
  }
}

interface Wording {
  readonly names: ReadonlyMap<string, string>
  readonly isScript: boolean
  readonly failureText: typeof import('vitra').failureText
}

function lineText(line: StoryLine, { names, isScript, failureText }: Wording): string {
  const name = nameOf(names, line.participant)
  if (line.kind === 'result') {
    const { position, call, op, outcome } = line
    const said =
      outcome.kind !== 'ok'
        ? ` error: ${tameLine(failureText(outcome))}`
        : line.value === undefined
          ? ''
          : ` result: ${showJs(line.value)}`
    return `${HOST}+${position} ${callText(op, isScript)} (ACK ${name}+${call})${said}`
  }
  const start = `${name}+${line.position}`
  if (line.kind === 'other') return `${start} (no op)`
  if (line.kind === 'call')
    return `${start} ${callText(line.op, isScript)}${line.executed === false ? ' (waiting)' : ''}`
  const { results, agrees, length } = line
  if (agrees === false) return `${start} ACK another history of ${length} blocks than the one here`
  return `${start} ACK ${results === null ? `${length} blocks of the index` : `${HOST}+${results}`}`
}

function callText(op: unknown, isScript: boolean): string {
  if (op === null) return '(an op that is not here)'
  if (typeof op !== 'object' || Array.isArray(op) || op instanceof Uint8Array) return showJs(op)
  const { call, args, op: word } = op as Readonly<Record<string, unknown>>
  if (isScript && typeof call === 'string' && Array.isArray(args))
    return `${tameLine(call)}(${showArguments(args)})`
  if (typeof word !== 'string') return showJs(op)
  const more = Object.fromEntries(Object.entries(op).filter(([name]) => name !== 'op'))
  return Object.keys(more).length === 0 ? tameLine(word) : `${tameLine(word)} ${showJs(more)}`
}

/** A name for each participant: the first digits of its public key, as few as tell it from the others. */
function namesOf(participants: readonly string[]): Map<string, string> {
  return new Map(
    participants.map((key) => {
      let digits = NAME_DIGITS
      while (participants.some((other) => other !== key && other.startsWith(key.slice(0, digits)))) digits++
      return [key, key.slice(0, digits)]
    }),
  )
}

function nameOf(names: ReadonlyMap<string, string>, participant: string): string {
  return names.get(participant) ?? participant.slice(0, NAME_DIGITS)
}

/** @throws {UsageError} where nobody, or more than one, is meant */
function findLog(db: Database, names: ReadonlyMap<string, string>, typed: string): string {
  if (typed === HOST) return HOST
  const own = db.localOplog?.publicKey.toString('hex')
  if (typed === 'me' && own !== undefined) return own
  const meant = [...names.keys()].filter((key) => key.startsWith(typed.toLowerCase()))
  if (meant.length === 1 && typed !== '') return meant[0]!
  const who = meant.length === 0 ? 'nobody takes part' : 'more than one participant is there'
  throw new UsageError(
    'PARAMETER_INVALID',
    `--log ${typed}: ${who} whose public key begins like this`,
    'name `host`, `me`, or a key as `vitra oplog list` prints it',
  )
}
