/** A wrong execution, proved to somebody who has no logs: how much it takes, and how long it is to check. */
import { encodeValue, IndexLog, type Input, Log, oplogIdentity, Storage } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import { type History, publishInto, readHistory } from '@vitra/testkit'
import { encodeProof } from '@vitra/verifier'
import { Auditor, check } from '@vitra/verifier/replay'
import { Database } from 'vitra'
import { each, elapsedMs, type Row } from '../harness.js'
import { ARRAY_OPS, type Sizes } from '../sizes.js'

/** Reads two entries, writes two: what an op of a ledger does. */
const SOURCE = `
import { index } from 'contract'
export function move({ moves }, emit) { for (const move of moves) emit({ op: 'MOVE', ...move }) }
export const apply = {
  async MOVE(tx, { from, to, amount }) {
    const a = (await index.get('/accounts/' + from))?.value ?? 1000
    const b = (await index.get('/accounts/' + to))?.value ?? 1000
    tx.put('/accounts/' + from, a - amount)
    tx.put('/accounts/' + to, b + amount)
    return a - amount
  },
}
`
const CHECKS = 20

export function fraudRows({ histories }: Sizes): Row[] {
  return histories.flatMap((ops) => {
    const proved = new Proved(ops)
    const name = `a wrong op among ${ops}, in the middle of its batch`
    return [
      row(`fraud-bytes-${ops}`, `Proof of ${name}: size`, 'bytes', async (folder) => [
        (await proved.proof(folder)).bytes.length,
      ]),
      row(`fraud-make-${ops}`, `Proof of ${name}: to make it`, 'ms', async (folder) => [
        (await proved.proof(folder)).madeMs,
      ]),
      {
        ...row(`fraud-check-${ops}`, `Proof of ${name}: to check it`, 'ms', (folder) => proved.check(folder)),
        close: () => proved.close(),
      },
    ]
  })
}

function row(
  id: string,
  title: string,
  unit: Row['unit'],
  measure: (folder: string) => Promise<number[]>,
): Row {
  const note = 'two reads, two writes an op; by bytes and key alone, in a sandbox that is open'
  return { id, title, unit, rounds: 1, contestants: [{ name: 'Vitra', note, measure }] }
}

interface Made {
  readonly bytes: Uint8Array
  readonly key: Uint8Array
  readonly madeMs: number
}

/** A history with a lie in it, made once. */
class Proved {
  readonly #ops: number
  #made: Promise<Made> | null = null
  #sandbox: Promise<Sandbox> | null = null

  constructor(ops: number) {
    this.#ops = ops
  }

  proof(folder: string): Promise<Made> {
    this.#made ??= this.#make(folder)
    return this.#made
  }

  async check(folder: string): Promise<number[]> {
    const { bytes, key } = await this.proof(folder)
    const sandbox = await this.#open()
    const judge = async () => {
      const { ok, explanation } = await check(bytes, { pubkey: key, sandbox })
      if (!ok) throw new Error(explanation)
    }
    await judge() // the contract is loaded then, as by whoever checks a second proof
    return each(CHECKS, judge)
  }

  async close(): Promise<void> {
    await (await this.#sandbox)?.close()
  }

  #open(): Promise<Sandbox> {
    this.#sandbox ??= Sandbox.open()
    return this.#sandbox
  }

  async #make(folder: string): Promise<Made> {
    await fill(folder, this.#ops)
    const history = await readHistory(folder)
    lieInTheMiddle(history)
    await using storage = Storage.temporary()
    await storage.create()
    const log = await publishInto(history, storage)
    const index = await IndexLog.open(log)
    const openOplog = ({ signer }: Input) => Log.open(storage, oplogIdentity(signer, log.key))
    const auditor = new Auditor({ index, sandbox: await this.#open(), openOplog })
    const { violation } = await auditor.advance()
    if (violation?.code !== 'wrong-changes') throw new Error(`the lie was not found: ${violation?.code}`)
    let bytes = new Uint8Array()
    const madeMs = await elapsedMs(async () => {
      bytes = new Uint8Array(encodeProof(await auditor.proveFraud()))
    })
    await index.close()
    return { bytes, key: log.key, madeMs }
  }
}

async function fill(folder: string, ops: number): Promise<void> {
  await using db = await Database.create(folder, { contract: { source: SOURCE } })
  for (let done = 0; done < ops; done += ARRAY_OPS) {
    const moves = Array.from({ length: Math.min(ARRAY_OPS, ops - done) }, (_, n) => ({
      from: (done + n) % ops,
      to: ((done + n) * 7919) % ops,
      amount: 1,
    }))
    await db.call('move', { moves })
  }
  await db.executor!.sync()
}

/** Another value of the op in the middle of the batch in the middle. */
function lieInTheMiddle({ batches }: History): void {
  const { runs } = batches[Math.floor(batches.length / 2)]!
  const run = runs[Math.floor(runs.length / 2)]!
  const at = Math.floor(run.executed.length / 2)
  const { outcome, changes } = run.executed[at]!
  run.executed[at] = { outcome, changes: [{ ...changes[0]!, value: encodeValue(666) }, ...changes.slice(1)] }
}
