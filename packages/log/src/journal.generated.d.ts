// Generated from journal.proto by `npm run proto`. Do not edit.

interface Codec<Input, Output> {
  encode(message: Input): Uint8Array
  decode(bytes: Uint8Array): Output
  encodingLength(message: Input): number
}

export interface JournalRecord {
  readonly version: number
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export interface JournalRecordInput {
  readonly version: number
  readonly start: number
  readonly blocks: readonly Uint8Array[]
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export declare const JournalRecord: Codec<JournalRecordInput, JournalRecord>

export {}
