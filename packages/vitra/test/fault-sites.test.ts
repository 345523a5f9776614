/** The disk fails at chosen places; `npm run test:soak` fails every place in turn. */
import { expect, it } from 'vitest'
import { type Fault, kindOf, type Site, Workshop } from './fault-sites.js'

const TEST_MS = 300_000

/** What an append, a batch and a file beside the logs go through. */
const CHOSEN: readonly (readonly [kind: string, fault: Fault])[] = [
  ['fdatasync journal/….journal', 'EIO'],
  ['fdatasync journal/….journal', 'kill'],
  ['write journal/….journal', 'ENOSPC'],
  ['write logs/db/N.log', 'EIO'],
  ['write transactions.jsonl', 'ENOSPC'],
  ['openat journal/….journal', 'EIO'],
  ['pwrite64 logs/CORESTORE', 'kill'],
  ['pwrite64 logs/CORESTORE', 'ENOSPC'],
]

it(
  'a database whose disk fails opens again with all that was told',
  async () => {
    await using workshop = await Workshop.make(true)
    const sites = await workshop.sites()
    for (const [kind, fault] of CHOSEN) {
      const site = sites.find((one: Site) => kindOf(one) === kind)
      expect(site, `${kind} among ${sites.map(kindOf).join(', ')}`).toBeDefined()
      const how = await workshop.fail(site!, fault, Math.ceil(site!.times / 2))
      expect(how, `${kind} ${fault}`).toBe(fault === 'kill' ? 'killed' : how)
      if (kind.startsWith('fdatasync')) expect(how, `${kind} ${fault}`).not.toBe('done')
    }
  },
  TEST_MS,
)

it(
  'a creation whose disk fails leaves a database, or a folder for one',
  async () => {
    await using workshop = await Workshop.make(false)
    for (const [syscall, fault, nth] of [
      ['fsync', 'EIO', 2],
      ['fdatasync', 'ENOSPC', 1],
      ['rename', 'kill', 2],
    ] as const)
      expect(['failed', 'killed', 'done']).toContain(await workshop.fail({ syscall }, fault, nth))
  },
  TEST_MS,
)
