/** What databases cost that nobody uses, all in one process. */
import { Child } from '../children.js'
import type { Contestant, Row } from '../harness.js'
import type { Sizes } from '../sizes.js'

const MIB = 1024 ** 2

/** Linux only, which says what processes hold. */
export function idleRows({ idle }: Sizes): Row[] {
  if (process.platform !== 'linux') return []
  const ms = new Map<string, number[]>()
  const memory = (kind: string) => async (folder: string) => {
    await using child = new Child('idle', kind, folder, `${idle}`)
    const { bytes } = await child.hear<{ bytes: number }>()
    child.go()
    ms.set(kind, (await child.hear<{ ms: number[] }>()).ms)
    return [bytes / MIB]
  }
  const call = (kind: string) => async () => ms.get(kind)!
  const row = (
    id: string,
    title: string,
    unit: Row['unit'],
    measure: (kind: string) => Contestant['measure'],
    notes: readonly [vitra: string, bee: string],
  ): Row => ({
    id,
    title,
    unit,
    rounds: 1,
    contestants: [
      { name: 'Vitra', note: notes[0], measure: measure('vitra') },
      { name: 'Hyperbee', note: notes[1], measure: measure('bee') },
    ],
  })
  return [
    row('idle-memory', `Memory of ${idle} idle databases in one process`, 'MiB', memory, [
      'each with a contract of its own, open, one op executed; resident memory of the process and its guests, what they share counted once',
      'each in a Corestore of its own, open, one put',
    ]),
    row('idle-call', `The first op of a database among ${idle} that lie idle`, 'ms', call, [
      'called, signed, executed and on disk; its contract is loaded again where others have taken its place',
      'one put, not on disk',
    ]),
  ]
}
