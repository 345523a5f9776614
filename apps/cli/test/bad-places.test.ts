/** A folder that cannot be written, a disk without room, no network: what happened is told, and the next command to try. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { TemporaryFolder } from '@vitra/testkit'
import { describe, expect, it } from 'vitest'
import { CONTRACT } from './contract.js'
import { check, withDatabase } from './database.js'
import { Terminal } from './terminal.js'
import { EXECUTABLE, json, surroundingsOf, vitra } from './vitra.js'

const LONG_MS = 180_000
const CTRL_D = '\u0004'
/** A node of the network that is none. */
const NOWHERE = { VITRA_BOOTSTRAP: '127.0.0.1:9' }

/** Words that run a script of the shell where it may mount what is gone with it. */
const mounting = (script: string, ...args: string[]) => [
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  script,
  ...args,
]
const VITRA = [process.execPath, EXECUTABLE]

function canMount(): boolean {
  try {
    execFileSync('unshare', mounting('mount -t tmpfs tmpfs "$0"', '/tmp'), { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A container may keep its processes from mounting anything. */
const isMissing = !canMount()

describe.skipIf(isMissing)('a folder that is mounted for reading only', () => {
  const READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'

  /** Runs a command there; gives how it ended, and what it said. */
  function run(made: Awaited<ReturnType<typeof withDatabase>>, ...words: string[]): string {
    const args = mounting(
      READ_ONLY,
      made.folder.at('.vitra'),
      'sh',
      '-c',
      '"$@" 2>&1; echo "ended with $?"',
      'sh',
    )
    return execFileSync('unshare', [...args, ...VITRA, ...words], {
      ...surroundingsOf(made.at),
      encoding: 'utf8',
    })
  }

  it(
    'is named as the reason by every command, and by the doctor with what to do',
    async () => {
      await using made = await withDatabase()
      for (const words of [
        'info',
        'call increment',
        'verify --offline',
        'monitor --offline',
        'sync',
        'join',
      ]) {
        const said = run(made, ...words.split(' '))
        expect(said, words).toMatch(/error: .*read-only file system.*\(STORAGE_FAILED\)\n.*vitra doctor/)
        expect(said, words).toMatch(/ended with 1\n$/)
      }
      expect(run(made, 'doctor')).toMatch(
        /mounted for reading only.*\n.*mount it for writing\nended with 1\n$/,
      )
      for (const words of ['serve start', 'monitor start', 'destroy --yes'])
        expect(run(made, ...words.split(' ')), words).toMatch(
          /error: .* cannot be written: .*reading only.*\(FILE_UNWRITABLE\)\nmount it for writing.*\nended with 1\n$/,
        )
      expect(run(made, 'monitor', 'status')).toMatch(
        /^no monitor has watched this database\n.*\nended with 1\n$/,
      )
      const args = mounting(READ_ONLY, made.folder.at('.vitra'), ...VITRA)
      await using session = new Terminal(args, made.at, 80, 'unshare')
      await session.see(/read-only\s+file\s+system.*\(STORAGE_FAILED\)/s)
      expect(await session.ended()).toBe(1)
      await check(made.folder.at('.vitra'))
    },
    LONG_MS,
  )
})

describe.skipIf(isMissing)('a disk without room', () => {
  it(
    'is told, nothing is lost, and the same works once there is room',
    async () => {
      await using folder = await TemporaryFolder.make()
      writeFileSync(folder.at('contract.js'), CONTRACT)
      const script = `
        cp contract.js "$0" && cd "$0" && unset VITRA_DIR
        run () { "$@" 2>&1; echo "ended with $?"; }
        run vitra init contract.js --quiet; run vitra call increment
        dd if=/dev/zero of=fill bs=1k 2>/dev/null
        for words in 'call increment' info 'monitor start --offline' doctor; do run vitra $words; done
        rm fill; run vitra call increment; run vitra verify --offline`
      const disk = `mount -t tmpfs -o size=30m tmpfs "$0" && vitra () { ${VITRA.map((word) => `'${word}'`).join(' ')} "$@"; }`
      const args = mounting(`${disk}\n${script}`, folder.at('.'))
      const said = execFileSync('unshare', args, {
        ...surroundingsOf({ cwd: folder.path }),
        encoding: 'utf8',
      })
      const [init, first, full, info, monitor, doctor, again, verified] = said.split(/(?<=ended with \d+\n)/)
      expect(init).toMatch(/ended with 0/)
      expect(first).toContain('put /counter 1')
      for (const one of [full, info])
        expect(one).toMatch(/error: the disk of .* is full.*\(STORAGE_FULL\)\nmake room .*\nended with 1/)
      expect(monitor).toMatch(/SERVE_NOT_STARTED.*\n.*vitra doctor.*\nended with 1/)
      expect(doctor).toMatch(/disk-full.*make room.*ended with 1/s)
      expect(again).toContain('put /counter 2')
      expect(verified).toMatch(/^valid: /m)
    },
    LONG_MS,
  )

  it(
    'is told in a session, which goes on once there is room',
    async () => {
      await using folder = await TemporaryFolder.make()
      writeFileSync(folder.at('contract.js'), CONTRACT)
      const script =
        'mount -t tmpfs -o size=40m tmpfs "$0" && cp contract.js "$0" && cd "$0" && "$@" init contract.js --quiet && exec "$@" session --offline'
      const args = mounting(script, folder.at('.'), ...VITRA)
      await using session = new Terminal(args, { cwd: folder.path }, 80, 'unshare')
      await session.see('Ctrl-D ends.')
      session.enter("const fs = require('fs'); const fill = fs.openSync('fill', 'w')")
      session.enter('try { for (;;) fs.writeSync(fill, Buffer.alloc(4096)) } catch (error) { error.code }')
      await session.see("'ENOSPC'")
      session.enter("const value = 'x'.repeat(200_000)")
      session.enter(
        "(async () => { try { for (let n = 0; n < 500; n++) await put({ path: '/' + n, value }) } catch (error) { return error.code } })()",
      )
      await session.see(/'STORAGE_F(ULL|AILED)'|'JOURNAL_FAILED'/)
      session.enter("fs.closeSync(fill); fs.unlinkSync('fill')")
      session.enter('.call increment')
      await session.see('put /counter 1')
      session.enter('.verify --offline')
      await session.see('valid: everything')
      session.type(CTRL_D)
      expect(await session.ended()).toBe(0)
    },
    LONG_MS,
  )
})

describe('a network that does not answer', () => {
  const KEY = '1'.repeat(64)

  it(
    'is told in a bounded time by load and sync, and the rest goes by what is here',
    async () => {
      await using folder = await TemporaryFolder.make()
      const at = { cwd: folder.path, env: NOWHERE }
      const error = {
        code: 'NO_PEER',
        message: expect.stringContaining('no node of the network answers'),
        hint: expect.stringContaining('this machine is online'),
      }
      expect(await json(['load', KEY, '--timeout', '2'], at, 1)).toMatchObject({ error })
      await json(['load', KEY, '--offline'], at)
      expect(await json(['sync', '--timeout', '2'], at, 1)).toMatchObject({ error })
      expect(await json(['sync', '--full', '--timeout', '2'], at, 1)).toMatchObject({ error })
      const called = await vitra(['call', 'get', '--timeout', '2'], at)
      expect(called).toMatchObject({ code: 1, stderr: expect.stringContaining('(INDEX_EMPTY)\n') })
      expect(called.stderr).toContain('no node of the network answers')
      expect(called.stderr).toContain('vitra sync')
      expect((await vitra(['verify', '--timeout', '2'], at)).code).toBe(4)
      await using terminal = new Terminal(['sync', '--timeout', '2'], at, 60)
      await terminal.see('(NO_PEER)')
      expect(await terminal.ended()).toBe(1)
    },
    LONG_MS,
  )
})
