/**
 * One guest process as the host sees it (spec/4-execution §5, §6): one request at a time, a watchdog over it, and an
 * end that is always noticed. Whatever goes wrong, the guest is killed and a {@link SandboxError} says why.
 */
import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Value } from '@vitra/log/values'
import { Channel } from './channel.js'
import { OP_TOTAL_MS } from './constants.js'
import { SandboxError } from './errors.js'
import { unpack } from './pack.js'
import { FRAME, type FrameKind } from './wire.js'

/** Answers what the contract asks; a rejection ends the request and the guest. */
type CallHandler = (question: Value) => Promise<Uint8Array>
type LogHandler = (entry: Value) => void

export interface Request {
  readonly kind: FrameKind
  readonly payload: Uint8Array
  /** Kind of the frame that ends the request. */
  readonly answer: FrameKind
  /** Longest that the guest may be busy without a part, in milliseconds; the time of the host's answers does not count. */
  readonly timeoutMs: number
  /** Longest without a part, answers included, in milliseconds. */
  readonly totalMs?: number
  readonly onCall?: CallHandler
  /**
   * Takes results as they come, a {@link FRAME.part} each, and the answer's payload; without it a part is a breach of
   * protocol. What it throws ends the guest.
   */
  readonly onPart?: (payload: Uint8Array) => void
  readonly onLog?: LogHandler
}

/** A run of a loaded contract. The sandbox finds the guest; what is said to it is the caller's. */
export interface GuestRun extends Pick<Request, 'kind' | 'answer' | 'onCall' | 'onPart'> {
  /** The frame's payload. @param id the contract's number in the guest */
  readonly payload: (id: number) => Uint8Array
  /** In milliseconds; `opMs` without it. */
  readonly timeoutMs?: number
  /** Aborting ends the run, and the guest with it; the run rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Done before what waits and is not, one such piece at a time: the calls of one caller must not hold up the ops of all. */
  readonly isFirst?: boolean
  /** When it told endings last, by `performance.now()`; 0 before. */
  readonly toldAt?: () => number
}

/** Most console lines of one request; the realm stops earlier by itself. */
const LOGS_MAX = 1000

interface Pending {
  readonly request: Request
  readonly resolve: (payload: Uint8Array) => void
  readonly reject: (error: unknown) => void
  timer: NodeJS.Timeout | undefined
  /** When the whole has taken too long. */
  endsAt: number
  isServing: boolean
  logs: number
}

export class GuestProcess {
  readonly #child: ChildProcess
  readonly #channel: Channel
  readonly #exited: Promise<void>
  #pending: Pending | null = null
  #end: SandboxError | null = null

