/** What a script costs: the forum of the first seed, beside a contract with `apply` that keeps the same entries. */
import { type ContractOptions, Database } from 'vitra'
import { type Contestant, each, perSecond, type Row } from '../harness.js'
import type { Sizes } from '../sizes.js'
import { FORUM_SCRIPT } from '../workload.js'

/** The same entries, with the same checks: a topic is made once, and a post needs its topic. */
const CONTRACT = `
import assert from 'assert'
import { index } from 'contract'

export function addTopic({ title }, emit) {
  emit({ op: 'ADD_TOPIC', title })
}

export function addPost({ id, content }, emit) {
  emit({ op: 'ADD_POST', id, content })
}

async function next(tx, name) {
  const number = ((await index.get('/counters/' + name))?.value ?? 0) + 1
  tx.put('/counters/' + name, number)
  return number
}

export const apply = {
  async ADD_TOPIC(tx, { title }) {
    assert(typeof title === 'string', 'a title is a text')
    const id = await next(tx, 'topic')
    assert((await index.get('/topics/' + id)) === null, 'there is such a topic')
    tx.put('/topics/' + id, {})
    tx.put('/topics/' + id + '/title', title)
    return id
  },
  async ADD_POST(tx, { id, content }) {
    assert(typeof content === 'string', 'a post is a text')
    assert((await index.get('/topics/' + id)) !== null, 'there is no such topic')
    const postId = await next(tx, 'post')
    tx.put('/topics/' + id + '/' + postId, content)
    return postId
  },
}
`

/** So many posts are made for each topic. They go to the first one, which is there before: calls may overtake each other. */
const POSTS = 9
const CONTENT = 'v'.repeat(64)

/** Makes the n-th call and waits for what it returned. */
type Call = (nth: number) => Promise<void>

/** A way to write the forum. */
interface Forum {
  readonly contract: ContractOptions
  calls(db: Database): Call
}

const FIRST_TOPIC = 1
const isTopic = (nth: number): boolean => nth % (POSTS + 1) === 0

const AS_SCRIPT: Forum = {
  contract: { script: FORUM_SCRIPT },
  calls(db) {
    const forum = db.api()
    return (nth) => (isTopic(nth) ? forum.addTopic(`topic ${nth}`) : forum.addPost(FIRST_TOPIC, CONTENT))
  },
}

const AS_CONTRACT: Forum = {
  contract: { source: CONTRACT },
  calls(db) {
    return async (nth) => {
      const tx = isTopic(nth)
        ? await db.call('addTopic', { title: `topic ${nth}` })
        : await db.call('addPost', { id: FIRST_TOPIC, content: CONTENT })
      await tx.whenProcessed({ receipt: false })
    }
  },
}

export function scriptRows({ ops, calls }: Sizes): Row[] {
  return [
    {
      id: 'scripts',
      title: 'Calls of a script, pipelined',
      unit: 'per second',
      contestants: contestants(async (call) => {
        const all = async () => {
          await Promise.all(Array.from({ length: ops }, (_, nth) => call(nth)))
        }
        return [await perSecond(ops, all)]
      }),
    },
    {
      id: 'scripts-latency',
      title: 'Call of a script to its return value, one caller',
      unit: 'ms',
      contestants: contestants((call) => each(calls, call)),
    },
  ]
}

function contestants(measure: (call: Call) => Promise<number[]>): Contestant[] {
  return [
    contestant(
      'Vitra, a script',
      'the forum of the first seed: a topic and nine posts to it, in turn; with its acknowledgements, as by default',
      AS_SCRIPT,
      measure,
    ),
    contestant('Vitra, a contract with apply', 'the same calls, checks and entries', AS_CONTRACT, measure),
  ]
}

function contestant(
  name: string,
  note: string,
  { contract, calls }: Forum,
  measure: (call: Call) => Promise<number[]>,
): Contestant {
  return {
    name,
    note,
    async measure(folder) {
      await using db = await Database.create(folder, { contract })
      const call = calls(db)
      await call(0)
      return await measure(call)
    },
  }
}
