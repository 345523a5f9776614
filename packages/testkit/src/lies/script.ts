/** Lies about calls of scripts: what they returned, which files and variables they left, who made them, and in which order. */
import {
  decodeGenesis,
  decodeRules,
  decodeValue,
  encodeGenesis,
  encodeRules,
  encodeValue,
  type Outcome,
  toHex,
  type Value,
} from '@vitra/log'
import { DishonestExecutor } from '../dishonest-executor.js'
import type { History } from '../history.js'
import { type CallOfHistory, callOf, callsOf, changed, retellCall } from '../script-calls.js'
import { renumber } from './order.js'

const SOURCE = '/.sys/contract/source'

type Code = DishonestExecutor['expected']

/** Says something else of the calls than what they did. */
export class LiesAboutCalls extends DishonestExecutor {
  readonly does: string
  readonly expected: Code
  readonly #tell: (history: History) => void

  constructor(does: string, expected: Code, tell: (history: History) => void) {
    super()
    this.does = does
    this.expected = expected
    this.#tell = tell
  }

  override tell(history: History): void {
    this.#tell(history)
  }
}

/** Another value, or nothing, at a path that a call writes. */
function writes(does: string, call: [name: string, nth: number], path: string, value?: Value) {
  return new LiesAboutCalls(does, 'wrong-changes', (history) => {
    const told = callOf(history, ...call)
    retellCall(told, { changes: changed(told.executed.changes, path, value) })
  })
}

/** A change that a call did not make. */
function adds(does: string, call: [name: string, nth: number], path: string, value: Value | undefined) {
  return new LiesAboutCalls(does, 'wrong-changes', (history) => {
    const told = callOf(history, ...call)
    const change = { path, value: value === undefined ? null : encodeValue(value) }
    retellCall(told, { changes: [...told.executed.changes, change] })
  })
}

function returns(does: string, call: [name: string, nth: number], outcome: Partial<Outcome>) {
  return new LiesAboutCalls(does, 'wrong-outcome', (history) =>
    retellCall(callOf(history, ...call), { outcome }),
  )
}

/** About a history in which the forum has two topics and two posts. */
export const FORUM_LIES: readonly DishonestExecutor[] = [
  returns('says that a call returned another value', ['addTopic', 1], { value: encodeValue(7) }),
  returns('says that init returned something', ['init', 0], { value: encodeValue('ready') }),
  writes('gives a file another content', ['addTopic', 0], '/topics/1/title', 'Hello, world'),
  writes('gives a file its content as bytes', ['addTopic', 0], '/topics/1/title', Buffer.from('Hello world')),
  writes('leaves out a file', ['addPost', 0], '/topics/1/1'),
  writes('leaves out a folder', ['init', 0], '/topics'),
  adds('makes up a file', ['addPost', 0], '/topics/1/99', 'never said'),
  adds('deletes a file', ['addPost', 2], '/topics/1/title', undefined),
  writes('gives a variable another value', ['addTopic', 1], '/.exports/topicCounter', 3),
  writes('writes a variable as a text', ['addTopic', 1], '/.exports/topicCounter', '2'),
  writes('does not write a variable', ['addPost', 2], '/.exports/postCounter'),
  adds('writes a variable that has not changed', ['addPost', 2], '/.exports/topicCounter', 2),
  adds('makes up a variable', ['addPost', 2], '/.exports/invented', 1),
  writes('names another owner', ['init', 0], '/.script', {
    owner: 'ab'.repeat(32),
    variables: ['topicCounter', 'postCounter'],
  }),
  writes('keeps fewer variables than the script has', ['init', 0], '/.script', {
    owner: 'ab'.repeat(32),
    variables: ['topicCounter'],
  }),
  new LiesAboutCalls('writes what an adapter of another version might', 'wrong-changes', (history) => {
    const told = callOf(history, 'init')
    const owner = toHex(told.oplog.input.signer)
    const record = { owner, variables: ['topicCounter', 'postCounter'], version: 2 }
    retellCall(told, { changes: changed(told.executed.changes, '/.script', record) })
  }),
  returns('says that a call took other fuel, as under another adapter', ['addPost', 0], { fuel: 77 }),
  new LiesAboutCalls('calls another ABI version that of the rules', 'genesis-invalid', (history) => {
    history.genesis = history.genesis.map((change) => {
      if (change.path !== '/.sys/acks/genesis') return change
      const { rules, nonce } = decodeGenesis(change.value!)
      const other = encodeRules({ ...decodeRules(rules), abi: 1 })
      return { ...change, value: encodeGenesis({ rules: other, nonce }) }
    })
  }),
  new LiesAboutCalls('begins with another script', 'genesis-invalid', (history) => {
    history.genesis = history.genesis.map((change) =>
      change.path === SOURCE ? { ...change, value: otherScript(change.value!) } : change,
    )
  }),
  new LiesAboutCalls('replaces the script in a call', 'wrong-changes', (history) => {
    const source = history.genesis.find(({ path }) => path === SOURCE)!
    const told = callOf(history, 'addPost')
    const change = { path: SOURCE, value: otherScript(source.value!) }
    retellCall(told, { changes: [...told.executed.changes, change] })
  }),
  new LiesAboutCalls('replaces the script behind the calls', 'unprompted-change', (history) => {
    const source = history.genesis.find(({ path }) => path === SOURCE)!
    history.batches.at(-1)!.unprompted.push({ path: SOURCE, value: otherScript(source.value!) })
  }),
]

