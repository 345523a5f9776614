/** Starts guests (spec/4-execution §6): the strictest way that works on this machine, found once. */
import { loadArtifacts } from '#artifacts'
import { ORPHAN_GRACE_MS, START_MS } from './constants.js'
import { engineMissing, findEngine } from './engine.js'
import { SandboxError } from './errors.js'
import { GuestProcess } from './guest-process.js'
import { pack, unpack } from './pack.js'
import { spawnGuest } from './spawn.js'
import { EXIT_ENGINE, FRAME } from './wire.js'

export interface StartedGuest {
  readonly guest: GuestProcess
  /** Version of V8 that it runs. */
  readonly v8: string
}

/** With Node's permission model, and without it where that, still experimental in Node 20, does not work. */
const WAYS = [true, false]
let firstWay = 0
let artifacts: ReturnType<typeof loadArtifacts> | undefined

/** What a guest is started with; guests with the same settings are alike. */
export interface GuestSettings {
  /** Heap of the contracts, in megabytes. */
  readonly memoryMb: number
  /** Longest stretch of a contract's code, in milliseconds. */
  readonly opMs: number
}

/** @throws {SandboxError} `ENGINE_MISSING`, or why the last way failed */
export async function startGuest({ memoryMb, opMs }: GuestSettings): Promise<StartedGuest> {
  const engineFile = findEngine()
  artifacts ??= loadArtifacts()
  const { guestFile, driver } = await artifacts
  let failure: unknown
  for (let way = firstWay; way < WAYS.length; way++) {
    const hasPermissions = WAYS[way]!
    const guest = new GuestProcess(spawnGuest({ guestFile, engineFile, memoryMb, hasPermissions }))
    try {
      const ready = await guest.request({
        kind: FRAME.start,
        payload: pack([driver, memoryMb, opMs + ORPHAN_GRACE_MS]),
        answer: FRAME.ready,
        timeoutMs: START_MS,
      })
      firstWay = way
      return { guest, v8: String(unpack(ready)) }
    } catch (error) {
      await guest.close()
      failure = error
    }
  }
  if (failure instanceof SandboxError && failure.details.code === EXIT_ENGINE)
    throw engineMissing('is there but does not load', failure)
  throw new SandboxError('GUEST_NOT_STARTED', 'no guest process starts on this machine', { cause: failure })
}
