// Ambient types of the packages that ship without any: the storage and networking stack.
// Only what this repository calls is declared, as read from the versions pinned in the lockfile;
// internals that are handed through but not looked at are `unknown`. A default import is the
// CommonJS `module.exports` of the package.

declare module 'hypercore' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex } from 'node:stream'

  /** One log, seen through one session; every session of a log shares its storage. */
  class Hypercore<Block = Buffer> extends EventEmitter {
    constructor(
      storage: string | Hypercore.CoreStorage,
      key?: Uint8Array | string | null,
      options?: Hypercore.Options,
    )
    constructor(storage: string | Hypercore.CoreStorage, options?: Hypercore.Options)

    static readonly MAX_SUGGESTED_BLOCK_SIZE: number
    /** The key a manifest hashes to, or the key of a single-signer manifest for a public key. */
    static key(
      manifest: Hypercore.ManifestInput | Uint8Array,
      options?: { compat?: boolean; version?: number; namespace?: Uint8Array },
    ): Buffer
    static parseManifest(
      manifest: Hypercore.ManifestInput | Uint8Array,
      key?: Uint8Array,
    ): Hypercore.Manifest | null
    static discoveryKey(key: Uint8Array): Buffer
    /** The storage of a folder; what is given besides is for RocksDB. */
    static defaultStorage(
      folder: string,
      options?: { readOnly?: boolean; writeBufferSize?: number },
    ): Hypercore.CoreStorage
    static blockEncryptionKey(key: Uint8Array, encryptionKey: Uint8Array): Buffer
    static createProtocolStream(
      isInitiatorOrStream: boolean | object,
      options?: Hypercore.ReplicateOptions,
    ): Hypercore.ReplicationStream

    readonly core: Hypercore.Internal
    readonly state: Hypercore.SessionState
    readonly keyPair: Hypercore.KeyPair | null
    readonly opened: boolean
    readonly closed: boolean
    readonly closing: Promise<void> | null
    readonly readable: boolean
    readonly writable: boolean
    readonly snapshotted: boolean
    readonly sessions: readonly Hypercore[]

    /** `null` before `ready()`. */
    readonly id: string | null
    /** `null` before `ready()`. */
    readonly key: Buffer | null
    /** `null` before `ready()`. */
    readonly discoveryKey: Buffer | null
    readonly manifest: Hypercore.Manifest | null
    readonly length: number
    readonly signedLength: number
    readonly contiguousLength: number
    readonly remoteContiguousLength: number
    readonly byteLength: number
    readonly fork: number
    readonly padding: number
    readonly peers: readonly Hypercore.Peer[]

    ready(): Promise<void>
    close(options?: { error?: Error }): Promise<void>
    getManifest(options: { raw: true }): Buffer | null
    getManifest(options?: { raw?: false }): Hypercore.Manifest | null
    session(options?: Hypercore.SessionOptions): Hypercore<Block>
    snapshot(options?: Hypercore.SessionOptions): Hypercore<Block>
    info(options?: { storage?: boolean }): Promise<Hypercore.Info>
    update(options?: Hypercore.WaitOptions): Promise<boolean>
    has(start: number, end?: number): Promise<boolean>
    /** `null` when the block is missing and `wait` is false. */
    get(index: number, options?: Hypercore.GetOptions): Promise<Block | null>
    seek(bytes: number, options?: Hypercore.WaitOptions): Promise<[index: number, offset: number] | null>
    append(
      blocks: Block | readonly Block[],
      options?: Hypercore.AppendOptions,
    ): Promise<{ length: number; byteLength: number }>
    truncate(newLength?: number, options?: number | Hypercore.TruncateOptions): Promise<void>
    clear(start: number, end?: number, options?: { diff?: boolean }): Promise<{ blocks: number } | null>
    purge(): Promise<void>
    signable(length?: number, fork?: number): Promise<Buffer>
    treeHash(length?: number): Promise<Buffer>
    missingNodes(index: number): Promise<number>
    proof(request: Hypercore.ProofRequest): Promise<Hypercore.Proof>
    applyProof(proof: Hypercore.Proof, from?: unknown): Promise<boolean>
    commit(
      session: Hypercore,
      options?: Hypercore.CommitOptions,
    ): Promise<{ length: number; byteLength: number } | null>
    setUserData(key: string, value: Uint8Array | string): Promise<void>
    getUserData(key: string): Promise<Buffer | null>
    setKeyPair(keyPair: Hypercore.KeyPair): void
    setEncryptionKey(key: Uint8Array, options?: { block?: boolean }): Promise<void>
    setActive(active: boolean): void
    findingPeers(): () => void
    download(range?: {
      start?: number
      end?: number
      linear?: boolean
      blocks?: Iterable<number>
    }): Hypercore.Download
    createReadStream(options?: {
      start?: number
      end?: number
      live?: boolean
      snapshot?: boolean
      wait?: boolean
      timeout?: number
    }): Hypercore.ReadableOf<Block>
    replicate(
      isInitiatorOrStream: boolean | object,
      options?: Hypercore.ReplicateOptions,
    ): Hypercore.ReplicationStream

    on(event: 'append' | 'close' | 'ready' | 'manifest' | 'repair-failed', listener: () => void): this
    on(event: 'truncate', listener: (length: number, fork: number) => void): this
    on(event: 'peer-add' | 'peer-remove', listener: (peer: Hypercore.Peer) => void): this
    on(
      event: 'download' | 'upload',
      listener: (index: number, byteLength: number, peer: Hypercore.Peer) => void,
    ): this
    on(event: 'conflict', listener: (length: number, fork: number, proof: Hypercore.Proof) => void): this
    on(
      event: 'verification-error',
      listener: (error: Error, request: unknown, response: unknown) => void,
    ): this
    on(event: 'remote-contiguous-length', listener: (length: number) => void): this
    on(event: string | symbol, listener: (...values: unknown[]) => void): this
  }

  namespace Hypercore {
    interface KeyPair {
      readonly publicKey: Buffer
      readonly secretKey: Buffer
    }

    interface SignerInput {
      readonly publicKey: Uint8Array
      readonly namespace?: Uint8Array
      readonly signature?: 'ed25519'
    }

    interface ManifestInput {
      readonly version?: number
      readonly hash?: 'blake2b'
      readonly allowPatch?: boolean
      readonly quorum?: number
      readonly signers?: readonly SignerInput[]
      readonly prologue?: { readonly hash: Uint8Array; readonly length: number } | null
      readonly linked?: readonly Uint8Array[] | null
      readonly userData?: Uint8Array | null
    }

    interface Manifest {
      readonly version: number
      readonly hash: 'blake2b'
      readonly allowPatch: boolean
      readonly quorum: number
      readonly signers: readonly {
        readonly publicKey: Buffer
        readonly namespace: Buffer
        readonly signature: 'ed25519'
      }[]
      readonly prologue: { readonly hash: Buffer; readonly length: number } | null
      readonly linked: readonly Buffer[] | null
      readonly userData: Buffer | null
    }

    /** A codec of compact-encoding or abstract-encoding, or the name of a built-in one. */
    type Encoding<T = unknown> = string | { encode(value: T): Uint8Array; decode(bytes: Buffer): T } | object

    interface SessionOptions {
      name?: string
      checkout?: number
      overwrite?: boolean
      atom?: Atom
      snapshot?: boolean
      weak?: boolean
      exclusive?: boolean
      writable?: boolean
      active?: boolean
      wait?: boolean
      timeout?: number
      valueEncoding?: Encoding
      keyPair?: KeyPair
      onwait?: (index: number, core: Hypercore) => void
      onseq?: (index: number, core: Hypercore) => void
    }

    interface Options extends SessionOptions {
      key?: Uint8Array | string | null
      manifest?: ManifestInput | null
      compat?: boolean
      createIfMissing?: boolean
      force?: boolean
      allowFork?: boolean
      pushOnly?: boolean
      encryption?: { key: Uint8Array; block?: boolean } | object
      encryptionKey?: Uint8Array
      userData?: Readonly<Record<string, Uint8Array>>
    }

    interface WaitOptions {
      wait?: boolean
      timeout?: number
      force?: boolean
      activeRequests?: unknown[]
    }

    interface GetOptions extends WaitOptions {
      raw?: boolean
      decrypt?: boolean
      valueEncoding?: Encoding
      onwait?: (index: number, core: Hypercore) => void
    }

    interface AppendOptions {
      keyPair?: KeyPair
      signature?: Uint8Array
      maxLength?: number
      writable?: boolean
      /** Once the blocks are in the storage, before anybody is told. */
      postappend?: (blocks: readonly Buffer[]) => Promise<void>
    }

    interface TruncateOptions {
      fork?: number
      keyPair?: KeyPair
      signature?: Uint8Array
    }

    interface CommitOptions {
      keyPair?: KeyPair
      signature?: Uint8Array
      length?: number
      treeLength?: number
    }

    interface Info {
      readonly key: Buffer
      readonly discoveryKey: Buffer
      readonly length: number
      readonly contiguousLength: number
      readonly byteLength: number
      readonly fork: number
      readonly padding: number
      readonly storage: unknown
    }

    interface TreeNode {
      readonly index: number
      readonly size: number
      readonly hash: Buffer
    }

    interface ProofRequest {
      block?: { index: number; nodes: number }
      hash?: { index: number; nodes: number }
      seek?: { bytes: number; padding?: number }
      upgrade?: { start: number; length: number }
    }

    interface Proof {
      fork: number
      block: { index: number; value: Buffer | null; nodes: TreeNode[] } | null
      hash: { index: number; nodes: TreeNode[] } | null
      seek: { bytes: number; nodes: TreeNode[] } | null
      upgrade: {
        start: number
        length: number
        nodes: TreeNode[]
        additionalNodes: TreeNode[]
        signature: Buffer
      } | null
      manifest: Manifest | null
    }

    interface TreeBatch {
      readonly roots: TreeNode[]
      readonly length: number
      readonly byteLength: number
      readonly fork: number
      signature: Buffer | null
      append(block: Uint8Array): void
      hash(): Buffer
      signable(manifestHash: Uint8Array): Buffer
    }

    /** What a session sees of the log: the log itself, a snapshot or a named fork. */
    interface SessionState {
      readonly name: string | null
      readonly length: number
      readonly byteLength: number
      readonly fork: number
      readonly roots: TreeNode[]
      readonly signature: Buffer | null
      readonly storage: SessionStorage
      createTreeBatch(): TreeBatch
      flushedLength(): number
      signedLength(): number
      hash(): Buffer
    }

    interface SessionStorage {
      readonly snapshotted: boolean
      readonly readOnly: boolean
      read(fork?: number): ReadBatch
      createAtom(): Atom
      createBlockStream(options?: {
        gt?: number
        gte?: number
        lt?: number
        lte?: number
        reverse?: boolean
        limit?: number
      }): ReadableOf<{ index: number; value: Buffer }>
    }

    interface ReadBatch {
      getBlock(index: number): Promise<Buffer | null>
      getTreeNode(index: number): Promise<TreeNode | null>
      getUserData(key: string): Promise<Buffer | null>
      getHead(): Promise<{ fork: number; length: number; rootHash: Buffer; signature: Buffer } | null>
      tryFlush(): void
    }

    /** A set of writes to several logs of one store that reaches the disk as a whole. */
    interface Atom {
      flush(): Promise<void>
      flushed(): Promise<void>
      onflush(fn: () => void | Promise<void>): void
    }

    /** The storage of a whole store. */
    interface CoreStorage {
      readonly opened: boolean
      readonly closed: boolean
      readonly readOnly: boolean
      readonly db: { flush(options?: object): Promise<void>; readonly path?: string }
      ready(): Promise<void>
      close(): Promise<void>
      flush(): Promise<void>
      createAtom(): Atom
      hasCore(discoveryKey: Uint8Array): Promise<boolean>
      getAlias(alias: { name: string; namespace: Uint8Array }): Promise<Buffer | null>
      getSeed(): Promise<Buffer | null>
      createDiscoveryKeyStream(namespace?: Uint8Array): ReadableOf<Buffer>
    }

    interface Internal {
      readonly storage: SessionStorage
      readonly state: SessionState
      readonly manifest: Manifest | null
      readonly verifier: unknown
      readonly replicator: unknown
      readonly db: CoreStorage
    }

    interface Peer {
      readonly remotePublicKey: Buffer
      readonly remoteLength: number
      readonly remoteContiguousLength: number
      readonly remoteFork: number
      readonly remoteSynced: boolean
    }

    interface Download {
      ready(): Promise<void>
      done(): Promise<void>
      destroy(): void
    }

    interface ReadableOf<T> extends EventEmitter, AsyncIterable<T> {
      readonly destroyed: boolean
      destroy(error?: Error): void
    }

    interface ReplicateOptions {
      keepAlive?: boolean
      keyPair?: KeyPair
      stream?: object
      ondiscoverykey?: (discoveryKey: Buffer) => unknown
    }

    /** A duplex stream of encrypted bytes; pipe it to the other side's. */
    /** A stream of streamx, which has what Node's own have. */
    interface ReplicationStream extends Duplex {
      readonly noiseStream: SecretStream
    }

    interface SecretStream extends ReplicationStream {
      readonly isInitiator: boolean
      readonly publicKey: Buffer
      readonly remotePublicKey: Buffer
      readonly handshakeHash: Buffer
      readonly opened: Promise<boolean>
      readonly userData: unknown
      setKeepAlive(ms: number): void
      setTimeout(ms: number): void
      flush(): Promise<boolean>
    }
  }

  export = Hypercore
}

