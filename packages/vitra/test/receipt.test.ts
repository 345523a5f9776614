/** Receipts of transactions: there once ops are executed, checked by whoever has the JSON and the key. */

import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeProof, encodeProof, fromHex, toHex } from '@vitra/log'
import { connect, TemporaryFolder, WORKBENCH_CONTRACT } from '@vitra/testkit'
import { useGuests } from '@vitra/testkit/guests'
import { describe, expect, it } from 'vitest'
import { Database, Storage, Transaction } from '../src/index.js'
import { checkDatabase } from '../src/testing/index.js'

useGuests({ secondLooks: false })

const workbench = { contract: { source: WORKBENCH_CONTRACT } }
const LONG_MS = 60_000

/** What goes over the wire and into files. */
function written(tx: Transaction): Record<string, unknown> {
  return JSON.parse(JSON.stringify(tx))
}

/** The same with its receipt, also where nobody waited for it. */
async function proven(tx: Transaction): Promise<Record<string, unknown>> {
  await tx.fetchReceipt()
  return written(tx)
}

/** A line of the file of calls as earlier versions wrote it: with the ops, and bytes in hex. */
function inFormat1(line: string, { receipt: _, ...call }: Record<string, unknown>): string {
  const { txId, receiptOf, small } = JSON.parse(line)
  if (txId === call.txId) return JSON.stringify(call)
  if (receiptOf !== call.txId) return line
  const [oplog, seq, count] = receiptOf.split('-')
  const hex = (text: string) => toHex(Buffer.from(text, 'base64'))
  const bytes = { treeHash: hex(small.treeHash), signature: hex(small.signature) }
  return JSON.stringify({
    receiptOf,
    small: { oplog, seq: Number(seq), count: Number(count), ...small, ...bytes },
  })
}

