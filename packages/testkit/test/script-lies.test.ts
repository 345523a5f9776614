/**
 * Every lie about a script's calls is found by somebody who replays the logs, proved to somebody who has the proof and the key
 * alone, and told by a monitor while the executor tells it.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { toHex } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { encodeProof } from '@vitra/verifier'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ContractFraudProof, Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  CLUB_LIES,
  connect,
  type DishonestExecutor,
  FORUM_LIES,
  type History,
  MARKET_LIES,
  publish,
  readHistory,
  TemporaryFolder,
} from '../src/index.js'
import { accuse } from './accusers.js'
import { useGuests } from './guests.js'
import { writeClub, writeForum, writeMarket } from './script-histories.js'
import { askStranger } from './strangers.js'

useGuests()

let folder: TemporaryFolder
let sandbox: Sandbox
const histories = new Map<string, History>()
/** What was executed, for a lie to change. */
const historyOf = (script: string) => structuredClone(histories.get(script)!)

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  sandbox = await Sandbox.open()
  await writeForum(folder.at('forum'))
  await writeMarket(folder.at('market'))
  await writeClub(folder.at('club'))
  for (const script of Object.keys(SCRIPTS)) histories.set(script, await readHistory(folder.at(script)))
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

const SCRIPTS = { forum: FORUM_LIES, market: MARKET_LIES, club: CLUB_LIES }

for (const [script, lies] of Object.entries(SCRIPTS)) {
  describe(`the ${script} of an executor that`, () => {
    const proofs: { file: string; violation: string }[] = []
    let key: Uint8Array

    for (const liar of lies) {
      it(`${liar.does}: ${liar.expected}`, async () => {
        const audited = await accuse(historyOf(script), liar, sandbox)
        expect(audited.report.violation?.code).toBe(liar.expected)
        key = audited.key
        const bytes = encodeProof(audited.proof!)
        expect(await check(bytes, { pubkey: key, sandbox })).toMatchObject({
          ok: true,
          code: 'proved',
          proves: { kind: 'fraud', violation: { code: liar.expected } },
        })
        const file = folder.at(`${script}-${proofs.length}.proof`)
        await writeFile(file, bytes)
        proofs.push({ file, violation: liar.expected })
      })
    }

    it('does each of it, to another process that has the files and the key alone', async () => {
      expect(proofs).toHaveLength(lies.length)
      const elsewhere = folder.at(`${script}-stranger`)
      await mkdir(elsewhere)
      const files = proofs.map(({ file }) => file)
      const expected = proofs.map(({ violation }) => ({ ok: true, code: 'proved', kind: 'fraud', violation }))
      expect(await askStranger(elsewhere, toHex(key), files)).toEqual(expected)
    })

    it('tells nothing but the truth is valid, to a copy that has the logs alone', async () => {
      await publish(historyOf(script), folder.at(`${script}-copy`))
      await using db = await Database.load(folder.at(`${script}-copy`))
      await checkDatabase(db)
      expect(db.executor).toBeNull()
    })
  })
}

describe('a monitor tells at once of an executor that', () => {
  /** Its copy has everything before the lie when the monitor begins. */
  async function watch(script: string, liar: DishonestExecutor, before: number): Promise<ContractFraudProof> {
    const name = `live-${liar.does.replaceAll(' ', '-')}`
    const honest = historyOf(script)
    honest.batches.splice(before)
    await publish(honest, folder.at(`${name}-before`))
    const told = historyOf(script)
    liar.tell(told)
    await publish(told, folder.at(name), liar)
    await using db = await Database.load(folder.at(`${name}-before`))
    await using monitor = await db.monitor()
    const validated = new Promise((resolve) => monitor.once('validated', resolve))
    const violated = new Promise<ContractFraudProof>((resolve) => monitor.once('violation', resolve))
    await validated
    await using peer = await Database.load(folder.at(name))
    const connection = connect(db, peer)
    const fraud = await violated
    await connection.close()
    expect(await db.frauds()).toHaveLength(1)
    return fraud
  }

  const live = (lies: readonly DishonestExecutor[], does: string) => lies.find((liar) => liar.does === does)!
  const cases: [script: string, liar: DishonestExecutor, before: number][] = [
    ['forum', live(FORUM_LIES, 'says that a call returned another value'), 2],
    ['forum', live(FORUM_LIES, 'makes up a file'), 2],
    ['forum', live(FORUM_LIES, 'does not write a variable'), 4],
    ['market', live(MARKET_LIES, 'leaves out a call of another participant'), 4],
    ['market', live(MARKET_LIES, 'says that another participant wrote a file'), 4],
    ['market', live(MARKET_LIES, 'says that a call succeeded which failed'), 3],
    ['club', live(CLUB_LIES, 'lets a stranger in with a call that lets nobody in'), 1],
    ['club', live(CLUB_LIES, 'executes a call of somebody who is not let in yet'), 2],
    ['club', live(CLUB_LIES, 'says that a member who is not the owner has put the owner out'), 4],
    ['club', live(CLUB_LIES, 'keeps in whom the owner puts out'), 6],
  ]
  for (const [script, liar, before] of cases) {
    it(`${liar.does} (${script})`, async () => {
      const { violation, proof } = await watch(script, liar, before)
      expect(violation.code).toBe(liar.expected)
      expect(proof).toBeDefined()
    })
  }
})
