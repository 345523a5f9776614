/** What the adapter of scripts needs of the realm that it runs in; prices are the realm's (spec/6-determinism §8). */

/** A direct child of a path. */
export interface Child {
  readonly name: string
  /** Encoded value of its entry; null where there are only entries below. */
  readonly value: Uint8Array | null
}

/** The entries that files are made of. What it cannot do, it throws as whoever asked for the file sees it. */
export interface FileStore {
  /** False in a read-only call. */
  readonly isWritable: boolean
  /** Encoded value at a path, own writes first; null for none. */
  read(path: string): Uint8Array | null
  /** Takes an encoded value, null to delete. */
  write(path: string, encoded: Uint8Array | null): void
  /** The direct children of a path, own writes included, in byte order. */
  children(path: string, limit?: number): readonly Child[]
  /** Canonical bytes of a value (spec/5-values). */
  encode(value: unknown): Uint8Array
  /** A fresh copy of the value that bytes hold. */
  decode(encoded: Uint8Array): unknown
  /** Why a text is no path of the index, `long` where only its length is at fault; null where it is one. */
  pathFault(path: string): 'long' | 'form' | null
  /** True for real bytes, whatever has been made of the object that holds them. */
  isBytes(value: unknown): value is Uint8Array
  /** A copy of real bytes, in an object that is as it was made. */
  copyBytes(bytes: Uint8Array): Uint8Array
  /** UTF-8 of a text; null where it has none. */
  toBytes(text: string): Uint8Array | null
  /** The text whose UTF-8 bytes are; null where they are not. */
  toText(bytes: Uint8Array): string | null
}

/** The state that one call works on. */
export interface ScriptStore extends FileStore {
  /** Active participants, own changes included: signers' public keys in hex. */
  participants(): string[]
  /** Makes a participant active. */
  admit(pubkey: string): void
  /** Makes a participant inactive. */
  expel(pubkey: string): void
}

/** What the realm charges for: the adapter's own work is not charged, what it calls of the script is. */
export interface ScriptRealm {
  /** Most arguments that a call takes. */
  readonly argumentsMax: number
  /** Takes fuel for work that grows with what the script gives. */
  charge(units: number): void
  /** Does work of the adapter's own. */
  unmetered<T>(work: () => T): T
  /** Does what is charged as the script's. */
  metered<T>(work: () => T): T
  /** An error that fails the op as a refused value. */
  refusal(message: string): Error
  /** Why a value was refused; null for what the script threw meanwhile, which is not looked at. */
  refused(thrown: unknown): string | null
}
