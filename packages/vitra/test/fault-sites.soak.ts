import { it } from 'vitest'
import { type Fault, kindOf, type Site, Workshop } from './fault-sites.js'

const FAULTS: readonly Fault[] = ['EIO', 'ENOSPC', 'kill']
/** The first so many calls of each site fail in turn. */
const TIMES = Number(process.env.VITRA_FAULT_TIMES ?? 2)
/** A new database has names that no other has: calls are met by their number. */
const BY_NUMBER: readonly (readonly [syscall: string, times: number])[] = [
  ['fsync', 12],
  ['fdatasync', 12],
  ['rename', 8],
]

it('every call of the disk fails in turn, and nothing is lost', async () => {
  const ends = { done: 0, failed: 0, killed: 0 }
  const count = async (work: Promise<keyof typeof ends>) => void ends[await work]++
  const problems: string[] = []
  const attempt = (work: Promise<keyof typeof ends>) =>
    count(work).catch((error: Error) => {
      console.log(error.message)
      problems.push(error.message)
    })
  let sites = 0
  for (const begun of [true, false]) {
    await using workshop = await Workshop.make(begun)
    const found = distinct(await workshop.sites())
    sites += found.length
    for (const site of found)
      for (let nth = 1; nth <= Math.min(TIMES, site.times); nth++)
        for (const fault of FAULTS) await attempt(workshop.fail(site, fault, nth))
    if (begun) continue
    for (const [syscall, times] of BY_NUMBER)
      for (let nth = 1; nth <= times; nth++)
        for (const fault of FAULTS) await attempt(workshop.fail({ syscall }, fault, nth))
  }
  console.log(`fault sites: ${sites} sites, ${JSON.stringify(ends)}, ${problems.length} problems`)
  if (problems.length > 0) throw new Error(problems.join('\n\n'))
})

/** One site of each kind: files that differ by number only are one. */
function distinct(sites: readonly Site[]): Site[] {
  return [...new Map(sites.map((site) => [kindOf(site), site])).values()]
}
