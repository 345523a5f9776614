/** Copies and peers that exchange blocks, what the tests of it share. */
import { decodeMessage, encodeMessage, type Message } from '../src/exchange/messages.js'
import type { Log, Storage } from '../src/index.js'
import { hypercoreOf, openExtension } from '../src/internals/hypercore.js'
import { connect, createReplica, type OpenLog, until } from './helpers.js'

export const NAME = 'vitra/blocks/1'

export async function copyOf(key: Uint8Array): Promise<{ storage: Storage; log: Log; reasons: string[] }> {
  const copy = await createReplica(key)
  const reasons: string[] = []
  copy.log.on('refused', (reason) => reasons.push(reason))
  copy.log.fill()
  return { ...copy, reasons }
}

export const whole = (copy: Log, owner: Log) => () => copy.length === owner.length && copy.isComplete

/** A peer that holds the whole log, speaks the messages, and answers what it was asked as the test wants. */
export async function liar(
  owner: OpenLog,
  answer: (message: Message, tell: (message: Message | Uint8Array) => void) => void,
): Promise<{ storage: Storage; log: Log }> {
  const replica = await createReplica(owner.log.key)
  replica.log.core.download({ start: 0, end: -1 })
  const cut = connect(owner.storage.store, replica.storage.store)
  await until(whole(replica.log, owner.log), 30_000)
  await cut()
  const extension = openExtension(hypercoreOf(replica.log.core), NAME, (bytes, peer) => {
    const tell = (message: Message | Uint8Array) =>
      extension.send(message instanceof Uint8Array ? message : encodeMessage(message), peer)
    const message = decodeMessage(bytes)
    if (message.kind === 'hello' && message.asks) tell({ kind: 'hello', asks: false })
    answer(message, tell)
  })
  return replica
}
