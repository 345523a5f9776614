/** Starts guests (spec/4-execution §6): the strictest way that works on this machine. */
import { loadArtifacts } from '#artifacts'
import { type Confinement, confinementOf } from './confinement.js'
import { START_MS } from './constants.js'
import { doesNotLoad, type EngineBinaries, type EngineProgram, engineProgram } from './engine-binary.js'
import { SandboxError } from './errors.js'
import { GuestProcess } from './guest-process.js'
import { pack, unpack } from './pack.js'
import { type Measure, measuresAsked, spawnGuest } from './spawn.js'
import { EXIT_ENGINE, FRAME } from './wire.js'

export interface StartedGuest {
  readonly guest: GuestProcess
  /** Version of V8 that it runs. */
  readonly v8: string
  /** Version of Unicode that it was built with. */
  readonly unicode: string
  /** What is in force around it. */
  readonly confinement: readonly Confinement[]
}

/** What a guest is started with; guests with the same settings are alike. */
export interface GuestSettings {
  /** Heap of the contracts, in megabytes. */
  readonly memoryMb: number
  /** Longest stretch of a contract's code, in milliseconds. */
  readonly opMs: number
  /** Name of the engine; the host's own without it. */
  readonly engine?: string | undefined
  readonly engines?: EngineBinaries | undefined
}

/** All measures, and once more: a machine may stumble. Then with fewer and fewer. */
const WAYS: readonly (readonly Measure[])[] = [
  [],
  [],
  ['no-network'],
  ['no-groups'],
  ['no-network', 'no-groups'],
  ['no-privileges'],
  ['no-network', 'no-privileges'],
  ['node-permissions'],
  ['no-network', 'no-privileges', 'node-permissions'],
]
/** What does not work here, by the guest's Node, once a guest did not start twice with it and did without. */
const unusable = new Map<string, readonly Measure[]>()
let artifacts: ReturnType<typeof loadArtifacts> | undefined

/** @throws {SandboxError} `ENGINE_MISSING`, `GUEST_NOT_STARTED` */
export async function startGuest(settings: GuestSettings): Promise<StartedGuest> {
  const program = await engineProgram(settings.engine, settings.engines)
  const known = unusable.get(program.node)
  const failures: unknown[] = []
  for (const without of known === undefined ? WAYS : [known, known]) {
    try {
      const started = await startOne(program, settings, without)
      if (known === undefined && without.length > 0) giveUp(program.node, without)
      return started
    } catch (error) {
      failures.push(error)
      // A machine that is too slow for all measures is too slow for few.
      if (error instanceof SandboxError && error.code === 'GUEST_TIMEOUT') break
    }
  }
  const [cause] = failures
  if (failures.some((error) => error instanceof SandboxError && error.details.code === EXIT_ENGINE)) {
    throw doesNotLoad(program, cause)
  }
  throw new SandboxError('GUEST_NOT_STARTED', 'no guest process starts on this machine', { cause })
}

async function startOne(
  program: EngineProgram,
  { memoryMb, opMs }: GuestSettings,
  without: readonly Measure[],
): Promise<StartedGuest> {
  artifacts ??= loadArtifacts()
  const { guestFile, driver } = await artifacts
  const guest = new GuestProcess(spawnGuest({ program, guestFile, memoryMb, without }))
  try {
    const ready = await guest.request({
      kind: FRAME.start,
      payload: pack([driver, memoryMb, opMs]),
      answer: FRAME.ready,
      timeoutMs: START_MS,
    })
    const confinement = confinementOf(guest.pid!, measuresAsked(without))
    const [v8, unicode] = unpack(ready) as [string, string]
    return { guest, v8, unicode, confinement }
  } catch (error) {
    await guest.close()
    throw error
  }
}

function giveUp(node: string, without: readonly Measure[]): void {
  unusable.set(node, without)
  process.emitWarning(`contracts run without ${without.join(', ')}, which this machine does not allow`, {
    code: 'VITRA_CONFINEMENT',
    detail: 'See SECURITY.md for what that leaves open.',
  })
}
