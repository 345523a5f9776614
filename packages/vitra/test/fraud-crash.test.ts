/** A process that is killed while it keeps a violation: nobody is told before the proof is on disk, and nothing is torn. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { COUNTER_CONTRACT, copyDatabase, TemporaryFolder } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContractFraudProof, Database } from '../src/index.js'

useGuests({ secondLooks: false })

const CHILD = fileURLToPath(new URL('fraud-child.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/index.js', import.meta.url))
/** Proof and report, each written and then renamed. */
const STEPS = 4

let folder: TemporaryFolder
let pubkey: Uint8Array

beforeAll(async () => {
  expect(existsSync(BUILT), 'build first: npm run build').toBe(true)
  folder = await TemporaryFolder.make()
  await using db = await Database.create(folder.at('liar'), { contract: { source: COUNTER_CONTRACT } })
  await (await db.call('increment')).whenProcessed()
  await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 666 }])
  pubkey = db.pubkey
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Killed {
  readonly liar: string
  readonly told: string
}

/** Has a liar audited by a process that dies at a point. */
async function killedAt(point: string): Promise<Killed> {
  const liar = folder.at(`killed-${point}`)
  await copyDatabase(folder.at('liar'), liar)
  const { signal, stdout, stderr } = spawnSync(process.execPath, [CHILD, liar, point], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGTERM',
  })
  expect(signal, stderr).toBe('SIGKILL')
  return { liar, told: stdout }
}

/** Codes that the proofs in a folder prove; each has to hold by itself. */
async function provenIn({ liar }: Killed): Promise<unknown[]> {
  const kept = path.join(liar, 'fraud')
  const files = existsSync(kept) ? await readdir(kept) : []
  const codes: unknown[] = []
  for (const file of files.filter((name) => name.endsWith('.proof'))) {
    const { proves } = await check(await readFile(path.join(kept, file)), { pubkey })
    codes.push(proves?.kind === 'fraud' ? proves.violation.code : proves)
  }
  return codes
}

describe('a process killed', () => {
  it('when it is told of a violation has the proof, and the report, on disk', async () => {
    const killed = await killedAt('event')
    expect(killed.told).toBe(`told after ${STEPS}\n`)
    expect(await provenIn(killed)).toEqual(['unprompted-change'])
    await using db = await Database.load(killed.liar)
    expect(await db.frauds()).toMatchObject([{ violation: { code: 'unprompted-change' }, unproved: null }])
    await expect(db.call('increment')).rejects.toMatchObject({ code: 'CONTRACT_VIOLATED' })
  }, 120_000)

  for (const point of ['1', '1.5', '2', '2.5', '3', '3.5', '4', '4.5']) {
    it(`at step ${point} has told nobody yet, and finds and keeps it at the next start`, async () => {
      const killed = await killedAt(point)
      expect(killed.told).toBe('')
      expect(await provenIn(killed)).toEqual(Number(point) > 2 ? ['unprompted-change'] : [])
      await using db = await Database.load(killed.liar)
      expect(await db.verify().catch((thrown) => thrown)).toBeInstanceOf(ContractFraudProof)
      expect(await provenIn(killed)).toEqual(['unprompted-change'])
      expect(await db.frauds()).toMatchObject([{ unproved: null }])
    }, 120_000)
  }
})
