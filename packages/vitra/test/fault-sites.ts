/**
 * What `fault-sites.test.ts` and its soak form share: every place where a database calls the disk fails in turn, in a
 * process of its own under strace, and what is left has to open again with nothing lost.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemporaryFolder } from '@vitra/testkit'
import { expect } from 'vitest'
import { Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const CHILD = fileURLToPath(new URL('fault-child.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const SYSCALLS = ['fsync', 'fdatasync', 'write', 'pwrite64', 'rename', 'openat', 'ftruncate', 'mkdir']
/** Stops a child at the calls that are traced alone, not at each: a fault then costs half. Signals are lost at such a stop. */
const FILTERED = '--seccomp-bpf'
/** A child that neither ends nor says anything for this long hangs, in ms. */
const HANG_MS = 90_000
/** Calls of the template, and those of the child after them. */
const FIRST = 2
const LIVES = 2
const CALLS = 2

export type Fault = 'EIO' | 'ENOSPC' | 'kill'

/** A call of the system at a path of the folder. */
export interface Site {
  readonly syscall: string
  /** Relative to the folder of the database; empty for the folder itself. */
  readonly file: string
  /** How often it was called. */
  readonly times: number
}

/** How a child ended, and what it had been told by then. */
interface Ended {
  readonly how: 'done' | 'failed' | 'killed'
  readonly created: boolean
  readonly called: readonly number[]
  readonly processed: readonly number[]
  readonly stderr: string
}

/** A folder in which the same work is done again and again. */
export class Workshop implements AsyncDisposable {
  readonly #folder: TemporaryFolder
  readonly db: string
  readonly #template: string | null
  readonly #key: string | null

  private constructor(folder: TemporaryFolder, template: string | null, key: string | null) {
    this.#folder = folder
    this.db = folder.at('db')
    this.#template = template
    this.#key = key
  }

  /** @param begun whether the child finds a database, or makes one */
  static async make(begun: boolean): Promise<Workshop> {
    expect(existsSync(BUILT), 'build first: npm run build').toBe(true)
    const folder = await TemporaryFolder.make()
    if (!begun) return new Workshop(folder, null, null)
    const source = /const SOURCE = `([\s\S]*?)`/.exec(await readFile(CHILD, 'utf8'))![1]!
    const sourceText = source.replaceAll('\\`', '`')
    const db = await Database.create(folder.at('template'), { contract: { source: sourceText } })
    for (let n = 0; n < FIRST; n++) await (await db.call('add', { n })).whenProcessed()
    await db.close()
    return new Workshop(folder, folder.at('template'), db.pubkey.toString('hex'))
  }

  /** The sites that the work touches, each with its own name. */
  async sites(): Promise<Site[]> {
    const trace = this.#folder.at('trace')
    const { how, stderr } = await this.#run([FILTERED, '-o', trace, '-e', `trace=${SYSCALLS.join()}`])
    expect(how, stderr).toBe('done')
    const found = new Map<string, { syscall: string; file: string; times: number }>()
    for (const line of (await readFile(trace, 'utf8')).split('\n')) {
      const call = /^\d+ +(\w+)\((?:AT_FDCWD(?:<[^>]*>)?, )?(?:\d+<([^>]+)>|"([^"]+)")/.exec(line)
      const file = call?.[2] ?? call?.[3]
      if (file === undefined || (file !== this.db && !file.startsWith(`${this.db}/`))) continue
      const own = { syscall: call![1]!, file: path.relative(this.db, file), times: 1 }
      const id = `${own.syscall} ${own.file}`
      const known = found.get(id)
      if (known === undefined) found.set(id, own)
      else known.times++
    }
    // The folder of a new database has names that no later one has: those sites are met by number alone.
    const isNamed = ({ file }: Site) => this.#template !== null || !/[0-9a-f]{64}/.test(file)
    return [...found.values()].filter(isNamed)
  }

