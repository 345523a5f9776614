/** Peers, as commands use them: look for some for a while, and go on with what is here where there are none. */
import type { Database, FullSyncProgress, Swarm } from 'vitra'
import type { Context } from './context.js'
import { CliError } from './errors.js'
import { type NetworkOptions, type ReadOptions, readNode, SYNC_SECONDS } from './options.js'
import { count } from './output/text.js'

/** How long to look for a first peer where no `--timeout` says otherwise, in ms. */
export const CONNECT_MS = 8000

/** Time limits of one command line, all counted from its start. */
export class Deadline {
  /** False where it is a default. */
  readonly isGiven: boolean
  readonly #end: number

  constructor(options: NetworkOptions, defaultSeconds: number) {
    this.isGiven = options.timeout !== undefined
    this.#end = performance.now() + (options.timeout ?? defaultSeconds) * 1000
  }

  /** Time left in whole ms; at least 1, at most `max`. */
  left(max = Number.POSITIVE_INFINITY): number {
    return Math.min(Math.max(1, Math.ceil(this.#end - performance.now())), max)
  }
}

/** Shares the database on the network. @throws {UsageError} for a `VITRA_BOOTSTRAP` that names no nodes */
export function goOnline(context: Context, db: Database, options: NetworkOptions): Swarm {
  const bootstrap = bootstrapNodes(context, options)
  return db.swarm(bootstrap === undefined ? {} : { bootstrap })
}

/** DHT nodes as options or environment name them. @throws {UsageError} for a `VITRA_BOOTSTRAP` that names no nodes */
export function bootstrapNodes({ io }: Context, options: NetworkOptions): readonly string[] | undefined {
  const { VITRA_BOOTSTRAP: named } = io.env
  const fromEnvironment = named
    ? named.split(',').map((node) => readNode(node, 'VITRA_BOOTSTRAP'))
    : undefined
  return options.bootstrap ?? fromEnvironment
}

/** Goes online and waits for a first peer. False where none came. */
export async function findPeer(
  context: Context,
  db: Database,
  options: NetworkOptions,
  timeout: number,
): Promise<boolean> {
  if (options.offline) return false
  goOnline(context, db, options)
  return isInTime('CONNECT_TIMEOUT', db.whenConnected({ timeout, signal: context.signal }))
}

/** The error of a command that cannot do without peers. @param hint what to do where the network itself is there */
export function noPeer(context: Context, db: Database, options: NetworkOptions, hint: string): CliError {
  const key = db.pubkey.toString('hex')
  const details = { key }
  if (goOnline(context, db, options).isReached)
    return new CliError('NO_PEER', `no peer that has ${key} was found in time`, { hint, details })
  return new CliError('NO_PEER', 'no node of the network answers: no peer can be found', {
    hint: 'see that this machine is online, and what --bootstrap and VITRA_BOOTSTRAP name; --offline works with what is here',
    details,
  })
}

/** Why nobody was found, for a warning. */
export function unreachedText(context: Context, db: Database, options: NetworkOptions): string {
  const { isReached } = goOnline(context, db, options)
  return isReached ? 'no peer was reached' : 'no node of the network answers, so no peer was reached'
}

/**
 * Brings this copy up to date with a peer, as far as the time allows, and warns where it does not.
 *
 * @returns false where no peer was reached
 */
export async function fetchLatest(
  context: Context,
  db: Database,
  options: NetworkOptions,
  deadline: Deadline,
): Promise<boolean> {
  if (options.offline || db.executor !== null) return false
  if (!(await findPeer(context, db, options, deadline.left(CONNECT_MS)))) {
    context.out.warn(`${unreachedText(context, db, options)}: this goes by the copy that is here`)
    return false
  }
  const isLatest = db.syncLatest({ timeout: deadline.left(), signal: context.signal })
  if (!(await isInTime('SYNC_TIMEOUT', isLatest))) {
    context.out.warn('the newest state did not arrive in time: this goes by the copy that is here')
  }
  return true
}

/** The database; with `--sync` it is brought up to date first. */
export async function databaseToRead(context: Context, options: ReadOptions): Promise<Database> {
  const db = await context.database()
  if (options.sync) await fetchLatest(context, db, options, new Deadline(options, SYNC_SECONDS))
  return db
}

/** Fetches every block that this copy lacks, with a line that says how far it is. Begun again, it goes on. */
export async function fetchHistory(
  { out, signal }: Context,
  db: Database,
  options: { readonly timeout?: number } = {},
): Promise<void> {
  try {
    await db.syncFullHistory({ signal, ...options, onProgress: out.follow(fetchedText) })
  } finally {
    out.progressEnd()
  }
}

function fetchedText({ blocks, knownBlocks, logs }: FullSyncProgress): string {
  const percent = Math.floor((100 * blocks) / Math.max(knownBlocks, 1))
  return `fetched ${percent} %: ${blocks} of ${count(knownBlocks, 'block')} of ${count(logs.length, 'log')}`
}

async function isInTime(code: string, work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === code) return false
    throw error
  }
}
