/** Honest histories of scripts, for the lies that are told about them. */
import { Database, ScriptCallError } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { appendOps, FORUM_SCRIPT, MARKET_SCRIPT } from '../src/index.js'

/** The forum of the first seed: two topics, two posts, and one that fails. */
export async function writeForum(path: string): Promise<void> {
  await using db = await Database.create(path, { contract: { script: FORUM_SCRIPT } })
  const forum = db.api()
  const topic = await forum.addTopic('Hello world')
  await forum.addTopic('Another')
  await forum.addPost(topic, 'My name is bob')
  await fails(forum.addPost(9, 'nowhere'))
  await forum.addPost(topic, 'Who else?')
  await checkDatabase(db)
}

/** The market with two participants whose keys are in one folder, so that a liar can publish it again. */
export async function writeMarket(path: string): Promise<void> {
  const db = await Database.create(path, { contract: { script: MARKET_SCRIPT } })
  const market = db.api()
  const bob = await db.createIdentity()
  await market.addParticipant(bob.toString())
  await market.offer(5)
  await market.whoAmI()
  await fails(market.take(1))
  await market.offer(3)
  await fails(market.offer(-1))
  await db.close()
  const calls = [
    { call: 'take', args: [1] },
    { call: 'whoAmI', args: [] },
    { call: 'offer', args: [4] },
  ]
  await appendOps(path, bob.publicKey, db.pubkey, calls)
  await using again = await Database.load(path)
  await again.executor!.sync()
  await again.api().offer(8)
  await checkDatabase(again)
}

async function fails(call: Promise<unknown>): Promise<void> {
  const error = await call.catch((thrown: unknown) => thrown)
  if (!(error instanceof ScriptCallError)) throw new Error('the call should fail', { cause: error })
}
