/**
 * What confines a guest (SECURITY.md): read from the system where it can be, so that it says what is in force and not
 * what was asked for.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Measures around a guest. All but the isolate and the process itself depend on platform and rights.
 *
 * - `isolate`: V8's isolate with a heap of its own
 * - `process`: a process of its own, with an empty environment, in `/`, with no descriptor but its channel
 * - `node-permissions`: Node's permission model: JavaScript in the guest cannot write, start processes or threads, or read
 *   but what it was started from
 * - `no-network`: a network namespace of its own with no interface up
 * - `no-privileges`: no capability, and no program can bring any back
 * - `no-groups`: no supplementary group
 * - `limits`: data size, descriptors, stack; no file can grow and no core is dumped
 * - `dies-with-host`: the kernel ends it together with the host
 */
export const CONFINEMENTS = [
  'isolate',
  'process',
  'node-permissions',
  'no-network',
  'no-privileges',
  'no-groups',
  'limits',
  'dies-with-host',
] as const
/** Name of a measure that confines guests; SECURITY.md says what each stops. */
export type Confinement = (typeof CONFINEMENTS)[number]

/** What is in force around a process, in the order of {@link CONFINEMENTS}. @param asked what it was started with */
export function confinementOf(pid: number, asked: readonly Confinement[]): Confinement[] {
  const found = process.platform === 'linux' ? readLinux(pid) : {}
  return CONFINEMENTS.filter((name) =>
    name === 'isolate' || name === 'process' ? true : (found[name] ?? asked.includes(name)),
  )
}

/** What the kernel tells; what it does not, such as the signal at the host's death, is taken as asked. */
function readLinux(pid: number): Partial<Record<Confinement, boolean>> {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.trim()
    const hasNone = (name: string) => /^0+$/.test(field(name) ?? '')
    return {
      'no-network': readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'),
      'no-privileges': field('NoNewPrivs') === '1' && hasNone('CapEff') && hasNone('CapPrm'),
      'no-groups': field('Groups') === '',
      limits: /^Max data size +\d/m.test(limits) && /^Max file size +0 /m.test(limits),
    }
  } catch {
    return {}
  }
}
