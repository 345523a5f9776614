/** Runs the rows: every contestant in turn, round after round, so that a machine that changes its pace slows all. */
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'

export type Unit = 'per second' | 'ms' | 'µs' | 'ns' | 'bytes' | 'MiB'

/** One contestant in one row. */
export interface Contestant {
  readonly name: string
  /** What exactly it does here, and what it does not. */
  readonly note: string
  /** One turn in an empty folder: one figure, or a figure for each call. */
  measure(folder: string): Promise<number[]>
}

/** One question, asked of several contestants. The first one is what the others are compared with. */
export interface Row {
  /** One word of its own; ends in `-<n>` where the same question is asked at several sizes, which are plotted together. */
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly contestants: readonly Contestant[]
  /** How often every contestant has its turn, where that is not the size's own number. */
  readonly rounds?: number
  /** Frees what the turns shared. */
  close?(): Promise<void>
}

/** The figures of one contestant, a list for each round. */
export interface Measured {
  readonly name: string
  readonly note: string
  readonly rounds: readonly (readonly number[])[]
}

export interface MeasuredRow {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly contestants: readonly Measured[]
  readonly failed: readonly Failed[]
}

/** A contestant that did not come through, and why. */
export interface Failed {
  readonly name: string
  readonly message: string
}

/**
 * A contestant that fails has no further turn, and no figure; the others go on. Where it is the first, nothing is left to compare
 * with: its error is thrown.
 *
 * @param folder on the disk that is measured
 * @param isLate true where there is no time for another round
 */
export async function runRow(
  row: Row,
  rounds: number,
  folder: string,
  isLate: () => boolean = () => false,
): Promise<MeasuredRow> {
  const [first] = row.contestants
  const figures = new Map(row.contestants.map((contestant) => [contestant, [] as number[][]]))
  const failed: Failed[] = []
  try {
    for (let round = 0; round < rounds && !(round > 0 && isLate()); round++) {
      for (const [contestant, measured] of figures) {
        try {
          measured.push(await inFolder(folder, (own) => contestant.measure(own)))
        } catch (error) {
          if (contestant === first) throw error
          figures.delete(contestant)
          failed.push({ name: contestant.name, message: (error as Error).message })
        }
      }
    }
  } finally {
    await row.close?.()
  }
  const { id, title, unit } = row
  const contestants = [...figures].map(([{ name, note }, measured]) => ({ name, note, rounds: measured }))
  return { id, title, unit, contestants, failed }
}

async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(parent, 'turn-'))
  try {
    return await work(path.join(folder, 'data'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How often something was done in a second. */
export async function perSecond(times: number, work: () => Promise<void>): Promise<number> {
  return (times / (await elapsedMs(work))) * 1000
}

export async function elapsedMs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** The time of each of several calls, one after the other, in ms. */
export async function each(times: number, work: (nth: number) => Promise<void>): Promise<number[]> {
  const figures: number[] = []
  for (let nth = 0; nth < times; nth++) figures.push(await elapsedMs(() => work(nth)))
  return figures
}