declare module 'hypercore/lib/bit-interlude.js' {
  /** Bits that change together. */
  export default class BitInterlude {
    setRange(start: number, end: number, value: boolean): void
    flush(transaction: object, bitfield: object): void
  }
}

declare module 'hypercore/lib/multisig.js' {
  interface PartialSignature {
    readonly signer: number
    readonly signature: Buffer
    readonly patch: unknown
  }
  const multisig: {
    /** The signature field of a block append: one partial signature per signer. */
    assemble(inputs: readonly PartialSignature[]): Buffer
    partialSignature(
      tree: object,
      signer: number,
      from: number,
      to?: number,
      signature?: Uint8Array,
    ): Promise<PartialSignature | null>
  }
  export default multisig
}

declare module 'corestore' {
  import type { EventEmitter } from 'node:events'
  import type Hypercore from 'hypercore'

  /** Many logs in one folder of their own, opened by key or by name. */
  class Corestore extends EventEmitter {
    constructor(storage: string | Hypercore.CoreStorage, options?: Corestore.Options)

    readonly storage: Hypercore.CoreStorage
    readonly primaryKey: Buffer | null
    readonly ns: Buffer
    readonly root: Corestore | null
    readonly cores: Iterable<Hypercore.Internal> & { readonly size: number }
    readonly readOnly: boolean
    readonly manifestVersion: number
    readonly opened: boolean
    readonly closed: boolean
    readonly closing: Promise<void> | null

