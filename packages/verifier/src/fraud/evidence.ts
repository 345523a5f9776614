/** What an accusation is tried on: blocks of a proof, or a replica that notes what is asked of it. */
import { decodeIndexBlock, GENESIS_PATH, type Input, toHex } from '@vitra/log/formats'
import {
  BeeReader,
  type BlocksProof,
  type Crypto,
  openBlocks,
  oplogKey,
  type ProofSource,
  rootIndexes,
  rootsAt,
  type SignedHead,
  type TreeNode,
  treeHash,
} from '@vitra/log/proofs'
import { childRange, pathToKey, sameBytes, VitraError } from '@vitra/log/values'
import { type IndexBlocks, Missing } from '../batch/sources.js'
import type { FindingCode } from '../verdict.js'

/** The index, with its tree. */
export interface EvidenceIndex extends IndexBlocks {
  /** The head under which its blocks stand. */
  readonly head: SignedHead
  /** The roots of the tree of the first `length` blocks, left to right. @throws {Missing} */
  roots(length: number): Promise<readonly TreeNode[]>
  /** The block of the genesis record, of which an index has one, among the first `length`. @throws {Missing} */
  genesis(length: number): Promise<Uint8Array>
}

/** An oplog under the head that was published with its ops. */
export interface EvidenceOplog {
  /** Null where the log has this head. */
  compareHead(head: SignedHead): Promise<FindingCode | null>
  /** @throws {Missing} */
  block(seq: number): Promise<Uint8Array>
}

/** Everything that an accusation is tried on. */
export interface Evidence {
  readonly index: EvidenceIndex
  oplog(input: Input): Promise<EvidenceOplog>
}

/** The blocks of a proof. */
interface ProofBlocks {
  readonly index: BlocksProof
  readonly op?: BlocksProof
}

/** The evidence of a proof, and which of its blocks were asked for. */
export class ProofEvidence implements Evidence {
  readonly index: EvidenceIndex
  readonly #crypto: Crypto
  readonly #proof: ProofBlocks
  readonly #unused: Set<number>
  readonly #unusedOps: Set<number>

  /** Null where the blocks of the index do not hold together under the key. */
  static open(crypto: Crypto, key: Uint8Array, proof: ProofBlocks): ProofEvidence | null {
    const blocks = openBlocks(crypto, key, proof.index)
    return blocks === null ? null : new ProofEvidence(crypto, key, proof, blocks)
  }

  private constructor(
    crypto: Crypto,
    key: Uint8Array,
    proof: ProofBlocks,
    blocks: ReadonlyMap<number, Uint8Array>,
  ) {
    this.#crypto = crypto
    this.#proof = proof
    this.#unused = new Set(blocks.keys())
    this.#unusedOps = new Set(proof.op?.blocks.map(({ seq }) => seq))
    const { identity, head } = proof.index
    const block = async (seq: number) => {
      this.#unused.delete(seq)
      return blockOf(blocks, seq)
    }
    this.index = {
      key,
      identity,
      head,
      block,
      async roots(length) {
        const roots = rootsAt(crypto, proof.index, length)
        if (roots === null) throw new Missing({ block: length - 1 })
        return roots
      },
      async genesis(length) {
        for (const [seq, bytes] of blocks) if (seq < length && isGenesisRecord(seq, bytes)) return block(seq)
        throw new Missing({ batch: 0 })
      },
    }
  }

  /**
   * True where nothing stands in the proof that was not asked for.
   *
   * @param from index blocks before it are let pass: what a run of the contract reads is not fixed to the block
   */
  isExact(from: number): boolean {
    return this.#unusedOps.size === 0 && [...this.#unused].every((seq) => seq < from)
  }

