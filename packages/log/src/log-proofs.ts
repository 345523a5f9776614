/** A replica of a log as a source of proofs (spec/7-proofs §4): of its newest head, or of any older one. */
import type { Log, ReadOptions } from './log.js'
import type { ProofSource } from './proofs/source.js'

/**
 * Makes proofs of what a replica holds; the tree of an older head is part of the newest one's.
 *
 * @param options default: what is not here is not asked for from peers
 * @throws {LogError} `LOG_UNKNOWN` before the first block has arrived; `LOG_FOREIGN`
 * @example
 * const proof = await proveInclusion(proofSource(log), 0)
 */
export function proofSource(log: Log, options: ReadOptions = { wait: false }): ProofSource {
  return {
    identity: log.identity,
    head: () => log.head(),
    block: (seq) => log.get(seq, options),
    nodes: (indexes) => log.nodes(indexes, options),
  }
}