    ready(): Promise<void>
    close(): Promise<void>
    get(options: Uint8Array | string | Corestore.GetOptions): Hypercore
    session(options?: Corestore.Options): Corestore
    namespace(name: string | Uint8Array, options?: Corestore.Options): Corestore
    list(namespace?: Uint8Array): Hypercore.ReadableOf<Buffer>
    createKeyPair(name: string, namespace?: Uint8Array): Promise<Hypercore.KeyPair>
    replicate(
      isInitiatorOrStream: boolean | object,
      options?: Hypercore.ReplicateOptions,
    ): Hypercore.ReplicationStream
    findingPeers(): () => void
    watch(fn: (core: Hypercore.Internal) => void): void
    unwatch(fn: (core: Hypercore.Internal) => void): void
    suspend(options?: { log?: (line: string) => void }): Promise<void>
    resume(): Promise<void>
  }

  namespace Corestore {
    interface Options {
      primaryKey?: Uint8Array
      /** Acknowledges that passing a primary key is unsafe. */
      unsafe?: boolean
      namespace?: Uint8Array
      manifestVersion?: number
      writable?: boolean
      readOnly?: boolean
      allowBackup?: boolean
      wait?: boolean
      active?: boolean
      globalCache?: object
      treeCache?: number
      suspend?: boolean
    }