describe('the receipt of a transaction', () => {
  it('is there once its ops are executed, and is checked without any database', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const { pubkey } = db
    const tx = await db.call('twice', { key: 'k', value: 7 })
    expect(tx.receipt).toBe(null)
    expect(written(tx)).not.toHaveProperty('receipt')
    await tx.fetchAcks()
    await tx.whenProcessed()
    const receipt = tx.receipt!
    expect(receipt).toMatchObject({ kind: 'receipt' })
    expect(await tx.fetchReceipt()).toBe(receipt)
    const later = await db.call('put', { key: 'later', value: 1 })
    expect(later.receipt).toBe(null)
    while ((await later.fetchAcks()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(later.receipt).toBe(null) // outcomes alone cost no proofs
    expect(Transaction.fromJSON(await proven(later)).receipt).toMatchObject({ kind: 'receipt' })
    // That of its execution, though the log has grown since.
    const { run } = (await tx.verifyInclusion())[0]!
    expect(receipt.index.head.length).toBe(run + 1 + 3 + 1)
    const detached = Transaction.fromJSON(written(tx))
    expect(detached.status).toBe('pending')
    const [proved] = await detached.verifyInclusion(pubkey)
    expect(proved).toMatchObject({
      op: { seq: 0, value: { op: 'TWICE', key: 'k', value: 7 } },
      ack: { success: true, outcome: { numChanges: 3 } },
      version: receipt.index.head.length,
    })
    expect(proved!.results).toEqual(await tx.fetchResults())
    expect(detached.status).toBe('processed')
    expect(await detached.fetchAcks()).toEqual(await tx.fetchAcks())
    expect(await detached.fetchResults()).toEqual(await tx.fetchResults())
    expect(await detached.whenProcessed()).toHaveLength(1)
    expect(await tx.verifyInclusion()).toEqual([proved])
    await checkDatabase(db)
  })

  it('tells of ops that failed, and of many ops in several batches', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const failing = await db.call('fail', { message: 'not today' })
    await expect(failing.whenProcessed()).rejects.toMatchObject({ code: 'OP_REJECTED' })
    const failed = Transaction.fromJSON(await proven(failing))
    expect(await failed.verifyInclusion(db.pubkey)).toMatchObject([
      { ack: { success: false, outcome: { kind: 'failed', message: 'not today' } }, results: [] },
    ])
    expect(failed.status).toBe('rejected')
    const many = await db.call('many', { count: 700 })
    await many.whenProcessed()
    const proved = await Transaction.fromJSON(await proven(many)).verifyInclusion(db.pubkey)
    expect(proved.map(({ results }) => results[0]!.value)).toEqual(Array.from({ length: 700 }, (_, n) => n))
    expect(new Set(proved.map(({ run }) => run)).size).toBeGreaterThan(10)
    await checkDatabase(db)
  })

  it('is made of every call where hundreds are under way at once', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const txs = await Promise.all(
      Array.from({ length: 200 }, (_, n) => db.call('put', { key: `k${n % 7}`, value: n })),
    )
    await Promise.all(txs.map((tx) => tx.whenProcessed()))
    for (const [n, tx] of txs.entries()) {
      const [proved] = await Transaction.fromJSON(await proven(tx)).verifyInclusion(db.pubkey)
      expect(proved!.results).toMatchObject([{ value: n }])
    }
    await checkDatabase(db)
  })

  it('is none for a call that only reads, and none before the ops are executed', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const read = await db.call('get', { key: 'k' })
    expect(await read.verifyInclusion()).toEqual([])
    await expect(read.fetchReceipt()).rejects.toMatchObject({ code: 'TX_NOT_PROCESSED' })
    await using bob = await Database.load(Storage.temporary(), db.pubkey)
    const identity = await bob.createIdentity()
    await (await db.call('admit', { pubkey: identity.toString() })).whenProcessed()
    const connection = connect(db, bob)
    await bob.syncLatest()
    await connection.close()
    const waiting = await bob.call('put', { key: 'k', value: 1 })
    await expect(waiting.fetchReceipt()).rejects.toMatchObject({ code: 'TX_NOT_PROCESSED' })
    const again = connect(db, bob)
    await waiting.whenProcessed({ timeout: LONG_MS })
    expect(await Transaction.fromJSON(await proven(waiting)).verifyInclusion(db.pubkey)).toMatchObject([
      { results: [{ path: '/values/k', value: 1 }] },
    ])
    await checkDatabase(bob)
    await again.close()
    await checkDatabase(db)
  })

  it('holds for this database and these ops alone', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    await using other = await Database.create(Storage.temporary(), workbench)
    const tx = await db.call('put', { key: 'k', value: 1 })
    const second = await db.call('put', { key: 'k', value: 2 })
    await Promise.all([tx.whenProcessed(), second.whenProcessed()])
    const json = await proven(tx)
    const ops = json.ops as object[]
    const refused = (changed: object, pubkey = db.pubkey) =>
      expect(Transaction.fromJSON({ ...json, ...changed }).verifyInclusion(pubkey)).rejects.toMatchObject({
        code: 'TX_UNPROVED',
      })
    await refused({}, other.pubkey)
    await refused({ receipt: (await proven(second)).receipt })
    await refused({ ops: written(second).ops })
    await refused({ ops: [...ops, ...(written(second).ops as object[])] })
    for (const change of [{ seq: 1 }, { value: 'other' }, { value: '\ud800' }, { oplog: '00'.repeat(32) }])
      await refused({ ops: [{ ...ops[0], ...change }] })
    for (const receipt of [7, '', 'zz', 'abc', '0801', toHex(db.pubkey), null])
      expect(() => Transaction.fromJSON({ ...json, receipt })).toThrow(/receipt/)
    await expect(Transaction.fromJSON(json).verifyInclusion('frob')).rejects.toMatchObject({
      code: 'KEY_INVALID',
    })
    const { receipt: _, ...bare } = json
    await expect(Transaction.fromJSON(bare).verifyInclusion(db.pubkey)).rejects.toMatchObject({
      code: 'TX_DETACHED',
    })
    await checkDatabase(db)
    await checkDatabase(other)
  })

  it('is kept small over a restart, and made again to the same bytes once the log has grown', async () => {
    await using folder = await TemporaryFolder.make()
    const created = await Database.create(folder.at('db'), workbench)
    const tx = await created.call('twice', { key: 'k', value: 7 })
    await tx.whenProcessed()
    const bytes = encodeProof(await tx.fetchReceipt())
    for (let n = 0; n < 30; n++) await (await created.call('put', { key: 'k', value: n })).whenProcessed()
    await created.close()
    const file = folder.at('db', 'transactions.jsonl')
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    const small = lines.filter((line) => JSON.parse(line).receiptOf === tx.txId)
    expect(small).toHaveLength(1)
    expect(small[0]!.length).toBeLessThan(350)
    const call = lines.find((line) => JSON.parse(line).txId === tx.txId)!
    expect(Object.keys(JSON.parse(call))).toEqual(['format', 'txId', 'method', 'params'])

    for (const text of [
      lines.join('\n'),
      // As earlier versions left it, and with a small form that cannot be read.
      lines.filter((line) => !line.includes('receiptOf')).join('\n'),
      `${lines.filter((line) => !line.includes('receiptOf')).join('\n')}\n{"receiptOf":"${tx.txId}","small":{}}`,
      lines.map((line) => inFormat1(line, written(tx))).join('\n'),
    ]) {
      await writeFile(file, `${text}\n`)
      await using db = await Database.load(folder.at('db'))
      const found = (await db.findTransaction(tx.txId))!
      expect(found).toMatchObject({ method: 'twice', receipt: null, ops: tx.ops, params: tx.params })
      expect(encodeProof(await found.fetchReceipt())).toEqual(bytes)
      await checkDatabase(db)
    }
  })

  it('is made by a copy of the database too, of calls that others made', async () => {
    await using db = await Database.create(Storage.temporary(), workbench)
    const tx = await db.call('put', { key: 'k', value: 1 })
    await tx.whenProcessed()
    await using copy = await Database.load(Storage.temporary(), db.pubkey)
    const connection = connect(db, copy)
    await copy.syncLatest()
    let found = await copy.findTransaction(tx.txId)
    // The op itself comes in the participant's oplog.
    for (; found === null; found = await copy.findTransaction(tx.txId)) await sleep(20)
    expect(encodeProof(await found.fetchReceipt())).toEqual(encodeProof(await tx.fetchReceipt()))
    expect(decodeProof(fromHex(written(found).receipt as string))).toEqual(tx.receipt)
    await checkDatabase(copy)
    await connection.close()
    await checkDatabase(db)
  })
})
