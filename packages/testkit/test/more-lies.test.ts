/** Lies that need a history of their own, and lies told together with other faults. */
import {
  type Change,
  decodeRun,
  encodeEcho,
  encodeInput,
  encodeOp,
  encodeRun,
  encodeValue,
  headSignable,
  inputPath,
  type Outcome,
  parseRunPath,
  Roots,
  randomBytes,
  sign,
  sodiumCrypto,
} from '@vitra/log'
import { ENGINES } from '@vitra/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContractFraudProof, Database } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import {
  DishonestExecutor,
  type History,
  publish,
  type RunOfHistory,
  readHistory,
  TemporaryFolder,
  WORKBENCH_CONTRACT,
} from '../src/index.js'
import { useGuests } from './guests.js'

useGuests()

const PROCESS_CONTRACT = `
export function put ({ key, value }, emit) { emit({ op: 'PUT', key, value }) }
export function process (op) { return { took: op.key } }
export const apply = { PUT (tx, op, ack) { tx.put('/' + op.key, ack.metadata.took) } }`

let folder: TemporaryFolder
const histories = new Map<string, History>()

async function run(db: Database, method: string, params: object): Promise<void> {
  const tx = await db.call(method, params)
  await tx.whenProcessed().catch((error) => {
    if (error.code !== 'OP_REJECTED') throw error
  })
}

beforeAll(async () => {
  folder = await TemporaryFolder.make()
  const plain = await Database.create(folder.at('plain'), {
    contract: { source: WORKBENCH_CONTRACT },
    limits: { runBytesMax: 60 },
  })
  await run(plain, 'put', { key: 'a', value: 1 })
  await run(plain, 'many', { count: 30 }) // several runs of one oplog in one batch
  await run(plain, 'raw', { op: { op: 'COPY', from: 'a', to: 'b' } })
  await checkDatabase(plain)
  await plain.close()
  const other = await Database.create(folder.at('process'), { contract: { source: PROCESS_CONTRACT } })
  for (const key of ['a', 'b', 'c']) await run(other, 'put', { key, value: 1 })
  await checkDatabase(other)
  await other.close()
  for (const name of ['plain', 'process']) histories.set(name, await readHistory(folder.at(name)))
})
afterAll(() => folder[Symbol.asyncDispose]())

/** The verdict on a history with a lie in it: the violation's code, the first finding's, or `valid`. */
async function judge(from: 'plain' | 'process', lie: Lie): Promise<string> {
  const history = structuredClone(histories.get(from)!)
  lie.tell?.(history)
  const target = folder.at(`lie-${Buffer.from(randomBytes(6)).toString('hex')}`)
  await publish(history, target, new Told(lie))
  await using db = await Database.load(target)
  return await db.verify().then(
    (report) => report.findings[0]?.code ?? report.verdict,
    (error) => {
      if (!(error instanceof ContractFraudProof)) throw error
      return error.violation.code
    },
  )
}

interface Lie {
  tell?(history: History): void
  entries?(changes: Change[], number: number): Change[]
  blocks?(blocks: Uint8Array[], number: number): Uint8Array[]
}

class Told extends DishonestExecutor {
  readonly does = 'what the test says'
  readonly expected = 'wrong-outcome'
  readonly #lie: Lie

  constructor(lie: Lie) {
    super()
    this.#lie = lie
  }

  override entries(changes: Change[], number: number): Change[] {
    return this.#lie.entries?.(changes, number) ?? changes
  }

  override blocks(blocks: Uint8Array[], number: number): Uint8Array[] {
    return this.#lie.blocks?.(blocks, number) ?? blocks
  }
}

const lastRun = (history: History): RunOfHistory => history.batches.at(-1)!.runs.at(-1)!

/** Another outcome for the last op, without changes unless given. */
function retell(history: History, patch: Partial<Outcome>, changes: Change[] = []): void {
  const { executed } = lastRun(history)
  const { ts, fuel } = executed.at(-1)!.outcome
  const outcome = { kind: 'ok', ts, fuel, numChanges: changes.length, ...patch } as Outcome
  executed[executed.length - 1] = { outcome, changes }
}

function metadata(history: History, change: (value: Uint8Array | undefined) => Uint8Array | undefined): void {
  const { executed } = lastRun(history)
  const last = executed.at(-1)!
  const { metadata: old, ...outcome } = last.outcome
  const value = change(old)
  executed[executed.length - 1] = {
    ...last,
    outcome: value === undefined ? outcome : { ...outcome, metadata: value },
  }
}