    interface GetOptions extends Hypercore.Options {
      discoveryKey?: Uint8Array
      preload?: Promise<object>
      draft?: boolean
    }
  }

  export = Corestore
}

declare module 'hyperbee' {
  import type { EventEmitter } from 'node:events'
  import type Hypercore from 'hypercore'

  /** A sorted map in a log: an append-only B-tree, so that every batch end is a version. */
  class Hyperbee<Key = Buffer, Value = Buffer> extends EventEmitter {
    constructor(core: Hypercore, options?: Hyperbee.Options)

    static isHyperbee(core: Hypercore, options?: Hypercore.GetOptions): Promise<boolean>

    readonly core: Hypercore
    /** Length of the log at this view, at least 1. */
    readonly version: number
    readonly id: string | null
    readonly key: Buffer | null
    readonly discoveryKey: Buffer | null
    readonly readable: boolean
    readonly writable: boolean
    readonly opened: boolean
    readonly closed: boolean
    readonly closing: Promise<void> | null

    ready(): Promise<void>
    close(): Promise<void>
    update(options?: Hypercore.WaitOptions): Promise<boolean>
    get(key: Key, options?: Hyperbee.ReadOptions): Promise<Hyperbee.Entry<Key, Value> | null>
    getBySeq(seq: number, options?: Hyperbee.ReadOptions): Promise<{ key: Key; value: Value } | null>
    put(key: Key, value?: Value | null, options?: Hyperbee.WriteOptions<Key, Value>): Promise<void>
    del(key: Key, options?: Hyperbee.WriteOptions<Key, Value>): Promise<void>
    peek(
      range?: Hyperbee.Range<Key>,
      options?: Hyperbee.RangeOptions,
    ): Promise<Hyperbee.Entry<Key, Value> | null>
    batch(options?: Hyperbee.BatchOptions): Hyperbee.Batch<Key, Value>
    checkout(version: number, options?: Hyperbee.ViewOptions): Hyperbee<Key, Value>
    snapshot(options?: Hyperbee.ViewOptions): Hyperbee<Key, Value>
    sub(
      prefix: string | Uint8Array,
      options?: Hyperbee.ViewOptions & { sep?: string | Uint8Array },
    ): Hyperbee<Key, Value>
    createReadStream(
      range?: Hyperbee.Range<Key> & Hyperbee.RangeOptions,
      options?: Hyperbee.RangeOptions,
    ): Hypercore.ReadableOf<Hyperbee.Entry<Key, Value>>
    createHistoryStream(
      options?: Hyperbee.HistoryOptions,
    ): Hypercore.ReadableOf<Hyperbee.HistoryEntry<Key, Value>>
    createDiffStream(
      other: number | Hyperbee<Key, Value>,
      range?: Hyperbee.Range<Key> & Hyperbee.RangeOptions,
      options?: Hyperbee.RangeOptions,
    ): Hypercore.ReadableOf<Hyperbee.Difference<Key, Value>>
    watch(
      range?: Hyperbee.Range<Key>,
      options?: { map?: (snapshot: unknown) => unknown },
    ): Hyperbee.Watcher<Key, Value>
    getAndWatch(key: Key, options?: object): Promise<Hyperbee.EntryWatcher<Key, Value>>
    getHeader(options?: Hypercore.GetOptions): Promise<{ protocol: string; metadata: unknown } | null>
    replicate(
      isInitiatorOrStream: boolean | object,
      options?: Hypercore.ReplicateOptions,
    ): Hypercore.ReplicationStream
  }