  /** Has the n-th call of a site fail, then opens what is left. Returns how the child took it. */
  async fail(site: Site | { readonly syscall: string }, fault: Fault, nth: number): Promise<Ended['how']> {
    const what = fault === 'kill' ? 'signal=KILL' : `error=${fault}`
    const at = 'file' in site ? ['-P', path.join(this.db, site.file)] : []
    const inject = `${site.syscall}:${what}:when=${nth}`
    const name = `${site.syscall} ${'file' in site ? site.file : ''} ${fault} ${nth}`
    const trace = ['-o', '/dev/null', '-e', `trace=${site.syscall}`]
    const ended = await this.#run([
      ...(fault === 'kill' ? [] : [FILTERED]),
      ...trace,
      ...at,
      '-e',
      `inject=${inject}`,
    ])
    try {
      if (ended.how === 'failed') expect(ended.stderr, 'it says what failed').toMatch(/Error|error/)
      await this.#examine(ended)
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}\n${ended.stderr}`, { cause: error })
    }
    return ended.how
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]()
  }

  async #run(strace: readonly string[]): Promise<Ended> {
    await rm(this.db, { recursive: true, force: true })
    if (this.#template !== null) {
      await cp(this.#template, this.db, { recursive: true })
      await rm(path.join(this.db, 'logs', 'CORESTORE'))
    }
    const args = [
      '-f',
      '-qq',
      '-y',
      ...strace,
      process.execPath,
      CHILD,
      this.db,
      String(LIVES),
      String(CALLS),
    ]
    // One thread for files: the n-th call is then the same one every time.
    const env = {
      ...process.env,
      UV_THREADPOOL_SIZE: '1',
      FIRST_CALL: String(this.#template === null ? 0 : FIRST),
    }
    const child = spawn('strace', args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => (stdout += text))
    child.stderr.on('data', (text) => (stderr += text))
    const hang = setTimeout(() => child.kill('SIGTERM'), HANG_MS)
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (code, signal) => resolve([code, signal]))
    })
    clearTimeout(hang)
    expect(signal, `the child hangs: ${stdout}${stderr}`).not.toBe('SIGTERM')
    const numbers = (event: string) =>
      [...stdout.matchAll(new RegExp(`^${event} (\\d+)$`, 'gm'))].map(([, n]) => Number(n))
    return {
      how: /^done/m.test(stdout) ? 'done' : signal === 'SIGKILL' || code === 137 ? 'killed' : 'failed',
      created: /^created/m.test(stdout) || this.#key !== null,
      called: numbers('called'),
      processed: numbers('processed'),
      stderr,
    }
  }

  /** Nothing that was told is lost, and the audit is valid; where nothing was told, a database can be made there. */
  async #examine({ created, called, processed }: Ended): Promise<void> {
    if (!existsSync(path.join(this.db, 'vitra.json'))) {
      expect(created, 'a database that was told of is gone').toBe(false)
      const source = 'export const apply = {}'
      await using db = await Database.create(this.db, { contract: { source } })
      await checkDatabase(db)
      return
    }
    await using db = await Database.load(this.db, this.#key ?? undefined)
    for (const n of processed) expect(await db.index.get(`/n/${n}`), `result ${n} is lost`).not.toBe(null)
    await db.executor!.sync()
    for (const n of called) expect(await db.index.get(`/n/${n}`), `op ${n} is lost`).not.toBe(null)
    await (await db.call('add', { n: 999 })).whenProcessed()
    const report = await checkDatabase(db)
    expect(report.waiting).toBe(0)
    expect(report.ops).toBeGreaterThan(called.length)
  }
}

/** The last part of a site's name that every run shares, to tell sites apart that differ by number only. */
export function kindOf({ syscall, file }: Site): string {
  return `${syscall} ${file.replace(/[0-9a-f]{64}/g, '…').replace(/\d{6,}/g, 'N')}`
}
