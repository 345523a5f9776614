/**
 * Writes a database folder and proofs as this version makes them (spec/README, Versions). What it wrote once is in
 * `fixtures/`, for `store-fixture.test.ts`; it is called again only for a new version of a format, beside the old ones.
 */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  BATCH_PATH,
  encodeEcho,
  type HeadProof,
  headSignable,
  Log,
  logKey,
  oplogIdentity,
  type ProofSource,
  proofSource,
  proveEquivocation,
  proveInclusion,
  type SignedHead,
  Storage,
  sign,
  sodiumCrypto,
  toHex,
} from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { encodeProof, type Proof } from '@vitra/verifier'
import { Database } from 'vitra'
import { appendBlocks, type History, readHistory, TemporaryFolder } from '../src/index.js'
import { writeHonestHistory } from './honest-history.js'
import type { FixtureProof, StoreFixture } from './store-fixture.js'
import { validFraudProofs } from './valid-proofs.js'

/** What RocksDB and corestore write about the machine they run on; none of it is needed to open a folder. */
const OF_THE_MACHINE = /^(LOG(\..*)?|LOCK|CORESTORE)$/

/** @param into a folder that does not exist yet */
export async function makeStoreFixture(into: string): Promise<void> {
  await using folder = await TemporaryFolder.make()
  const honest = folder.at('honest')
  await writeHonestHistory(honest)
  const { owner, oplogs } = await readHistory(honest)
  const { signer } = oplogs[0]!.input
  const key = await keyOf(honest)
  await appendBlocks(honest, signer, key, [Uint8Array.of(1, 2, 3), encodeEcho(1, new Uint8Array(32))])
  const { proofs, ...fixture } = await describe(honest, owner)
  proofs.push(await oplogProof(honest, key, signer), ...(await fraudProofs(honest)))
  await mkdir(into, { recursive: true })
  await cp(honest, path.join(into, 'store'), { recursive: true })
  await leaveOutMachine(path.join(into, 'store'))
  await writeFile(
    path.join(into, 'fixture.json'),
    `${JSON.stringify({ ...fixture, proofs } satisfies StoreFixture, null, 2)}\n`,
  )
}

async function keyOf(folder: string): Promise<Uint8Array> {
  await using storage = Storage.at(folder)
  return (await storage.load()).key
}

async function describe(folder: string, owner: History['owner']) {
  await using db = await Database.load(folder)
  const tx = await db.call('put', { key: 'kept', value: ['with', { its: 'receipt' }] })
  await tx.whenProcessed()
  const { version } = await db.verify({ strict: true })
  const values = await db.index.list('/values')
  const key = toHex(new Uint8Array(db.pubkey))
  const head = await db.proofs.head()
  const shown: [string, Proof][] = [
    ['the head of the index', head],
    ['blocks of the index', await db.proofs.blocks([1, 2, version - 1])],
    ['genesis is the beginning of the newest version', await db.proofs.consistency(await firstVersion(db))],
    ['an entry', await db.proofs.state([{ path: '/values/kept' }])],
    ['that there is no entry', await db.proofs.state([{ path: '/values/never' }, { path: '/values/c' }])],
    [
      'a whole listing, and pages',
      await db.proofs.state([
        { prefix: '/values' },
        { prefix: '/values', options: { reverse: true, limit: 2 } },
      ]),
    ],
    ['a receipt', await tx.fetchReceipt()],
    ['that the executor signed two histories', await signOtherHistory(owner, head)],
  ]
  const proofs: FixtureProof[] = shown.map(([shows, proof]) => ({
    shows,
    key,
    bytes: toHex(encodeProof(proof)),
  }))
  return {
    key,
    version,
    treeHash: toHex(head.head.treeHash),
    entries: values.map(({ path, value }) => ({ path, value })),
    transaction: tx.toJSON(),
    proofs,
  }
}

/** Version of genesis: after the first batch record. */
async function firstVersion(db: Database): Promise<number> {
  for await (const { seq } of db.index.history({ path: BATCH_PATH, limit: 1 })) return seq + 1
  throw new Error('the database has no genesis')
}

async function signOtherHistory(owner: History['owner'], { identity, head }: HeadProof): Promise<Proof> {
  const { length } = head
  const treeHash = sodiumCrypto.hash(head.treeHash)
  const message = headSignable(sodiumCrypto, logKey(sodiumCrypto, identity), length, treeHash)
  const other: SignedHead = { length, treeHash, signature: sign(message, owner.secretKey) }
  const source = { identity } as ProofSource // not asked: the lengths are equal
  return proveEquivocation(source, head, other)
}

async function oplogProof(folder: string, key: Uint8Array, signer: Uint8Array): Promise<FixtureProof> {
  await using storage = Storage.at(folder)
  await storage.load()
  const log = await Log.open(storage, oplogIdentity(signer, key))
  const proof = await proveInclusion(proofSource(log), 0)
  await log.close()
  return { shows: 'an op in its oplog', key: toHex(log.key), bytes: toHex(encodeProof(proof)) }
}

async function fraudProofs(folder: string): Promise<FixtureProof[]> {
  await using sandbox = await Sandbox.open()
  return (await validFraudProofs(folder, sandbox)).map(({ proof, key }) => ({
    shows: 'fraud',
    key: toHex(key),
    ...(proof.kind === 'fraud' ? { violation: proof.accusation.code } : {}),
    bytes: toHex(encodeProof(proof)),
  }))
}

async function leaveOutMachine(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (OF_THE_MACHINE.test(entry.name)) await rm(path.join(entry.parentPath, entry.name))
}
