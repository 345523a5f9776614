/** Connects a database to its peers: any duplex stream, or the Hyperswarm network. */
import { type Duplex, pipeline } from 'node:stream'
import type { Log, Storage } from '@vitra/log'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { LostPeers } from './lost-peers.js'

/** Options of a replication stream. */
export interface ReplicateOptions {
  /** Which end this is; the other end takes the opposite. Default: the first to call `replicate(true)`. */
  readonly initiator?: boolean
}

/** Which network to join. */
export interface SwarmOptions {
  /** DHT nodes as `host:port`, for a network of one's own; default `VITRA_BOOTSTRAP`, else the public network. */
  readonly bootstrap?: readonly string[]
  /** A HyperDHT node to use instead of making one. */
  readonly dht?: unknown
}

/**
 * Replicates over a stream.
 *
 * @param target true or false makes a stream to be piped to the other end's (the initiator passes
 *   true); a duplex, such as a socket, is connected to such a stream
 */
export function replicate(storage: Storage, target: boolean | Duplex, options: ReplicateOptions): Duplex {
  const { store } = storage
  if (typeof target === 'boolean') return store.replicate(target)
  if ('noiseStream' in target) return store.replicate(target)
  const protocol = store.replicate(options.initiator ?? false)
  pipeline(target, protocol, target, () => {
    // a peer that goes away is no error of ours: hypercore keeps what has arrived
  })
  return protocol
}

/** Announces the database on the network and connects to whoever else does. */
export class Swarm {
  readonly #swarm: Hyperswarm
  readonly #lostPeers: LostPeers

  constructor(storage: Storage, index: Log, options: SwarmOptions) {
    const dht = options.dht ?? makeNode(options.bootstrap ?? environmentBootstrap())
    this.#swarm = new Hyperswarm({ dht: dht as HyperDHT })
    const { discoveryKey } = index.core
    const topic = discoveryKey === null ? null : this.#swarm.join(discoveryKey)
    const look = async () => topic?.refresh()
    this.#lostPeers = new LostPeers(look, () => this.connections)
    this.#swarm.on('connection', (connection) => {
      this.#lostPeers.found()
      connection.once('close', () => this.#lostPeers.lost())
      storage.store.replicate(connection)
    })
  }

  /**
   * Resolves once the database is announced.
   *
   * @returns false where no node of the network has answered, after about 12 seconds: nobody can find this copy yet
   */
  async flush(): Promise<boolean> {
    const isSettled = await this.#swarm.flush()
    return isSettled && this.isReached
  }

  /** True where a node of the network has answered. */
  get isReached(): boolean {
    return this.#swarm.dht.toArray().length > 0
  }

  get connections(): number {
    return this.#swarm.connections.size
  }

  /** Leaves the network; where it does not answer, without saying goodbye. */
  async close(): Promise<void> {
    this.#lostPeers.close()
    let timer: NodeJS.Timeout | undefined
    const isLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS_MAX, true)
    })
    const leaving = this.#swarm.destroy().then(
      () => false,
      () => false,
    )
    try {
      if (await Promise.race([leaving, isLate])) await this.#swarm.dht.destroy({ force: true })
    } finally {
      clearTimeout(timer)
    }
  }
}

/**
 * On a network that is this machine alone a node is bound to its address, and behind no firewall: left to find out, it
 * takes itself for firewalled, and half of the connections to it open at one end only.
 */
function makeNode(bootstrap: readonly string[] | undefined): HyperDHT {
  if (bootstrap === undefined) return new HyperDHT()
  const isLocal = bootstrap.every((node) => /^(127\.\d+\.\d+\.\d+|localhost):/.test(node))
  return new HyperDHT({
    bootstrap: [...bootstrap],
    ...(isLocal ? { host: '127.0.0.1', firewalled: false } : {}),
  })
}

/** How long a close waits for the network to take note, in ms. */
const GOODBYE_MS_MAX = 2000

function environmentBootstrap(): string[] | undefined {
  const nodes = process.env.VITRA_BOOTSTRAP
  return nodes ? nodes.split(',') : undefined
}
