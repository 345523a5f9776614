/** What `crash.test.ts` and its soak form share: an executor that is killed at random points of its work. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { COUNTER_CONTRACT, Random, TemporaryFolder } from '@vitra/testkit'
import { expect } from 'vitest'
import { Database } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

const CHILD = fileURLToPath(new URL('crash-child.mjs', import.meta.url))
/** A child has said so many lines at most when it is killed, in the middle of what comes next. */
const LINES_MAX = 60
const LAST_MS_MAX = 10

/** Runs the child and kills it at a random point of its work, counted in what it says. Returns the highest op it was told of. */
export function runAndKill(
  folder: string,
  random: Random,
  how?: 'acknowledge',
): Promise<{ called: number; processed: number }> {
  return new Promise((resolve, reject) => {
    const told = { called: -1, processed: -1 }
    const child = spawn(process.execPath, [CHILD, folder, how ?? ''], { stdio: ['ignore', 'pipe', 'pipe'] })
    const last = random.below(LINES_MAX)
    const lastMs = random.below(LAST_MS_MAX)
    let lines = 0
    let errors = ''
    child.stderr.on('data', (data) => (errors += data))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, seq] = line.split(' ')
      if (lines++ === last) setTimeout(() => child.kill('SIGKILL'), lastMs)
      if (word === 'called') told.called = Math.max(told.called, Number(seq))
      if (word === 'processed') told.processed = Math.max(told.processed, Number(seq))
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(told)
      else reject(new Error(`the child ended by itself: ${errors}`))
    })
  })
}

/** Nothing is lost and nothing applied twice, however often the executor is killed, at points that the seed gives. */
export async function killAgainAndAgain(rounds: number, seed: number): Promise<{ ops: number }> {
  const random = new Random(seed)
  expect(
    existsSync(fileURLToPath(new URL('../dist/index.js', import.meta.url))),
    'build first: npm run build',
  ).toBe(true)
  await using folder = await TemporaryFolder.make()
  await (await Database.create(folder.at('db'), { contract: { source: COUNTER_CONTRACT } })).close()
  let ops = 0
  for (let round = 0; round < rounds; round++) {
    const told = await runAndKill(folder.at('db'), random)
    await using db = await Database.load(folder.at('db'))
    const published = (await db.call('get')).response as number
    // What was acknowledged is published, what was called is at least in the oplog.
    expect(published).toBeGreaterThan(told.processed)
    await db.executor!.sync()
    const counter = (await db.call('get')).response as number
    expect(counter).toBeGreaterThan(told.called)
    const report = await checkDatabase(db)
    expect(report).toMatchObject({ ops: counter, waiting: 0 })
    expect(counter).toBeGreaterThanOrEqual(ops)
    ops = counter
  }
  expect(ops).toBeGreaterThan(rounds)
  return { ops }
}