  namespace Hyperbee {
    interface ViewOptions {
      keyEncoding?: Hypercore.Encoding
      valueEncoding?: Hypercore.Encoding
      reuseSession?: boolean
    }

    interface Options {
      keyEncoding?: Hypercore.Encoding
      valueEncoding?: Hypercore.Encoding
      extension?: false | object
      metadata?: { contentFeed?: Uint8Array; userData?: Uint8Array }
      sep?: Uint8Array
      prefix?: Uint8Array
      readonly?: boolean
      alwaysDuplicate?: boolean
      sessions?: boolean
      checkout?: number
    }

    interface ReadOptions {
      wait?: boolean
      timeout?: number
      update?: boolean
      onseq?: (seq: number) => void
      onwait?: (seq: number) => void
      keyEncoding?: Hypercore.Encoding
      valueEncoding?: Hypercore.Encoding
    }

    interface BatchOptions extends ReadOptions {
      checkout?: number
    }

    interface Entry<Key, Value> {
      readonly seq: number
      readonly key: Key
      readonly value: Value
    }

    interface HistoryEntry<Key, Value> extends Entry<Key, Value> {
      readonly type: 'put' | 'del'
    }

    interface Difference<Key, Value> {
      readonly left: Entry<Key, Value> | null
      readonly right: Entry<Key, Value> | null
    }

