// What somebody does with the packages: make a database, call it, check it, catch a lie. Prints what came of it, and
// the receipt of the first call.
import { readFile, rm } from 'node:fs/promises'
import { CURRENT_ABI } from '@vitra/contract-sdk'
import { ContractFraudProof, VIOLATION_CODES } from '@vitra/verifier'
import { Auditor } from '@vitra/verifier/replay'
import { Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'

await rm('db', { recursive: true, force: true })
const source = await readFile('counter.js', 'utf8')
const made = await Database.create('db', { contract: { source } })
const before = (await made.call('get')).response
const first = await made.call('increment')
const second = await made.call('increment', { amount: 2 })
await Promise.all([first.whenProcessed(), second.whenProcessed()])
await made.close()

const db = await Database.load('db')
const after = (await db.call('get')).response
const { verdict, ops } = await db.verify()
await checkDatabase(db)
await db.index.dangerousBatch([{ type: 'put', path: '/counter', value: 1 }])
const caught = await db.verify().then(
  () => null,
  (error) => error,
)
await db.close()

console.log(
  JSON.stringify({
    node: process.versions.node,
    before,
    after,
    verdict,
    ops,
    isFraud: caught instanceof ContractFraudProof,
    violation: caught?.violation?.code,
    isKnown: caught?.violation?.code in VIOLATION_CODES,
    abi: CURRENT_ABI.version,
    audits: typeof Auditor,
  }),
)
