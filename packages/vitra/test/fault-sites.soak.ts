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
const TEST_MS = 3 * 60 * 60_000

it(
  'every call of the disk by a database at work fails in turn, and nothing is lost',
  () => campaign(true),
  TEST_MS,
)

it('every call of the disk by a creation fails in turn, and nothing is lost', () => campaign(false), TEST_MS)

async function campaign(begun: boolean): Promise<void> {
  await using workshop = await Workshop.make(begun)
  const ends = { done: 0, failed: 0, killed: 0 }
  const problems: string[] = []
  const attempt = async (site: Parameters<Workshop['fail']>[0], nth: number) => {
    for (const fault of FAULTS) {
      try {
        ends[await workshop.fail(site, fault, nth)]++
      } catch (error) {
        console.log((error as Error).message)
        problems.push((error as Error).message)
      }
    }
  }
  const sites = distinct(await workshop.sites())
  for (const [n, site] of sites.entries()) {
    for (let nth = 1; nth <= Math.min(TIMES, site.times); nth++) await attempt(site, nth)
    console.log(`fault sites: ${n + 1} of ${sites.length}, ${kindOf(site)}, ${JSON.stringify(ends)}`)
  }
  if (!begun)
    for (const [syscall, times] of BY_NUMBER)
      for (let nth = 1; nth <= times; nth++) await attempt({ syscall }, nth)
  console.log(`fault sites: ${sites.length} sites, ${JSON.stringify(ends)}, ${problems.length} problems`)
  if (problems.length > 0) throw new Error(problems.join('\n\n'))
}

/** One site of each kind: files that differ by number only are one. */
function distinct(sites: readonly Site[]): Site[] {
  return [...new Map(sites.map((site) => [kindOf(site), site])).values()]
}