    interface WriteOptions<Key, Value> {
      /** Compare and swap: write only when this resolves to true. */
      cas?: (previous: Entry<Key, Value>, next: Entry<Key, Value>) => boolean | Promise<boolean>
      keyEncoding?: Hypercore.Encoding
      valueEncoding?: Hypercore.Encoding
    }

    interface Range<Key> {
      gt?: Key
      gte?: Key
      lt?: Key
      lte?: Key
    }

    interface RangeOptions extends ReadOptions {
      reverse?: boolean
      limit?: number
      signal?: AbortSignal
    }

    interface HistoryOptions extends ReadOptions {
      live?: boolean
      reverse?: boolean
      gt?: number
      gte?: number
      since?: number
      lt?: number
      lte?: number
      limit?: number
      signal?: AbortSignal
    }

    interface Batch<Key = Buffer, Value = Buffer> {
      readonly version: number
      /** Blocks that `flush` will append. */
      readonly length: number
      ready(): Promise<void>
      lock(): Promise<void>
      get(key: Key, options?: ReadOptions): Promise<Entry<Key, Value> | null>
      getBySeq(seq: number, options?: ReadOptions): Promise<{ key: Key; value: Value } | null>
      put(key: Key, value?: Value | null, options?: WriteOptions<Key, Value>): Promise<void>
      del(key: Key, options?: WriteOptions<Key, Value>): Promise<void>
      peek(range?: Range<Key>, options?: RangeOptions): Promise<Entry<Key, Value> | null>
      createReadStream(
        range?: Range<Key> & RangeOptions,
        options?: RangeOptions,
      ): Hypercore.ReadableOf<Entry<Key, Value>>
      /** The encoded blocks of this batch; nothing can be added after. */
      toBlocks(): Buffer[]
      flush(): Promise<void>
      close(): Promise<void>
    }

    interface Watcher<Key, Value>
      extends AsyncIterable<[current: Hyperbee<Key, Value>, previous: Hyperbee<Key, Value>]> {
      ready(): Promise<void>
      close(): Promise<void>
    }

    interface EntryWatcher<Key, Value> extends EventEmitter {
      readonly node: Entry<Key, Value> | null
      close(): Promise<void>
    }
  }

  export = Hyperbee
}