  constructor(child: ChildProcess) {
    this.#child = child
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        // All that it said has been read: the system tells of its end last.
        this.#fail(exitError(code, signal))
        resolve()
      })
      child.once('error', (cause) => {
        this.#fail(new SandboxError('GUEST_CRASHED', 'the guest process cannot be started', { cause }))
        resolve()
      })
    })
    this.#channel = new Channel(child.stdio[3] as Duplex, {
      onFrame: (kind, payload) => this.#receive(kind, payload),
      onGarbage: () => this.#fail(protocolError('a frame that is too long')),
    })
    this.#hold(false)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Resolves when the process is gone. */
  get exited(): Promise<void> {
    return this.#exited
  }

  /** Why nothing can be asked of it, or null. */
  get failure(): SandboxError | null {
    return this.#end
  }

  /** True once nothing can be asked of it. */
  get isDead(): boolean {
    return this.#end !== null
  }

  /**
   * Sends a request and waits for its answer. One at a time.
   *
   * @throws {SandboxError} `GUEST_TIMEOUT`, `GUEST_MEMORY`, `GUEST_CRASHED`, `GUEST_PROTOCOL`
   * @throws whatever `onCall` rejects with
   */
  request(request: Request): Promise<Uint8Array> {
    if (this.#end !== null) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#pending = {
        request,
        resolve,
        reject,
        timer: undefined,
        endsAt: endOf(request),
        isServing: false,
        logs: 0,
      }
      this.#hold(true)
      this.#watch(this.#pending, request.timeoutMs)
      this.#channel.send(request.kind, request.payload)
    })
  }

  /** Sends what needs no answer. */
  send(kind: FrameKind, payload: Uint8Array): void {
    this.#channel.send(kind, payload)
  }

  /** Ends the guest; the request in progress rejects with `reason`. */
  kill(reason: unknown): void {
    this.#fail(reason)
  }

  /** Ends the guest and waits until it is gone. */
  async close(): Promise<void> {
    this.#fail(new SandboxError('SANDBOX_CLOSED', 'the sandbox was closed'))
    this.#child.ref() // whoever awaits this wants the process to live until the guest is gone
    await this.#exited
  }

  #receive(kind: number, payload: Uint8Array): void {
    const pending = this.#pending
    if (pending === null) {
      this.#fail(protocolError('a frame that nobody asked for'))
      return
    }
    try {
      if (pending.isServing) this.#fail(protocolError('a frame while it waits for a reply'))
      else if (kind === FRAME.log && pending.logs++ < LOGS_MAX) pending.request.onLog?.(unpack(payload))
      else if (kind === FRAME.call) void this.#serve(pending, unpack(payload))
      else if (kind === FRAME.part) this.#takePart(pending, payload)
      else if (kind === FRAME.fatal) this.#fail(fatalError(unpack(payload)))
      else if (kind === pending.request.answer) {
        pending.request.onPart?.(payload)
        this.#settle(pending, payload)
      } else this.#fail(protocolError(`a frame of kind ${kind}`))
    } catch (error) {
      this.#fail(error instanceof SandboxError ? error : protocolError('a frame that does not decode', error))
    }
  }

  #takePart(pending: Pending, payload: Uint8Array): void {
    const { onPart, timeoutMs } = pending.request
    if (onPart === undefined) throw protocolError('a part where none is allowed')
    // It would have the watch begin anew for nothing.
    if (payload.length === 0) throw protocolError('a part that tells nothing')
    onPart(payload)
    pending.logs = 0
    pending.endsAt = endOf(pending.request)
    this.#watch(pending, timeoutMs)
  }

  async #serve(pending: Pending, asked: Value): Promise<void> {
    pending.isServing = true
    this.#watch(pending, Number.POSITIVE_INFINITY)
    try {
      const { onCall, timeoutMs } = pending.request
      if (onCall === undefined) throw protocolError('a question where none is allowed')
      const [busyMs, ...question] = Array.isArray(asked) ? asked : []
      if (typeof busyMs !== 'number' || busyMs < 0) throw protocolError('a question without its time')
      // Only the guest knows how long it was busy: what it sent may have waited here for its turn.
      const restMs = timeoutMs - busyMs
      if (restMs <= 0) throw busyError(timeoutMs)
      const reply = await onCall(question)
      if (this.#pending !== pending) return
      pending.isServing = false
      this.#watch(pending, restMs)
      this.#channel.send(FRAME.reply, reply)
    } catch (error) {
      if (this.#pending === pending) this.#fail(error)
    }
  }

  #settle(pending: Pending, payload: Uint8Array): void {
    clearTimeout(pending.timer)
    this.#pending = null
    this.#hold(false)
    pending.resolve(payload)
  }

  /** Kills the guest; the first reason counts. */
  #fail(reason: unknown): void {
    if (this.#end !== null) return
    this.#end =
      reason instanceof SandboxError
        ? reason
        : new SandboxError('SANDBOX_CLOSED', 'the host ended the guest', { cause: reason })
    this.#child.kill('SIGKILL')
    this.#channel.close()
    const pending = this.#pending
    this.#pending = null
    if (pending === null) return
    clearTimeout(pending.timer)
    pending.reject(reason)
  }

  /** Ends the guest after a stretch of `stretchMs`, or when the whole has taken too long. */
  #watch(pending: Pending, stretchMs: number): void {
    clearTimeout(pending.timer)
    const leftMs = Math.max(0, pending.endsAt - performance.now())
    const { request } = pending
    const error = () =>
      stretchMs <= leftMs
        ? busyError(request.timeoutMs)
        : timeoutError('the contract asked for so much that it took too long', totalMs(request))
    const timer = setTimeout(() => this.#failUnlessHeard(pending, timer, error), Math.min(stretchMs, leftMs))
    pending.timer = timer
  }

  /** Where the host itself was busy for long, the answer may be here, unread: it is read first. */
  #failUnlessHeard(pending: Pending, timer: NodeJS.Timeout, error: () => SandboxError): void {
    const heard = this.#channel.receivedBytes
    setImmediate(() => {
      if (this.#pending !== pending || pending.timer !== timer) return
      if (this.#channel.receivedBytes !== heard) this.#failUnlessHeard(pending, timer, error)
      else this.#fail(error())
    })
  }

  /** An idle guest does not keep the host's process alive; a busy one does. */
  #hold(isBusy: boolean): void {
    const channel = this.#child.stdio[3] as Duplex & { ref(): void; unref(): void }
    for (const handle of [this.#child, channel]) {
      if (isBusy) handle.ref()
      else handle.unref()
    }
  }
}

function totalMs({ timeoutMs, totalMs = OP_TOTAL_MS }: Request): number {
  return Math.max(timeoutMs, totalMs)
}

function endOf(request: Request): number {
  return performance.now() + totalMs(request)
}

function timeoutError(what: string, timeoutMs: number): SandboxError {
  return new SandboxError('GUEST_TIMEOUT', `${what}: let it do less in one op`, { details: { timeoutMs } })
}

function busyError(timeoutMs: number): SandboxError {
  return timeoutError(`the contract ran for more than ${timeoutMs} ms`, timeoutMs)
}

function exitError(code: number | null, signal: string | null): SandboxError {
  // V8 and the C library end the process in one of these ways when an allocation fails.
  const isMemory = signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL' || code === 134
  const how = signal ?? `code ${code}`
  return isMemory
    ? new SandboxError('GUEST_MEMORY', `the guest ran out of memory (${how})`, { details: { code, signal } })
    : new SandboxError('GUEST_CRASHED', `the guest ended unexpectedly (${how})`, {
        details: { code, signal },
      })
}

function fatalError(why: Value): SandboxError {
  return why === 'memory'
    ? new SandboxError(
        'GUEST_MEMORY',
        'the contract needs more memory than it may have: let it keep less at a time',
      )
    : new SandboxError('GUEST_TIMEOUT', 'the contract ran for too long: let it do less in one op')
}

/** The guest said what no guest of ours says: hostile, or broken. */
export function protocolError(what: string, cause?: unknown): SandboxError {
  return new SandboxError('GUEST_PROTOCOL', `the guest sent ${what}`, { cause })
}