/** About a history of the market in which alice and bob sell and buy, and some calls fail. */
export const MARKET_LIES: readonly DishonestExecutor[] = [
  returns('says that a participant is another one', ['whoAmI', 1], { value: encodeValue('ab'.repeat(32)) }),
  writes('says that another participant wrote a file', ['offer', 3], '/offers/3', '{"price":4,"by":"alice"}'),
  writes('gives one of several variables another value', ['take', 1], '/.exports/volume', 0),
  writes('gives a variable that holds a list another value', ['offer', 3], '/.exports/sellers', ['nobody']),
  writes('does not write one of several variables', ['offer', 1], '/.exports/best'),
  writes('does not delete a file', ['take', 1], '/offers/1'),
  writes('leaves out what was appended to a file', ['take', 1], '/sold'),
  new LiesAboutCalls('leaves out a call', 'op-skipped', (history) => {
    const { run, at } = callOf(history, 'offer', 1)
    run.executed.splice(at, 1)
    if (at === 0) run.firstSeq++
    dropEmptyRuns(history)
  }),
  new LiesAboutCalls('leaves out a call of another participant', 'op-skipped', (history) => {
    const { run } = callOf(history, 'take', 1)
    run.executed.shift()
    run.firstSeq++
    dropEmptyRuns(history)
  }),
  new LiesAboutCalls('executes a call twice', 'op-repeated', (history) => {
    const { run, executed, at } = callOf(history, 'offer', 1)
    const batch = history.batches.find(({ runs }) => runs.includes(run))!
    batch.runs.push({ ...run, firstSeq: run.firstSeq + at, executed: [executed] })
  }),
  new LiesAboutCalls('executes the calls of a participant in another order', 'wrong-changes', (history) => {
    const [first, second] = [callOf(history, 'take', 1), callOf(history, 'whoAmI', 1)]
    first.run.executed[first.at] = second.executed
    second.run.executed[second.at] = first.executed
  }),
  new LiesAboutCalls('executes a later call of a participant first', 'op-skipped', (history) => {
    const [first, second] = [callOf(history, 'offer', 0), callOf(history, 'offer', 1)]
    ;[first.run.firstSeq, second.run.firstSeq] = [second.run.firstSeq, first.run.firstSeq]
  }),
  new LiesAboutCalls('says that a call was made by another participant', 'op-invented', (history) => {
    const { run } = callOf(history, 'take', 1)
    const { run: before } = callsOf(history).findLast((call) => call.call === 'offer' && isFailed(call))!
    run.oplog = before.oplog
    run.firstSeq = before.firstSeq + before.executed.length
  }),
  new LiesAboutCalls('executes a call that nobody made', 'op-invented', (history) => {
    const { run } = callsOf(history).at(-1)!
    run.executed.push(run.executed.at(-1)!)
    run.head = { ...run.head, length: run.head.length + 1 }
  }),
  new LiesAboutCalls('says that a call succeeded which failed', 'wrong-outcome', (history) => {
    const told = callsOf(history).find(isFailed)!
    const { ts, fuel, numChanges } = told.executed.outcome
    told.run.executed[told.at] = { outcome: { kind: 'ok', ts, fuel, numChanges }, changes: [] }
  }),
  new LiesAboutCalls('keeps what a failed call had done before it failed', 'wrong-changes', (history) => {
    const told = callsOf(history).find(isFailed)!
    retellCall(told, { changes: [{ path: '/.exports/offers', value: encodeValue(9) }] })
  }),
  new LiesAboutCalls('says that a call failed which succeeded', 'wrong-changes', (history) => {
    const told = callOf(history, 'offer', 1)
    const { ts, fuel } = told.executed.outcome
    const outcome = {
      kind: 'failed',
      code: 'contract',
      message: 'a price is more than nothing',
      ts,
      fuel,
    } as const
    told.run.executed[told.at] = { outcome: { ...outcome, numChanges: 0 }, changes: [] }
  }),
  new LiesAboutCalls('says that a call failed for another reason', 'wrong-outcome', (history) =>
    retellCall(callsOf(history).find(isFailed)!, {
      outcome: { message: 'ENOENT: no such file or directory' },
    }),
  ),
]

/** The same contract with a script in which something else counts. */
function otherScript(source: Uint8Array): Uint8Array {
  return encodeValue((decodeValue(source) as string).replace('++exports', '--exports'))
}

function isFailed({ executed }: CallOfHistory): boolean {
  return executed.outcome.kind === 'failed'
}

function dropEmptyRuns(history: History): void {
  for (const batch of history.batches) batch.runs = batch.runs.filter(({ executed }) => executed.length > 0)
  history.batches = renumber(history.batches.filter(({ runs }) => runs.length > 0))
}