declare module 'hyperdht' {
  import type { EventEmitter } from 'node:events'
  import type Hypercore from 'hypercore'

  /** A node of the distributed hash table that finds peers and punches holes to them. */
  class HyperDHT extends EventEmitter {
    constructor(options?: HyperDHT.Options)

    static keyPair(seed?: Uint8Array): Hypercore.KeyPair
    static hash(data: Uint8Array): Buffer

    readonly defaultKeyPair: Hypercore.KeyPair
    readonly host: string | null
    readonly port: number
    readonly destroyed: boolean
    readonly listening: ReadonlySet<HyperDHT.Server>

    ready(): Promise<void>
    fullyBootstrapped(): Promise<void>
    address(): { host: string; family: number; port: number }
    /** Nodes of the network that this one knows. */
    toArray(): { host: string; port: number }[]
    connect(publicKey: Uint8Array, options?: { keyPair?: Hypercore.KeyPair }): Hypercore.SecretStream
    createServer(onconnection?: (stream: Hypercore.SecretStream) => void): HyperDHT.Server
    createServer(options: object, onconnection?: (stream: Hypercore.SecretStream) => void): HyperDHT.Server
    destroy(options?: { force?: boolean }): Promise<void>
  }

  namespace HyperDHT {
    interface Options {
      bootstrap?: readonly (string | { host: string; port: number })[]
      keyPair?: Hypercore.KeyPair
      seed?: Uint8Array
      host?: string
      port?: number
      ephemeral?: boolean
      firewalled?: boolean
      connectionKeepAlive?: number | false
    }

    interface Server extends EventEmitter {
      readonly publicKey: Buffer
      listen(keyPair?: Hypercore.KeyPair): Promise<this>
      address(): { publicKey: Buffer; host: string; port: number } | null
      close(): Promise<void>
    }
  }

  export = HyperDHT
}

declare module 'hyperdht/testnet.js' {
  import type HyperDHT from 'hyperdht'

  function createTestnet(
    size?: number,
    options?: { host?: string; port?: number; teardown?: (fn: () => Promise<void>) => void },
  ): Promise<createTestnet.Testnet>

  namespace createTestnet {
    /** A private hash table on this machine. */
    interface Testnet extends Iterable<HyperDHT> {
      readonly nodes: HyperDHT[]
      readonly bootstrap: { host: string; port: number }[]
      createNode(options?: HyperDHT.Options): HyperDHT
      destroy(): Promise<void>
    }
  }

  export = createTestnet
}

declare module 'hyperswarm' {
  import type { EventEmitter } from 'node:events'
  import type Hypercore from 'hypercore'
  import type HyperDHT from 'hyperdht'

  /** Finds peers by topic and keeps encrypted connections to them. */
  class Hyperswarm extends EventEmitter {
    constructor(options?: Hyperswarm.Options)

    readonly keyPair: Hypercore.KeyPair
    readonly dht: HyperDHT
    readonly connections: ReadonlySet<Hypercore.SecretStream>
    readonly connecting: number
    readonly peers: ReadonlyMap<string, Hyperswarm.PeerInfo>
    readonly destroyed: boolean

    listen(): Promise<void>
    join(
      topic: Uint8Array,
      options?: { server?: boolean; client?: boolean; limit?: number },
    ): Hyperswarm.Discovery
    leave(topic: Uint8Array): Promise<void>
    joinPeer(publicKey: Uint8Array): void
    leavePeer(publicKey: Uint8Array): void
    /** False when the swarm was destroyed before every pending connection settled. */
    flush(): Promise<boolean>
    clear(): Promise<unknown>
    suspend(): Promise<void>
    resume(): Promise<void>
    destroy(options?: { force?: boolean }): Promise<void>

    on(
      event: 'connection',
      listener: (stream: Hypercore.SecretStream, peer: Hyperswarm.PeerInfo) => void,
    ): this
    on(event: 'update', listener: () => void): this
    on(event: 'ban', listener: (peer: Hyperswarm.PeerInfo, error: Error) => void): this
    on(event: string | symbol, listener: (...values: unknown[]) => void): this
  }

