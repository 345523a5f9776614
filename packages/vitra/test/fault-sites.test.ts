/** The disk fails at chosen places; `npm run test:soak` fails every place in turn. */
import { useGuests } from '@vitra/testkit/guests'
import { expect, it } from 'vitest'
import { type Fault, kindOf, type Site, Workshop } from './fault-sites.js'

useGuests({ secondLooks: false })

const TEST_MS = 300_000

type Ended = Awaited<ReturnType<Workshop['fail']>>
const ENDS: readonly Ended[] = ['failed', 'killed', 'done']

function siteOf(sites: readonly Site[], kind: string): Site {
  const site = sites.find((one) => kindOf(one) === kind)
  expect(site, `${kind} among ${sites.map(kindOf).join(', ')}`).toBeDefined()
  return site!
}

/** What an append, a batch and a file beside the logs go through, and how it has to end where that matters. */
const CHOSEN: readonly (readonly [kind: string, fault: Fault, ends?: readonly Ended[]])[] = [
  ['fdatasync journal/….journal', 'EIO', ['failed']],
  ['fdatasync journal/….journal', 'kill'],
  ['write journal/….journal', 'ENOSPC', ['failed']],
  ['write journal/….journal', 'kill'],
  ['write logs/db/N.log', 'EIO', ['failed']],
  // The disk has room again at once: nobody notices.
  ['write logs/db/N.log', 'ENOSPC', ['done']],
  ['write transactions.jsonl', 'ENOSPC', ['done']],
  ['write transactions.jsonl', 'kill'],
  ['openat journal/….journal', 'EIO'],
  ['openat keys/….json', 'EIO'],
  ['pwrite64 logs/CORESTORE', 'kill'],
  ['pwrite64 logs/CORESTORE', 'ENOSPC'],
]

it(
  'a database whose disk fails opens again with all that was told',
  async () => {
    await using workshop = await Workshop.make(true)
    const sites = await workshop.sites()
    for (const [kind, fault, ends = ENDS] of CHOSEN) {
      const site = siteOf(sites, kind)
      const how = await workshop.fail(site, fault, Math.ceil(site.times / 2))
      expect(fault === 'kill' ? ['killed'] : ends, `${kind} ${fault}`).toContain(how)
    }
  },
  TEST_MS,
)

it(
  'a creation whose disk fails leaves a database, or a folder for one',
  async () => {
    await using workshop = await Workshop.make(false)
    const sites = await workshop.sites()
    for (const [kind, fault] of [
      ['fsync keys', 'EIO'],
      ['write local.json.next', 'EIO'],
      ['write vitra.json.next', 'ENOSPC'],
      ['fsync vitra.json.next', 'EIO'],
      ['rename vitra.json.next', 'kill'],
    ] as const)
      expect(await workshop.fail(siteOf(sites, kind), fault, 1)).toBe(fault === 'kill' ? 'killed' : 'failed')
    // Journals and keys have names that no other database has: their calls are met by number.
    for (const [syscall, fault, nth] of [
      ['fsync', 'EIO', 2],
      ['fdatasync', 'ENOSPC', 1],
      ['rename', 'kill', 2],
    ] as const)
      expect(ENDS).toContain(await workshop.fail({ syscall }, fault, nth))
  },
  TEST_MS,
)
