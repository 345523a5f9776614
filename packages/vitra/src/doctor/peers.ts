/** What peers have of the logs that a folder writes. Asking opens the folder; nothing is executed or signed. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Log, type LogIdentity, remoteLengthMax, type Storage } from '@vitra/log'
import { Swarm, type SwarmOptions } from '../network.js'

/** How to reach peers. */
export interface PeerQuestion {
  /** A stream to a peer, or a network. */
  readonly network?: SwarmOptions
  /** Connects by other means, such as a socket; called once the storage is open. */
  readonly connect?: (storage: Storage) => void
  /** How long to wait for a peer of each log, in ms. */
  readonly timeoutMs: number
}

const LOOK_MS = 50

/** The longest length that a peer has of each log; null for one of which no peer has spoken. */
export async function askPeers(
  storage: Storage,
  index: LogIdentity | Uint8Array,
  oplogs: readonly LogIdentity[],
  { network, connect, timeoutMs }: PeerQuestion,
): Promise<(number | null)[]> {
  const logs = [await Log.open(storage, index)]
  for (const identity of oplogs) logs.push(await Log.open(storage, identity))
  connect?.(storage)
  const swarm = network === undefined ? null : new Swarm(storage, logs[0]!, network)
  try {
    const deadline = performance.now() + timeoutMs
    const isHeard = ({ core }: Log) => core.peers.some((peer) => peer.remoteSynced)
    while (!logs.every(isHeard) && performance.now() < deadline) await sleep(LOOK_MS)
    return logs.map((log) => (isHeard(log) ? remoteLengthMax(log.core) : null))
  } finally {
    await swarm?.close()
    for (const log of logs) await log.close()
  }
}
