/**
 * Takes in blocks that a peer sends many at a time (spec/9-exchange §2): checks that they are under a head that the log's owner signed, by
 * computing the whole tree again, and stores them in one step. Nothing is stored unchecked.
 */
import type Hypercore from 'hypercore'
import type { LogPeer } from '../core.js'
import { sodiumCrypto } from '../crypto.js'
import { heldHead, readTreeNodes, setManifest, storeBlocks } from '../internals/hypercore.js'
import { checkHead, type SignedHead, wrapSignature } from '../proofs/head.js'
import { type LogIdentity, logKey } from '../proofs/manifest.js'
import { coverIndexes, Roots, rootIndexes, type TreeNode, treeHash } from '../proofs/merkle.js'
import { manifestOf } from '../template.js'
import { sameBytes } from '../values/value.js'
import type { ExchangedLog } from './exchanged-log.js'
import { type BlocksMessage, bytesOf } from './messages.js'

/** Blocks of one step, in bytes, at most, unless one message has more. */
const STEP_BYTES_MAX = 1024 * 1024
/** A step of fewer bytes is kept in memory as well: what has just been published is read next. */
const KEPT_BYTES_MAX = 64 * 1024

/** What a peer sent does not prove what it says. */
class ProofRefused extends Error {}

export class Receiver {
  readonly #log: ExchangedLog
  readonly #core: Hypercore
  /** The next block that is taken in. */
  #next = 0
  /** Of the blocks before that. */
  #roots: Roots | null = null
  /** The head that the blocks are under: one that is here, or was before hypercore brought a newer one. */
  #length = 0
  #hash: Uint8Array | null = null

  constructor(log: ExchangedLog, core: Hypercore) {
    this.#log = log
    this.#core = core
  }

  get next(): number {
    return this.#next
  }

  /** True where something else has got further meanwhile, or has stored a newer head. */
  get isPassed(): boolean {
    return this.#core.contiguousLength > this.#next || this.#core.length !== this.#length
  }

  /** Begins where the blocks that are here without a gap end. @returns false where their nodes are not here */
  async begin(): Promise<boolean> {
    const { length, roots } = heldHead(this.#core)
    const next = Math.min(this.#core.contiguousLength, length)
    this.#next = next
    this.#length = length
    this.#hash = treeHash(sodiumCrypto, roots)
    this.#roots = null
    const found = next === length ? [...roots] : await readTreeNodes(this.#core, rootIndexes(next))
    if (found.includes(null)) return false
    this.#roots = new Roots(sodiumCrypto, next, found as TreeNode[])
    return true
  }

  /**
   * Takes in blocks.
   *
   * @returns true where they were stored, false where they do not go on from what is here
   * @throws {ProofRefused}
   */
  async take(step: BlocksMessage, from: LogPeer): Promise<boolean> {
    const base = heldHead(this.#core)
    const roots = this.#roots
    const isNews = step.length > base.length
    const isOfBefore = step.length === this.#length && step.length < base.length
    if (roots === null || base.fork !== 0 || step.start !== this.#next) return false
    if (step.length < base.length && !isOfBefore) return false
    if (isNews && step.start !== base.length) return false
    const { after, nodes, hash } = computeTree(roots.clone(), step)
    const expected = isOfBefore ? this.#hash! : treeHash(sodiumCrypto, base.roots)
    if (!isNews && !sameBytes(hash, expected))
      throw new ProofRefused('the blocks are not those of the head that is here')
    const head: SignedHead = { length: step.length, treeHash: hash, signature: step.signature }
    if (isNews && !checkHead(sodiumCrypto, await this.#identity(step.identity), head))
      throw new ProofRefused('the head is not signed by the owner of the log')
    const upgrade = {
      length: step.length,
      roots: after.whole.roots,
      treeHash: hash,
      signature: wrapSignature(step.signature),
    }
    const { start, blocks } = step
    const proven = { start, blocks, nodes, base: base.length, upgrade: isNews ? upgrade : null }
    const isStored = await this.#store(proven, head, from)
    if (!isStored) return false
    this.#next = start + blocks.length
    this.#length = step.length
    this.#hash = hash
    this.#roots = after.blocks
    return true
  }

  async #store(proven: Parameters<typeof storeBlocks>[1], head: SignedHead, from: LogPeer): Promise<boolean> {
    const { start, blocks, nodes, upgrade } = proven
    const isWhole = upgrade !== null && start + blocks.length === head.length
    if (!isWhole || bytesOf(proven) > KEPT_BYTES_MAX) return storeBlocks(this.#core, proven, from)
    let isStored = false
    // Copies: what is kept must not keep the whole message.
    const signature = head.signature.slice()
    const append = { blocks: blocks.map((block) => block.slice()), nodes, head: { ...head, signature } }
    const store = async () => {
      isStored = await storeBlocks(this.#core, proven, from)
      if (!isStored) throw new NotStored()
    }
    await this.#log.keeping(append, store).catch((error) => {
      if (!(error instanceof NotStored)) throw error
    })
    return isStored
  }

  /** @throws {ProofRefused} where a log is not of the template, or not the one that it is said to be */
  async #identity(told: LogIdentity | null): Promise<LogIdentity> {
    if (this.#core.manifest !== null) return this.#log.identity
    if (told === null || !sameBytes(logKey(sodiumCrypto, told), this.#log.key))
      throw new ProofRefused('the log has another owner')
    await setManifest(this.#core, manifestOf(told))
    return told
  }
}

class NotStored extends Error {}

/** Removes the first message, and those that follow on it as far as they make one step, and gives them as one. */
export function nextStep(messages: BlocksMessage[]): BlocksMessage {
  let step = messages.shift()!
  let bytes = bytesOf(step)
  for (;;) {
    const next = messages[0]
    const isNext = next !== undefined && next.start === step.start + step.blocks.length
    if (!isNext || bytes + bytesOf(next) > STEP_BYTES_MAX) return step
    messages.shift()
    bytes += bytesOf(next)
    step = { ...next, start: step.start, blocks: [...step.blocks, ...next.blocks], identity: step.identity }
  }
}

/** The tree that the blocks and the nodes behind them give. @throws {ProofRefused} where they give none */
function computeTree(
  roots: Roots,
  { blocks, nodes, length }: BlocksMessage,
): { after: { blocks: Roots; whole: Roots }; nodes: TreeNode[]; hash: Uint8Array } {
  const made: TreeNode[] = []
  for (const block of blocks) roots.append(block, made)
  const indexes = roots.length > length ? [] : coverIndexes(roots.length, length)
  if (indexes.length !== nodes.length || roots.length > length)
    throw new ProofRefused('the nodes are not those behind the blocks')
  const whole = roots.clone()
  for (const [nth, index] of indexes.entries()) {
    const { size, hash } = nodes[nth]!
    whole.appendNode({ index, size, hash: hash.slice() }, made)
  }
  return { after: { blocks: roots, whole }, nodes: made, hash: whole.treeHash() }
}
