/** Somebody who takes part in the database of a test. */
import type { AnyContract, MethodName } from '@vitra/contract-sdk'
import type { CallArguments, CallResponse, Database, ScriptApi, Transaction, Value } from '../index.js'
import { inTurn } from '../script/script-objects.js'
import type { OpChange } from './executed-ops.js'

/** What became of a call. */
export interface TestCall<R = unknown> {
  /** What the method returned. */
  readonly response: R
  /** What the ops changed, in order. */
  readonly changes: readonly OpChange[]
  /** What `apply` returned, for each op that returned something. */
  readonly returned: readonly Value[]
  /** The fuel that the ops took, added up. */
  readonly fuel: number
  readonly tx: Transaction<R>
}

/** Has the copy call as one participant, and nobody else meanwhile. */
type Turn = <T>(work: () => Promise<T>) => Promise<T>

/** A participant of a {@link TestDatabase}. */
export class TestParticipant<M = AnyContract> {
  readonly name: string
  /** Public key, hex: what the contract finds in `ack.origin`. */
  readonly pubkey: string
  readonly #db: Database<M>
  readonly #turn: Turn

  constructor(name: string, pubkey: string, db: Database<M>, turn: Turn) {
    this.name = name
    this.pubkey = pubkey
    this.#db = db
    this.#turn = turn
  }

  /**
   * Calls a method, and waits until what it emitted is executed.
   *
   * @throws {TransactionError} `OP_REJECTED` where the contract refused an op; `ContractError` for what the method throws
   * @example const { response, changes, fuel } = await alice.call('increment', { amount: 2 })
   */
  async call<Name extends MethodName<M>>(
    method: Name,
    ...args: CallArguments<M, Name>
  ): Promise<TestCall<CallResponse<M, Name>>> {
    return outcomeOf(await this.#turn(() => this.#db.call(method, ...args)))
  }

  /**
   * The functions of a script: each call is made as this participant, and resolves with what the function returns.
   *
   * @throws from the functions what those of `db.api()` throw, such as `ScriptCallError` for what the script throws
   * @example const id = await participant('alice').api().addTopic('Hello world')
   */
  api(): ScriptApi<unknown extends M ? AnyContract : M> {
    return inTurn(this.#db.api(), this.#turn)
  }

  /**
   * Writes ops past the methods of the contract, as a participant can, and waits until they are executed.
   *
   * @throws {TransactionError} `OP_REJECTED` where the contract refused one
   * @example await expectRefused(mallory.write({ op: 'INCREMENT', amount: -5 }), 'the counter only goes up')
   */
  async write(...ops: Value[]): Promise<TestCall> {
    return outcomeOf(await this.#turn(() => this.#db.writeOps(ops)))
  }
}

async function outcomeOf<R>(tx: Transaction<R>): Promise<TestCall<R>> {
  const acks = await tx.whenProcessed()
  const results = await tx.fetchResults()
  return {
    response: tx.response,
    changes: results.map(({ path, value, deleted }) =>
      deleted ? { path, deleted: true } : { path, value: value as Value },
    ),
    returned: acks.flatMap(({ returnValue }) => (returnValue === undefined ? [] : [returnValue])),
    fuel: acks.reduce((sum, { outcome }) => sum + outcome.fuel, 0),
    tx,
  }
}
