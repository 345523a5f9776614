/** Honest histories of scripts, for the lies that are told about them. */
import { Database, ScriptCallError } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { appendOps, CLUB_SCRIPT, FORUM_SCRIPT, MARKET_SCRIPT } from '../src/index.js'

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

/** The club: the owner lets in and puts out, a member may do neither, two members let in a third, who leaves. */
export async function writeClub(path: string): Promise<void> {
  const db = await Database.create(path, { contract: { script: CLUB_SCRIPT } })
  const club = db.api()
  const [bob, carol] = [await db.createIdentity(), await db.createIdentity()]
  const alice = db.localOplog!.publicKey.toString('hex')
  await club.note('a', 'before')
  await club.addParticipant(bob.toString())
  await club.vouch(carol.toString())
  await db.close()
  /** Calls of one member, executed in batches of their own. */
  const makes = async (who: typeof bob, calls: readonly { call: string; args: string[] }[]) => {
    await appendOps(path, who.publicKey, db.pubkey, calls)
    await using again = await Database.load(path)
    await again.executor!.sync()
  }
  const stranger = 'ab'.repeat(32)
  await makes(bob, [
    { call: 'note', args: ['b', 'I am bob'] },
    { call: 'addParticipant', args: [stranger] },
  ])
  await makes(bob, [{ call: 'removeParticipant', args: [alice] }])
  await makes(bob, [{ call: 'vouch', args: [carol.toString()] }])
  await makes(carol, [
    { call: 'note', args: ['c', 'I am carol'] },
    { call: 'leave', args: [] },
    { call: 'note', args: ['c', 'I was carol'] },
  ])
  {
    await using again = await Database.load(path)
    await again.api().removeParticipant(bob.toString())
  }
  await makes(bob, [{ call: 'note', args: ['b', 'I was bob'] }])
  await using again = await Database.load(path)
  await again.api().note('a', 'after')
  await checkDatabase(again)
  const notes = await again.files.readdir('/notes')
  const texts = await Promise.all(notes.map((name) => again.files.readFile(`/notes/${name}`, 'utf8')))
  if (texts.join() !== 'after,I am bob,I am carol') throw new Error(`other notes: ${texts.join()}`)
}

async function fails(call: Promise<unknown>): Promise<void> {
  const error = await call.catch((thrown: unknown) => thrown)
  if (!(error instanceof ScriptCallError)) throw new Error('the call should fail', { cause: error })
}
