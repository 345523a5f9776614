/** A disk that is really full: a small file system in memory, mounted for a process of its own. Linux only. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'

const CHILD = fileURLToPath(new URL('full-disk-child.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const TEST_MS = 300_000

interface Told {
  readonly at: 'create' | 'load'
  readonly code: string
  readonly name?: string
  readonly message?: string
  /** True where a database was there after a creation. */
  readonly isMade?: boolean
  readonly value?: number
}

/** Runs something where a disk of 6 MiB and 80 files is mounted, which is gone with it. */
async function onSmallDisk(command: readonly string[]): Promise<string> {
  await using folder = await TemporaryFolder.make()
  const script = 'mount -t tmpfs -o size=6m,nr_inodes=80 tmpfs "$0" && exec "$@"'
  const own = ['--map-root-user', '--mount', 'sh', '-c', script, folder.path]
  return execFileSync('unshare', [...own, ...command.map((word) => word.replace('DISK', folder.path))], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function canMount(): Promise<boolean> {
  try {
    await onSmallDisk(['true'])
    return true
  } catch {
    return false
  }
}

/** A container may keep its processes from mounting anything. */
describe.skipIf(!(await canMount()))('a disk without room', () => {
  it.each(['bytes', 'files'])(
    'for more %s is named as the reason, and nothing is lost',
    async (room) => {
      expect(existsSync(BUILT), 'build first: npm run build').toBe(true)
      const told: Told[] = (await onSmallDisk([process.execPath, CHILD, 'DISK', room]))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const creations = told.filter(({ at }) => at === 'create')
      for (const { code, name, message, isMade } of creations) {
        expect(isMade, message).toBe(code === 'done')
        if (code !== 'done')
          expect({ code, name }, message).toEqual({ code: 'STORAGE_FULL', name: 'LogError' })
      }
      // Some fail early, some late, and the last does not.
      expect(creations.filter(({ code }) => code !== 'done').length).toBeGreaterThan(3)
      expect(creations.at(-1)).toMatchObject({ code: 'done' })
      const load = told.find(({ at }) => at === 'load')
      expect(load).toMatchObject({ code: 'STORAGE_FULL', value: 1 })
      expect(load?.message).toMatch(/is full: make room there, then do the same again$/)
    },
    TEST_MS,
  )
})
