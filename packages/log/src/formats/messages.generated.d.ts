// Generated from messages.proto by `npm run proto`. Do not edit.

interface Codec<Input, Output> {
  encode(message: Input): Uint8Array
  decode(bytes: Uint8Array): Output
  encodingLength(message: Input): number
}

export interface OplogEnvelope {
  readonly version: number
  readonly type: number
  readonly body: Uint8Array
}

export interface OplogEnvelopeInput {
  readonly version: number
  readonly type: number
  readonly body: Uint8Array
}

export declare const OplogEnvelope: Codec<OplogEnvelopeInput, OplogEnvelope>

export interface EchoBody {
  readonly length: number
  readonly treeHash: Uint8Array
}

export interface EchoBodyInput {
  readonly length: number
  readonly treeHash: Uint8Array
}

export declare const EchoBody: Codec<EchoBodyInput, EchoBody>

export interface IndexBlock {
  readonly tree: Uint8Array
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

export interface IndexBlockInput {
  readonly tree: Uint8Array
  readonly key: Uint8Array
  readonly value?: Uint8Array | null | undefined
}

export declare const IndexBlock: Codec<IndexBlockInput, IndexBlock>

export interface SignedHead {
  readonly length: number
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export interface SignedHeadInput {
  readonly length: number
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export declare const SignedHead: Codec<SignedHeadInput, SignedHead>

export interface OutcomeMessage {
  readonly kind: number
  readonly ts: number
  readonly numChanges: number
  readonly fuel: number
  readonly code: string | null
  readonly message: string | null
  readonly metadata: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface OutcomeMessageInput {
  readonly kind: number
  readonly ts: number
  readonly numChanges: number
  readonly fuel: number
  readonly code?: string | null | undefined
  readonly message?: string | null | undefined
  readonly metadata?: Uint8Array | null | undefined
  readonly value?: Uint8Array | null | undefined
}

export declare const OutcomeMessage: Codec<OutcomeMessageInput, OutcomeMessage>

export interface RunMessage {
  readonly version: number
  readonly head: SignedHead
  readonly prevRun: number
  readonly outcomes: readonly OutcomeMessage[]
}

export interface RunMessageInput {
  readonly version: number
  readonly head: SignedHeadInput
  readonly prevRun: number
  readonly outcomes: readonly OutcomeMessageInput[]
}

export declare const RunMessage: Codec<RunMessageInput, RunMessage>

export interface BatchMessage {
  readonly version: number
  readonly number: number
  readonly prevEnd: number
  readonly prevTreeHash: Uint8Array
  readonly prevSignature: Uint8Array
  readonly lastTs: number
  readonly engine: string
  readonly runs: number
  readonly blocks: number
}

export interface BatchMessageInput {
  readonly version: number
  readonly number: number
  readonly prevEnd: number
  readonly prevTreeHash: Uint8Array
  readonly prevSignature: Uint8Array
  readonly lastTs: number
  readonly engine: string
  readonly runs: number
  readonly blocks: number
}

export declare const BatchMessage: Codec<BatchMessageInput, BatchMessage>

export interface GenesisMessage {
  readonly version: number
  readonly rules: Uint8Array
  readonly nonce: Uint8Array
}

export interface GenesisMessageInput {
  readonly version: number
  readonly rules: Uint8Array
  readonly nonce: Uint8Array
}

export declare const GenesisMessage: Codec<GenesisMessageInput, GenesisMessage>

export {}
