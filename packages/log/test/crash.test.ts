/** spec/8-durability §2: a process killed at any moment loses nothing and signs nothing twice. */
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { toHex } from '../src/index.js'
import { startScript } from './child.js'
import { createLog, filled, fixedKeyPair, loadLog, pause, temporaryFolder } from './helpers.js'

/** Times the cases of an ordinary run; `crash.soak.ts` has more. */
const CASES = process.env.MODE === 'soak' ? 20 : 1
const ROUNDS = 6 * CASES
const KEYS = fixedKeyPair(8)
const INDEX = filled(9)

interface Acknowledged {
  length: number
  treeHash: string
  signature: string
  blocks: string[]
}

/** Appends until it is killed, one line for each append that returned. */
const script = (folder: string) => `
  import { randomBytes } from 'node:crypto'
  import { writeSync } from 'node:fs'
  const pair = { publicKey: fromHex('${toHex(KEYS.publicKey)}'), secretKey: fromHex('${toHex(KEYS.secretKey)}') }
  const storage = Storage.at(${JSON.stringify(folder)})
  await storage.load()
  const log = await Log.open(storage, oplogIdentity(pair.publicKey, fromHex('${toHex(INDEX)}')))
  const writer = await LogWriter.open(log, storage, pair)
  const print = (head, blocks) => writeSync(1, JSON.stringify({
    length: head.length, treeHash: toHex(head.treeHash), signature: toHex(head.signature), blocks: blocks.map(toHex),
  }) + '\\n')
  const found = await log.head()
  if (found) print(found, [])
  for (let n = 0; ; n++) {
    const blocks = Array.from({ length: 1 + n % 5 }, () => new Uint8Array(randomBytes(n % 3 ? 100 : 5000)))
    print(await writer.append(blocks), blocks)
  }`

async function appendUntilKilled(folder: string, ms: number): Promise<Acknowledged[]> {
  const child = await startScript(script(folder))
  const acknowledged: Acknowledged[] = []
  const lines = createInterface({ input: child.stdout! })
  const started = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      acknowledged.push(JSON.parse(line))
      resolve()
    })
  })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_, signal) => resolve(signal))
  })
  await Promise.race([started, ended])
  await pause(ms)
  child.kill('SIGKILL')
  expect(await ended).toBe('SIGKILL')
  return acknowledged
}

describe('a writer that is killed', () => {
  it(`keeps every acknowledged block and signs no length twice, in ${ROUNDS} rounds`, async () => {
    const folder = `${await temporaryFolder()}/db`
    await (await createLog({ folder, keyPair: KEYS, indexKey: INDEX })).close()
    const acknowledged: Acknowledged[] = []
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(...(await appendUntilKilled(folder, (round * 67) % 60)))
    }
    const { log, writer } = await loadLog(folder, KEYS, INDEX)
    const signatures = new Map<number, string>()
    for (const { length, treeHash, signature, blocks } of acknowledged) {
      expect(signatures.get(length) ?? signature).toBe(signature)
      signatures.set(length, signature)
      expect(toHex(await log.treeHashAt(length))).toBe(treeHash)
      for (const [n, block] of blocks.entries()) {
        expect(toHex(await log.get(length - blocks.length + n))).toBe(block)
      }
    }
    expect(signatures.size).toBeGreaterThan(ROUNDS)
    expect(log.length).toBeGreaterThanOrEqual(Math.max(...signatures.keys()))
    expect((await writer.append([filled(1)])).length).toBe(log.length)
  })
})
