/**
 * Method calls on their way to the guest (spec/4-execution §6): those that come while it is busy go to it together, in one
 * frame for all that read the same state. The guest runs one after the other and tells many endings at a time. With care it
 * tells each at once, so that it is always known which call is at work: what ends the guest is that one's doing, and
 * those behind it, which have not begun, go into the next frame. So it is where a caller may give up a call, and of a
 * contract that ended a guest: the calls of that frame without an ending begin anew, as nothing is known of them.
 */
import type { Value } from '@vitra/log/values'
import type { RunsResult } from './contract.js'
import type { Ending } from './ending.js'
import { isResourceLimit } from './errors.js'
import { protocolError } from './guest-process.js'
import { answerMethod, type MethodHost } from './method-calls.js'
import type { RunOptions } from './run-options.js'
import { StateSession } from './state-session.js'
import type { IndexView } from './view.js'

/** Most calls of one frame, and most bytes: ops wait for a frame to end. */
const FRAME_CALLS_MAX = 256
const FRAME_BYTES_MAX = 1024 * 1024
/** How long a call that its caller gave up before its turn may be at work while others wait behind it, in milliseconds. */
const ABANDONED_MS = 20

/** A call that is ready to go. */
export interface QueuedCall {
  readonly item: Uint8Array
  readonly caller: MethodHost
  readonly signal?: AbortSignal | undefined
}

interface Waiting extends QueuedCall {
  /** True once its caller has an answer. */
  isOver: boolean
  readonly resolve: (ending: Ending) => void
  readonly reject: (error: unknown) => void
}

type Sessions = WeakMap<IndexView, StateSession>

/** Runs calls in one frame. */
export type RunCalls = (items: readonly Uint8Array[], how: RunOptions) => Promise<RunsResult>

export class CallQueue {
  readonly #run: RunCalls
  readonly #waiting: Waiting[] = []
  #isDue = false
  /** True once a guest ended and nobody could tell which call it was. */
  #isCareful = false
  #frame: Frame | null = null
  /** What the guest has read of each state. */
  readonly #sessions: Sessions = new WeakMap()

  constructor(run: RunCalls) {
    this.#run = run
  }

  /** Runs a call. @throws {SandboxError}, what the host's answers reject with, or the signal's reason */
  add(queued: QueuedCall): Promise<Ending> {
    const { signal } = queued
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const abort = () => {
        call.reject(signal!.reason)
        this.#frame?.abandon(call)
      }
      const settle = (how: () => void) => {
        if (call.isOver) return
        call.isOver = true
        signal?.removeEventListener('abort', abort)
        how()
      }
      const call: Waiting = {
        ...queued,
        isOver: false,
        resolve: (ending) => settle(() => resolve(ending)),
        reject: (error) => settle(() => reject(error)),
      }
      signal?.addEventListener('abort', abort)
      this.#waiting.push(call)
      this.#send()
    })
  }

  /** Sends what waits as soon as everything that is under way at this moment has added its calls. */
  #send(): void {
    if (this.#isDue || this.#frame !== null) return
    this.#isDue = true
    process.nextTick(() => {
      this.#isDue = false
      void this.#sendFrames()
    })
  }

  async #sendFrames(): Promise<void> {
    for (let calls = this.#take(); calls.length > 0; calls = this.#take()) {
      this.#frame = new Frame(calls, this.#isCareful)
      await this.#frame.run(this.#run, this.#sessions)
      this.#isCareful ||= this.#frame.isInDoubt
      this.#waiting.unshift(...this.#frame.left)
    }
    this.#frame = null
  }

  /** The calls of the next frame: all of them read one state. */
  #take(): Waiting[] {
    const calls: Waiting[] = []
    let bytes = 0
    let end = 0
    for (; end < this.#waiting.length && calls.length < FRAME_CALLS_MAX; end++) {
      const call = this.#waiting[end]!
      if (call.isOver) continue
      const { caller, item } = call
      const [first = call] = calls
      bytes += item.length
      if (caller.view !== first.caller.view || caller.isWriter !== first.caller.isWriter) break
      if (calls.length > 0 && bytes > FRAME_BYTES_MAX) break
      calls.push(call)
    }
    this.#waiting.splice(0, end)
    return calls
  }
}

/** Calls that the guest is given together. */
class Frame {
  readonly #calls: readonly Waiting[]
  readonly #isCareful: boolean
  /** How many have their ending; the one behind them is at work, or has ended and is not told of. */
  #ended = 0
  /** True where the one behind them is known to be at work. */
  #isKnown: boolean
  /** True where the guest ended and it is not known which call was at work. */
  isInDoubt = false
  readonly #aborter: AbortController | undefined
  #abandoned: NodeJS.Timeout | undefined
  /** Why the host could not answer the call at work. */
  #refusal: { readonly error: unknown } | null = null

  constructor(calls: readonly Waiting[], isCareful: boolean) {
    this.#calls = calls
    if (calls.some(({ signal }) => signal !== undefined)) this.#aborter = new AbortController()
    this.#isCareful = isCareful || calls.length === 1 || this.#aborter !== undefined
    this.#isKnown = this.#isCareful
  }

  /** The calls that it did not come to. */
  get left(): Waiting[] {
    return this.#calls.slice(this.#ended).filter(({ isOver }) => !isOver)
  }

  /** Runs the calls, up to the first that keeps it from going on. */
  async run(run: RunCalls, sessions: Sessions): Promise<void> {
    const items = this.#calls.map(({ item }) => item)
    const { view, isWriter } = this.#calls[0]!.caller
    try {
      const session = sessions.get(view) ?? new StateSession()
      sessions.set(view, session)
      const { failure } = await run(items, {
        isWriter,
        isCareful: this.#isCareful,
        state: session,
        answer: (nth, question) => this.#answer(nth, question),
        onEndings: (endings) => this.#take(endings),
        signal: this.#aborter?.signal,
      })
      if (failure === undefined) return
      if (this.#isKnown) this.#fail(failure)
      else this.isInDoubt = true
    } catch (error) {
      if (this.#refusal !== null) this.#fail(this.#refusal.error)
      else if (isResourceLimit(error)) this.#fail(error)
      else if (!this.#aborter?.signal.aborted) for (const call of this.left) call.reject(error)
    } finally {
      clearTimeout(this.#abandoned)
    }
  }

  /** The caller of a call does not wait for it any more. */
  abandon(call: Waiting): void {
    const nth = this.#calls.indexOf(call, this.#ended)
    if (nth === this.#ended || (nth !== -1 && this.left.length === 0)) this.#aborter?.abort()
  }

  #take(endings: readonly Ending[]): void {
    for (const ending of endings) {
      if (ending.kind === 'resource') this.#isKnown = true
      else this.#calls[this.#ended++]!.resolve(ending)
    }
    clearTimeout(this.#abandoned)
    if (this.#calls[this.#ended]?.isOver)
      this.#abandoned = setTimeout(() => this.#aborter?.abort(), ABANDONED_MS)
  }

  async #answer(nth: number, question: Value): Promise<Uint8Array> {
    if (nth !== this.#ended) throw protocolError('a question of a call that is not at work')
    this.#isKnown = true
    try {
      const answer = await answerMethod(this.#calls[nth]!.caller, question)
      this.#isKnown = this.#isCareful
      return answer
    } catch (error) {
      this.#refusal ??= { error }
      throw error
    }
  }

  /** Ends the call at work. */
  #fail(error: unknown): void {
    this.#calls[this.#ended++]?.reject(error)
  }
}
