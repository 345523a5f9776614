/**
 * Has a participant acknowledge the results of its calls (spec/3-oplog §3): an echo of the index head that it saw, in
 * its own oplog, ahead of its next ops, or alone once none has come for a second. One echo stands for all results seen
 * since the last one, and none is written for an echo. A participant that was shown another history than everybody
 * else has thereby said so in public.
 */
import {
  checkHead,
  encodeEcho,
  endOfRun,
  type FoundRun,
  type IndexLog,
  type Log,
  readEcho,
  type SignedHead,
  sodiumCrypto,
} from '@vitra/log'
import type { Ahead, OpWriter } from './op-writer.js'

/** How long a result waits for an op that its acknowledgement can go along with, in ms. */
const ALONE_MS = 1000
/** Newest blocks of the oplog that are searched for its last echo. What is not found is written once more. */
const SEARCHED_BLOCKS_MAX = 256

/** Whose calls are acknowledged. */
export interface Acknowledging {
  readonly log: Log
  /** Opens what writes the log; null where its secret key is not here. */
  readonly openWriter: () => Promise<OpWriter | null>
}

export interface AcknowledgerOptions {
  readonly index: IndexLog
  /** True where results are acknowledged at all. */
  readonly isWanted: () => Promise<boolean>
  /** The participant that calls from here; null where it is not admitted. */
  readonly participant: () => Promise<Acknowledging | null>
}

/** How far the oplog of the participant was looked at. */
interface Seen {
  readonly log: Log
  /** The first block whose outcome was not looked at. */
  nextSeq: number
  /** Runs with results of ops: those seen, and those that an echo on disk covers. */
  results: number
  covered: number
}

export class Acknowledger {
  readonly #options: AcknowledgerOptions
  #seen: Seen | null = null
  #writer: OpWriter | null = null
  #timer: NodeJS.Timeout | undefined
  #isLooking = false
  #isAsked = false
  #isClosed = false

  constructor(options: AcknowledgerOptions) {
    this.#options = options
  }

  /** The index has grown: looks for results, soon. What cannot be read now is looked for when it has grown again. */
  look(): void {
    this.#isAsked = true
    if (this.#isLooking || this.#isClosed) return
    this.#isLooking = true
    void this.#lookWhileAsked()
      .catch(forget)
      .finally(() => {
        this.#isLooking = false
      })
  }

  /** Ops of the participant go through this writer from now on: what is due goes along with them. */
  attach(writer: OpWriter, log: Log): void {
    if (this.#writer === writer || this.#isClosed) return
    this.#detach()
    this.#writer = writer
    writer.ahead = () => this.#ahead(log).catch(forget)
  }

  /** Another participant calls from here, or none. */
  reset(): void {
    this.#detach()
    this.#seen = null
  }

  /** Writes what is due where that is one append to the disk and waits for nobody; nothing is written afterwards. */
  async close(): Promise<void> {
    const writer = this.#writer
    clearTimeout(this.#timer)
    if (this.#isDue && writer?.hasAppended) await writer.appendAhead().catch(forget)
    this.#isClosed = true
    this.#detach()
  }

  get #isDue(): boolean {
    return this.#seen !== null && this.#seen.results > this.#seen.covered
  }

  #detach(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#writer !== null) this.#writer.ahead = null
    this.#writer = null
  }

  async #lookWhileAsked(): Promise<void> {
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false
      if (!(await this.#options.isWanted())) continue
      const participant = await this.#options.participant()
      if (participant === null || this.#isClosed) continue
      await this.#lookAt(participant.log)
      if (this.#isDue && this.#timer === undefined) this.#wait(participant)
    }
  }

  async #lookAt(log: Log): Promise<void> {
    const { index } = this.#options
    if (this.#seen?.log !== log) {
      const last = await index.lastRun(log.key)
      const results = (await isLeftDue(index, log, last)) ? 1 : 0
      this.#seen = { log, nextSeq: last === null ? 0 : endOfRun(last), results, covered: 0 }
    }
    const seen = this.#seen
    while (seen.nextSeq < log.length) {
      const found = await index.runOf(log.key, seen.nextSeq)
      if (found === null) return
      if (hasResults(found)) seen.results++
      seen.nextSeq = endOfRun(found)
    }
  }

  #wait(participant: Acknowledging): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#writeAlone(participant).catch(forget)
    }, ALONE_MS)
    this.#timer.unref()
  }

  async #writeAlone({ log, openWriter }: Acknowledging): Promise<void> {
    if (!this.#isDue || this.#isClosed) return
    const writer = await openWriter()
    if (writer === null) return
    this.attach(writer, log)
    if (!this.#isClosed) await writer.appendAhead()
  }

  /** The echo that is due. */
  async #ahead(log: Log): Promise<Ahead | null> {
    const { index, isWanted } = this.#options
    if (!(await isWanted())) return null
    // The caller may have seen a result a moment ago. No op waits for blocks of the index that are not here.
    if (index.log.isComplete) await this.#lookAt(log)
    const seen = this.#seen
    if (seen?.log !== log || !this.#isDue) return null
    const head = await headSeen(index)
    if (head === null) return null
    const { results } = seen
    const written = () => {
      seen.covered = results
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
    return { block: encodeEcho(head.length, head.treeHash), written }
  }
}

/** The newest head, as its executor has signed it; null where there is none. */
async function headSeen({ log }: IndexLog): Promise<SignedHead | null> {
  const head = await log.head()
  return head !== null && checkHead(sodiumCrypto, log.identity, head) ? head : null
}

/** True where an earlier process has seen results, or could have, that no echo in the oplog covers. */
async function isLeftDue(index: IndexLog, log: Log, last: FoundRun | null): Promise<boolean> {
  const blocks = await log.stored(Math.max(0, log.length - SEARCHED_BLOCKS_MAX), log.length)
  const echoes = blocks.map((block) => (block === null ? null : readEcho(block)))
  const covered = echoes.findLast((echo) => echo !== null)?.length ?? 0
  for (let run = last; run !== null && run.seq >= covered; run = await runBefore(index, run))
    if (hasResults(run)) return true
  return false
}

function runBefore(index: IndexLog, { place }: FoundRun): Promise<FoundRun | null> {
  return place.firstSeq === 0 ? Promise.resolve(null) : index.runOf(place.oplog, place.firstSeq - 1)
}

function hasResults({ run }: FoundRun): boolean {
  return run.outcomes.some(({ kind }) => kind !== 'echo')
}

/** An acknowledgement that cannot be written now is due as before; ops go on without it. */
function forget(): null {
  return null
}