/** The last participant's log goes on with a block that an honest executor would take for no op. */
function appendBlock(history: History, block: Uint8Array, outcome: Partial<Outcome>): void {
  const { keyPair, blocks } = history.oplogs.find((oplog) => oplog.blocks.length > 0)!
  const runs = history.batches.at(-1)!.runs
  const before = lastRun(history)
  blocks.push(block)
  const roots = new Roots(sodiumCrypto)
  for (const each of blocks) roots.append(each)
  const treeHash = roots.treeHash()
  const message = headSignable(sodiumCrypto, before.oplog, blocks.length, treeHash)
  const head = { length: blocks.length, treeHash, signature: sign(message, keyPair.secretKey) }
  const { ts } = before.executed.at(-1)!.outcome
  const full = { kind: 'ok', ts, fuel: 0, numChanges: 0, ...outcome } as Outcome
  runs.push({
    oplog: before.oplog,
    firstSeq: before.firstSeq + before.executed.length,
    head,
    executed: [{ outcome: full, changes: [] }],
  })
}

const BAD_BLOCKS: [string, Uint8Array, Outcome['kind']][] = [
  ['no envelope', Uint8Array.of(1, 2, 3), 'undecodable'],
  ['an echo', encodeEcho(1, new Uint8Array(32)), 'echo'],
  ['too large', new Uint8Array(2 * 1024 * 1024), 'too-large'],
  ['an op', encodeOp({ op: 'NOTHING' }), 'ok'],
]

describe('outcomes that the bytes of a block decide', () => {
  for (const [name, block, kind] of BAD_BLOCKS) {
    for (const told of ['undecodable', 'echo', 'too-large', 'ok', 'unexecutable'] as const) {
      if (told === kind) continue
      const expected = kind === 'ok' && told === 'unexecutable' ? 'disputed' : 'wrong-outcome'
      it(`${name} is not ${told}: ${expected}`, async () => {
        const outcome: Partial<Outcome> =
          told === 'unexecutable' ? { kind: 'failed', code: told, message: '' } : { kind: told }
        expect(await judge('plain', { tell: (history) => appendBlock(history, block, outcome) })).toBe(
          expected,
        )
      })
    }
  }

  it('are fraud under the name of any engine', async () => {
    const engine = ENGINES.find((name) => name !== process.versions.v8.split('.').slice(0, 2).join('.'))!
    const others = ENGINES.filter((name) => name !== `v8-${engine}`)
    for (const name of others) {
      const code = await judge('plain', {
        tell(history) {
          history.batches.at(-1)!.engine = name
          retell(history, { kind: 'undecodable' })
        },
      })
      expect(['wrong-outcome', 'wrong-changes']).toContain(code)
    }
  })
})

describe('what `process` gave', () => {
  const cases: [string, string, (history: History) => void][] = [
    ['is missing', 'wrong-changes', (history) => metadata(history, () => undefined)],
    ['is another', 'wrong-changes', (history) => metadata(history, () => encodeValue({ took: 'else' }))],
    ['is deeper than a value', 'run-invalid', (history) => metadata(history, () => deep(65))],
    [
      'is as deep as a value and other than applied',
      'wrong-changes',
      (history) => metadata(history, () => deep(64)),
    ],
    [
      'failed, and has changes',
      'wrong-changes',
      (history) =>
        retell(history, { kind: 'failed', code: 'process', message: '' }, [
          { path: '/c', value: encodeValue('c') },
        ]),
    ],
    [
      'failed, and has metadata',
      'wrong-outcome',
      (history) =>
        retell(history, { kind: 'failed', code: 'process', message: '', metadata: encodeValue(1) }),
    ],
    [
      'failed with a message that is too long',
      'wrong-outcome',
      (history) => retell(history, { kind: 'failed', code: 'process', message: 'x'.repeat(513) }),
    ],
  ]
  for (const [name, expected, tell] of cases)
    it(`${name}: ${expected}`, async () => expect(await judge('process', { tell })).toBe(expected))

  it('failed, is the executor’s word, where the contract has a `process` and there only', async () => {
    const tell = (history: History) =>
      retell(history, { kind: 'failed', code: 'process', message: 'no', fuel: 0 })
    expect(await judge('process', { tell })).toBe('valid')
    expect(await judge('plain', { tell })).toMatch(/^wrong-(changes|outcome)$/)
  })
})

