/** Every lie of a dishonest executor is proved to somebody who has the proof and the key alone. */
import { mkdir, writeFile } from 'node:fs/promises'
import { sodiumCrypto, toHex } from '@vitra/log'
import { proofToJson } from '@vitra/log/proofs'
import { Sandbox } from '@vitra/sandbox'
import { check as checkAnywhere, encodeProof, type Proof } from '@vitra/verifier'
import { check } from '@vitra/verifier/replay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DishonestExecutor,
  EXECUTION_LIES,
  ExecutesRemoved,
  GENESIS_LIES,
  type History,
  ORDER_LIES,
  readHistory,
  SCHEMA_LIES,
  TemporaryFolder,
} from '../src/index.js'
import { accuse } from './accusers.js'
import { useGuests } from './guests.js'
import { writeHonestHistory } from './honest-history.js'
import { askStranger } from './strangers.js'

useGuests()

/** What a proof of a lie on a small database may take, in bytes. */
const BYTES_MAX = 64 * 1024
/** An audit leaves these open: nobody is accused of them. */
const OPEN = ['disputed', 'other-engine']

let folder: TemporaryFolder
let sandbox: Sandbox
let removedOplog: Uint8Array
let honest: History
let key: Uint8Array
const proofs: { file: string; violation: string }[] = []

async function prove(liar: DishonestExecutor): Promise<{ proof: Proof; padded: Proof; bytes: Uint8Array }> {
  const audited = await accuse(structuredClone(honest), liar, sandbox)
  expect(audited.report.violation?.code).toBe(liar.expected)
  key = audited.key
  const proof = audited.proof!
  const bytes = encodeProof(proof)
  const file = folder.at('stranger', `${proofs.length}.proof`)
  await writeFile(file, bytes)
  proofs.push({ file, violation: liar.expected })
  return { proof, padded: audited.padded!, bytes }
}

async function convince(liar: DishonestExecutor): Promise<void> {
  const { proof, padded, bytes } = await prove(liar)
  expect(bytes.length).toBeLessThan(BYTES_MAX)
  const expected = { ok: true, code: 'proved', proves: { kind: 'fraud', violation: { code: liar.expected } } }
  for (const form of [bytes, proof, JSON.parse(JSON.stringify(proofToJson(proof)))])
    expect(await check(form, { pubkey: key, sandbox })).toMatchObject(expected)
  // Without a sandbox: the same, or that it takes one.
  const alone = await checkAnywhere(bytes, { pubkey: key, crypto: sodiumCrypto })
  if (alone.code !== 'needs-runner') expect(alone).toMatchObject(expected)
  // A proof has one form: what it does not need makes it another one.
  expect(await check(padded, { pubkey: key, sandbox })).toMatchObject({
    ok: false,
    explanation: expect.stringContaining('blocks that do not belong to it'),
  })
  const other = key.map((byte) => byte ^ 1)
  expect(await check(bytes, { pubkey: other, sandbox })).toMatchObject({ ok: false, code: 'other-database' })
}

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  await mkdir(folder.at('stranger'))
  removedOplog = await writeHonestHistory(folder.at('honest'))
  honest = await readHistory(folder.at('honest'))
  sandbox = await Sandbox.open()
})
afterAll(async () => {
  await sandbox.close()
  await folder[Symbol.asyncDispose]()
})

describe('a proof shows that an executor', () => {
  for (const Lie of [...ORDER_LIES, ...EXECUTION_LIES, ...SCHEMA_LIES, ...GENESIS_LIES]) {
    const liar = new Lie()
    if (!OPEN.includes(liar.expected)) it(liar.does, () => convince(liar))
  }

  it('executes an op of a participant that was removed', () => convince(new ExecutesRemoved(removedOplog)))

  it('does each of it, to another process that has the files and the key alone', async () => {
    expect(proofs.length).toBeGreaterThan(45)
    const verdicts = await askStranger(
      folder.at('stranger'),
      toHex(key),
      proofs.map(({ file }) => file),
    )
    const expected = proofs.map(({ violation }) => ({ ok: true, code: 'proved', kind: 'fraud', violation }))
    expect(verdicts).toEqual(expected)
  })
})