  async oplog({ signer }: Input): Promise<EvidenceOplog> {
    const { op } = this.#proof
    const oplog = oplogKey(this.#crypto, signer, this.index.key)
    const blocks = op === undefined ? null : openBlocks(this.#crypto, oplog, op)
    return {
      async compareHead({ length, treeHash }) {
        const isSame = blocks !== null && op?.head.length === length && sameBytes(op.head.treeHash, treeHash)
        return isSame ? null : 'block-missing'
      },
      block: async (seq) => {
        this.#unusedOps.delete(seq)
        return blockOf(blocks ?? new Map(), seq, toHex(oplog))
      },
    }
  }
}

function blockOf(blocks: ReadonlyMap<number, Uint8Array>, seq: number, oplog?: string): Uint8Array {
  const block = blocks.get(seq)
  if (block === undefined) throw new Missing(oplog === undefined ? { block: seq } : { oplog, seq })
  return new Uint8Array(block)
}

function isGenesisRecord(seq: number, block: Uint8Array): boolean {
  if (seq === 0) return false // Hyperbee's header
  try {
    return decodeIndexBlock(block).path === GENESIS_PATH
  } catch {
    return false // no entry: for whoever reads it to say
  }
}

/** Blocks of a log that were asked for, and the head under which they are to be proved. */
export interface Asked {
  readonly source: ProofSource
  readonly head: SignedHead
  readonly seqs: ReadonlySet<number>
}

/** A replica that notes which of its blocks a trial asks for. */
export class Recorder implements Evidence {
  readonly index: EvidenceIndex
  readonly #crypto: Crypto
  readonly #openOplog: (input: Input) => Promise<ProofSource>
  readonly #source: ProofSource
  readonly #seqs = new Set<number>()
  #op: { source: ProofSource; head: SignedHead; seqs: Set<number> } | null = null

  constructor(
    crypto: Crypto,
    key: Uint8Array,
    index: { readonly source: ProofSource; readonly head: SignedHead },
    openOplog: (input: Input) => Promise<ProofSource>,
  ) {
    const { source, head } = index
    this.#crypto = crypto
    this.#source = source
    this.#openOplog = openOplog
    this.index = {
      key,
      head,
      identity: source.identity,
      block: (seq) => {
        // Beyond the head there is nothing that could be proved under it.
        if (seq < head.length) this.#seqs.add(seq)
        return present({ block: seq }, () => source.block(seq))
      },
      roots: (length) => {
        this.#seqs.add(length - 1)
        return rootsOf(source, length)
      },
      genesis: async (length) => {
        const { gte } = childRange(GENESIS_PATH)
        const range = { gte: pathToKey(GENESIS_PATH), lt: gte }
        const state = new BeeReader((seq) => present({ block: seq }, () => source.block(seq)), length)
        const found = await state.firstBlock(range, false)
        if (found === null) throw new Missing({ batch: 0 })
        return this.index.block(found.seq)
      },
    }
  }

  /** What was asked of the index. */
  get asked(): Asked {
    return { source: this.#source, head: this.index.head, seqs: this.#seqs }
  }

  /** What was asked of the accused op's oplog; null where nothing was. */
  get askedOfOplog(): Asked | null {
    return this.#op === null || this.#op.seqs.size === 0 ? null : this.#op
  }

  async oplog(input: Input): Promise<EvidenceOplog> {
    const source = await this.#openOplog(input)
    const crypto = this.#crypto
    const oplog = toHex(input.oplog)
    return {
      compareHead: async (head) => {
        this.#op = { source, head, seqs: new Set() }
        try {
          const here = treeHash(crypto, await rootsOf(source, head.length))
          return sameBytes(here, head.treeHash) ? null : 'oplog-equivocation'
        } catch (error) {
          if (error instanceof Missing) return 'block-missing'
          throw error
        }
      },
      block: (seq) => {
        this.#op?.seqs.add(seq)
        return present({ oplog, seq }, () => source.block(seq))
      },
    }
  }
}

function rootsOf(source: ProofSource, length: number): Promise<readonly TreeNode[]> {
  return present({ block: length - 1 }, () => source.nodes(rootIndexes(length)))
}

async function present<T>(at: Missing['at'], read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof VitraError) || error.code !== 'BLOCK_MISSING') throw error
    throw new Missing(at, { cause: error })
  }
}