describe('ops that cannot be checked', () => {
  /** Nobody has the participants' logs: the ops are taken as they were published. */
  const forget = (history: History) => {
    for (const { blocks } of history.oplogs) blocks.splice(0)
  }
  const impossible: [string, Change][] = [
    ['a value that is none', { path: '/x', value: Uint8Array.of(0xff) }],
    ['a participant that is none', { path: `/.sys/inputs/${'ab'.repeat(32)}`, value: encodeValue(1) }],
    [
      'a participant with a log of its choice',
      (() => {
        const oplog = randomBytes(32)
        return {
          path: inputPath(oplog),
          value: encodeInput({ signer: randomBytes(32), oplog, active: true }),
        }
      })(),
    ],
    ['a contract that is no text', { path: '/.sys/contract/source', value: encodeValue(1) }],
    ['no contract at all', { path: '/.sys/contract/source', value: null }],
    ['the genesis record', { path: '/.sys/acks/genesis', value: encodeValue(1) }],
    ['a system entry that there is not', { path: '/.sys/other', value: encodeValue(1) }],
    ['a delete of what is absent', { path: '/absent', value: null }],
  ]
  for (const [name, change] of impossible) {
    it(`cannot have written ${name}`, async () => {
      const code = await judge('plain', {
        tell(history) {
          forget(history)
          retell(history, {}, [change])
        },
      })
      expect(code).toBe(change.path === '/absent' ? 'record-invalid' : 'wrong-changes')
    })
  }

  it('are inconclusive otherwise, whatever they say they did', async () => {
    const code = await judge('plain', {
      tell(history) {
        forget(history)
        retell(history, {}, [{ path: '/any', value: encodeValue('thing') }])
      },
    })
    expect(code).toBe('oplog-behind')
  })

  it('under another engine are inconclusive, never fraud and never valid', async () => {
    for (const engine of ENGINES) {
      const code = await judge('plain', {
        tell(history) {
          history.batches.at(-1)!.engine = engine
          retell(history, {}, [{ path: '/any', value: encodeValue('thing') }])
        },
      })
      expect(['other-engine', 'wrong-changes']).toContain(code)
    }
  })
})

describe('runs and records', () => {
  it('a second head of one length, signed by the participant too, is not taken for the first', async () => {
    const code = await judge('plain', {
      tell(history) {
        const runs = history.batches.flatMap((batch) => batch.runs)
        const twice = runs.filter((one) =>
          runs.some((other) => other !== one && other.head.length === one.head.length),
        )
        const target = twice.at(-1)!
        const { keyPair } = history.oplogs.find((oplog) => oplog.blocks.length > 0)!
        const treeHash = randomBytes(32)
        const message = headSignable(sodiumCrypto, target.oplog, target.head.length, treeHash)
        target.head = { length: target.head.length, treeHash, signature: sign(message, keyPair.secretKey) }
      },
    })
    expect(code).toBe('oplog-equivocation')
  })

  for (const field of ['treeHash', 'signature'] as const) {
    it(`a head that runs share is signed in each of them: another ${field}`, async () => {
      const code = await judge('plain', {
        tell(history) {
          const shared = history.batches.map(({ runs }) => runs).find((runs) => runs.length > 1)!
          const { head } = shared[0]!
          expect(shared[1]!.head).toEqual(head)
          shared[1]!.head = { ...head, [field]: head[field].map((byte, n) => (n === 5 ? byte ^ 1 : byte)) }
        },
      })
      expect(code).toBe('op-invented')
    })
  }

  it('a run of the same batch is the one before, and no other', async () => {
    const code = await judge('plain', {
      entries: (changes) => {
        const runs = changes.filter(({ path }) => parseRunPath(path) !== null)
        const last = runs.at(-1)
        if (runs.length < 2 || last === undefined) return changes
        return changes.map((change) => {
          if (change !== last) return change
          const decoded = decodeRun(change.value!)
          const first = decodeRun(runs[0]!.value!)
          return { ...change, value: encodeRun({ ...decoded, prevRun: first.prevRun }) }
        })
      },
    })
    expect(code).toBe('run-invalid')
  })

  it('time may run ahead, the executor’s word, and never back', async () => {
    const ahead = (history: History) => {
      const batch = history.batches.at(-1)!
      const { executed } = batch.runs.at(-1)!
      const last = executed.at(-1)!
      batch.lastTs += 10 ** 12
      executed[executed.length - 1] = { ...last, outcome: { ...last.outcome, ts: batch.lastTs } }
    }
    expect(await judge('process', { tell: ahead })).toBe('valid')
    expect(await judge('plain', { tell: ahead })).toBe('wrong-changes') // the op writes its time
  })

  it('a header of the index that is another', async () => {
    const code = await judge('plain', {
      blocks: (blocks, number) =>
        number === 0
          ? [blocks[0]!.map((byte, n) => (n === 5 ? byte ^ 1 : byte)), ...blocks.slice(1)]
          : blocks,
    })
    expect(code).toBe('genesis-invalid')
  })
})

function deep(levels: number): Uint8Array {
  const bytes = new Uint8Array(levels).fill(0x81)
  bytes[levels - 1] = 1
  return bytes
}
