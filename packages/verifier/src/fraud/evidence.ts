/** What an accusation is tried on: blocks of a proof, or a replica that notes what is asked of it. */
import { type Input, toHex } from '@vitra/log/formats'
import {
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
import { sameBytes, VitraError } from '@vitra/log/values'
import { type IndexBlocks, Missing } from '../batch/sources.js'
import type { FindingCode } from '../verdict.js'

/** The index, with its tree. */
export interface EvidenceIndex extends IndexBlocks {
  /** The head under which its blocks stand. */
  readonly head: SignedHead
  /** The roots of the tree of the first `length` blocks, left to right. @throws {Missing} */
  roots(length: number): Promise<readonly TreeNode[]>
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

/** The blocks of a proof; null where it does not hold together under the key. */
export function openEvidence(
  crypto: Crypto,
  key: Uint8Array,
  proof: { readonly index: BlocksProof; readonly op?: BlocksProof },
): Evidence | null {
  const blocks = openBlocks(crypto, key, proof.index)
  if (blocks === null) return null
  const { identity, head } = proof.index
  return {
    index: {
      key,
      identity,
      head,
      block: async (seq) => blockOf(blocks, seq),
      async roots(length) {
        const roots = rootsAt(crypto, proof.index, length)
        if (roots === null) throw new Missing({ block: length - 1 })
        return roots
      },
    },
    oplog: async (input) => openOplog(crypto, key, input, proof.op),
  }
}

function openOplog(
  crypto: Crypto,
  key: Uint8Array,
  input: Input,
  op: BlocksProof | undefined,
): EvidenceOplog {
  const oplog = oplogKey(crypto, input.signer, key)
  const blocks = op === undefined ? null : openBlocks(crypto, oplog, op)
  return {
    async compareHead({ length, treeHash }) {
      const isSame = blocks !== null && op?.head.length === length && sameBytes(op.head.treeHash, treeHash)
      return isSame ? null : 'block-missing'
    },
    block: async (seq) => blockOf(blocks ?? new Map(), seq, toHex(oplog)),
  }
}

function blockOf(blocks: ReadonlyMap<number, Uint8Array>, seq: number, oplog?: string): Uint8Array {
  const block = blocks.get(seq)
  if (block === undefined) throw new Missing(oplog === undefined ? { block: seq } : { oplog, seq })
  return new Uint8Array(block)
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
