/**
 * A log as messages, for a file: those that copies exchange (spec/9-exchange §1), from the first block to the newest head.
 * Whoever takes them in checks them as if a stranger had sent them.
 */
import type { LogPeer } from './core.js'
import { LogError } from './errors.js'
import { type BlocksMessage, decodeMessage, encodeMessage } from './exchange/messages.js'
import { Receiver } from './exchange/receiver.js'
import { fittingBlocks } from './exchange/sender.js'
import { toHex } from './formats/hex.js'
import { heldHead, hypercoreOf, readTreeNodes } from './internals/hypercore.js'
import type { Log } from './log.js'
import { unwrapSignature } from './proofs/head.js'
import { coverIndexes } from './proofs/merkle.js'

/**
 * Everything that is in a log now, as messages of about 256 kB; nothing for an empty log.
 *
 * @throws {LogError} `BLOCK_MISSING` where a block is not here
 */
export async function* copyOut(log: Log): AsyncGenerator<Uint8Array> {
  const core = hypercoreOf(log.core)
  const { length, signature } = heldHead(core)
  const bare = signature === null ? null : unwrapSignature(signature)
  if (length === 0 || bare === null) return
  for (let start = 0; start < length; ) {
    const count = await fittingBlocks(core, start, length)
    const blocks = await log.stored(start, start + count)
    const nodes = await readTreeNodes(core, coverIndexes(start + count, length))
    if (blocks.includes(null) || nodes.includes(null)) throw missing(log, start)
    yield encodeMessage({
      kind: 'blocks',
      start,
      blocks: blocks.map((block) => block!),
      nodes: nodes.map((node) => node!),
      length,
      signature: bare,
      identity: start === 0 ? log.identity : null,
    })
    start += count
  }
}

/** Takes the messages of {@link copyOut}, in their order, into a log that is empty here. */
export class CopyIn {
  readonly #log: Log
  readonly #receiver: Receiver

  private constructor(log: Log, receiver: Receiver) {
    this.#log = log
    this.#receiver = receiver
  }

  /** Begins. @param log that is open and empty here */
  static async into(log: Log): Promise<CopyIn> {
    const receiver = new Receiver(log, hypercoreOf(log.core))
    await receiver.begin()
    return new CopyIn(log, receiver)
  }

  /** @throws {LogError} `COPY_INVALID` where a message does not prove what it says, or does not go on from the one before */
  async take(message: Uint8Array): Promise<void> {
    let why = 'it does not go on from the part before'
    let cause: unknown
    try {
      if (await this.#receiver.take(blocksOf(message), NOBODY)) return
    } catch (error) {
      why = (error as Error).message
      cause = error
    }
    throw invalid(this.#log, why, cause)
  }

  /** @throws {LogError} `COPY_INVALID` where the messages end before the log does */
  end(): void {
    if (!this.#log.isComplete) throw invalid(this.#log, 'it ends before the log does')
  }
}

/** Blocks that come from no peer. */
const NOBODY = null as unknown as LogPeer

function blocksOf(bytes: Uint8Array): BlocksMessage {
  const message = decodeMessage(bytes)
  if (message.kind !== 'blocks') throw new RangeError('a message without blocks')
  return message
}

function missing(log: Log, start: number): LogError {
  return new LogError('BLOCK_MISSING', `log ${toHex(log.key)} is not all here: fetch its history first`, {
    details: { key: toHex(log.key), seq: start },
  })
}

function invalid(log: Log, why: string, cause?: unknown): LogError {
  return new LogError('COPY_INVALID', `the copy of log ${toHex(log.key)} is damaged or forged: ${why}`, {
    cause,
    details: { key: toHex(log.key) },
  })
}
