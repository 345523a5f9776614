/** `db.proofs`: proofs of what this copy holds, for people who hold nothing (spec/7-proofs). */
import {
  type BlocksProof,
  type ConsistencyProof,
  findBatchHead,
  type HeadProof,
  type IndexLog,
  LogError,
  proofSource,
  proveBlocks,
  proveConsistency,
  proveHead,
  proveState,
  type SignedHead,
  type StateProof,
  type StateQuery,
} from '@vitra/log'

/** Which version a proof is about. */
export interface ProofOptions {
  /** A batch end; default the newest version. */
  readonly version?: number
}

/** Makes proofs of the index. Blocks that are not here are fetched from peers. */
export class DatabaseProofs {
  readonly #index: IndexLog
  readonly #use: <T>(work: () => Promise<T>) => Promise<T>

  /** @param use does work that needs the database open */
  constructor(index: IndexLog, use: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#index = index
    this.#use = use
  }

  /** That the executor signed the newest version. @throws {LogError} `BLOCK_MISSING`, `LOG_UNKNOWN` */
  head(): Promise<HeadProof> {
    return this.#use(() => proveHead(this.#source))
  }

  /** That these blocks are in the index. @throws {LogError} `BLOCK_MISSING`, `NOT_A_BATCH_END` */
  blocks(seqs: Iterable<number>, options: ProofOptions = {}): Promise<BlocksProof> {
    return this.#use(async () => proveBlocks(this.#source, seqs, await this.#at(options)))
  }

  /** That the index was only appended to since `from`, a batch end. @throws as {@link DatabaseProofs.blocks} */
  consistency(from: number, options: ProofOptions = {}): Promise<ConsistencyProof> {
    return this.#use(async () =>
      proveConsistency(this.#source, await this.#head(from), await this.#at(options)),
    )
  }

  /**
   * What is at paths, or that nothing is, and what lies below prefixes, complete.
   *
   * @throws {LogError} `BLOCK_MISSING`, `NOT_A_BATCH_END`
   * @throws {PathError}
   * @example const proof = await db.proofs.state([{ path: '/users/bob' }, { prefix: '/users' }])
   */
  state(queries: readonly StateQuery[], options: ProofOptions = {}): Promise<StateProof> {
    return this.#use(async () => proveState(this.#source, queries, await this.#at(options)))
  }

  get #source() {
    return proofSource(this.#index.log, {})
  }

  async #at({ version }: ProofOptions): Promise<{ head?: SignedHead }> {
    return version === undefined ? {} : { head: await this.#head(version) }
  }

  /** The signed head of a version. */
  async #head(version: number): Promise<SignedHead> {
    await this.#index.batchEnd(version)
    const head = await findBatchHead(this.#index, version - 1)
    if (head.length === version) return head
    throw new LogError(
      'BLOCK_MISSING',
      `the signature of version ${version} is not here: connect to a peer that has the batch after it`,
    )
  }
}