  namespace Hyperswarm {
    interface Options extends HyperDHT.Options {
      dht?: HyperDHT
      maxPeers?: number
      maxClientConnections?: number
      maxServerConnections?: number
      maxParallel?: number
      firewall?: (remotePublicKey: Buffer, payload: unknown) => boolean
      backoffs?: readonly number[]
      jitter?: number
    }

    interface PeerInfo extends EventEmitter {
      readonly publicKey: Buffer
      readonly topics: readonly Buffer[]
      readonly client: boolean
      readonly server: boolean
      readonly banned: boolean
      ban(banned?: boolean): void
    }

    interface Discovery {
      flushed(): Promise<void>
      refresh(options?: { server?: boolean; client?: boolean; limit?: number }): Promise<void>
      destroy(): Promise<void>
    }
  }

  export = Hyperswarm
}

declare module 'sodium-universal' {
  /** Buffers are filled in place; a wrong length throws. */
  const sodium: {
    readonly crypto_generichash_BYTES: 32
    readonly crypto_generichash_KEYBYTES: 32
    readonly crypto_generichash_STATEBYTES: number
    readonly crypto_sign_BYTES: 64
    readonly crypto_sign_PUBLICKEYBYTES: 32
    readonly crypto_sign_SECRETKEYBYTES: 64
    readonly crypto_sign_SEEDBYTES: 32
    crypto_generichash(output: Uint8Array, input: Uint8Array, key?: Uint8Array): void
    crypto_generichash_batch(output: Uint8Array, inputs: readonly Uint8Array[], key?: Uint8Array): void
    crypto_generichash_init(state: Uint8Array, key: Uint8Array | null, outputLength: number): void
    crypto_generichash_update(state: Uint8Array, input: Uint8Array): void
    crypto_generichash_final(state: Uint8Array, output: Uint8Array): void
    crypto_sign_keypair(publicKey: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    crypto_sign_ed25519_sk_to_pk(publicKey: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
    randombytes_buf(output: Uint8Array): void
    sodium_memcmp(left: Uint8Array, right: Uint8Array): boolean
    sodium_memzero(bytes: Uint8Array): void
  }
  export = sodium
}

declare module 'flat-tree' {
  namespace flat {
    interface Iterator {
      readonly index: number
      readonly offset: number
      readonly factor: number
      seek(index: number): void
      isLeft(): boolean
      isRight(): boolean
      contains(index: number): boolean
      prev(): number
      next(): number
      sibling(): number
      parent(): number
      leftSpan(): number
      rightSpan(): number
      leftChild(): number
      rightChild(): number
      nextTree(): number
      prevTree(): number
      fullRoot(index: number): boolean
    }
    function fullRoots(index: number, result?: number[]): number[]
    function depth(index: number): number
    function offset(index: number, depth?: number): number
    function index(depth: number, offset: number): number
    function sibling(index: number, depth?: number): number
    function parent(index: number, depth?: number): number
    /** -1 for a leaf. */
    function leftChild(index: number, depth?: number): number
    /** -1 for a leaf. */
    function rightChild(index: number, depth?: number): number
    /** `null` for a leaf. */
    function children(index: number, depth?: number): [left: number, right: number] | null
    function leftSpan(index: number, depth?: number): number
    function rightSpan(index: number, depth?: number): number
    function spans(index: number, depth?: number): [left: number, right: number]
    function count(index: number, depth?: number): number
    function countLeaves(index: number): number
    function iterator(index: number): Iterator
  }
  export = flat
}

declare module 'protocol-buffers-encodings' {
  interface Encoding {
    readonly type: number
    encode(value: unknown, bytes: Uint8Array, offset: number): Uint8Array
    decode(bytes: Uint8Array, offset: number): unknown
    encodingLength(value: unknown): number
  }
  const encodings: Readonly<Record<string, Encoding>>
  export = encodings
}
