// Generated from proofs.proto by `npm run proto`. Do not edit.

interface Codec<Input, Output> {
  encode(message: Input): Uint8Array
  decode(bytes: Uint8Array): Output
  encodingLength(message: Input): number
}

export interface ProofMessage {
  readonly version: number
  readonly kind: number
  readonly body: Uint8Array
}

export interface ProofMessageInput {
  readonly version: number
  readonly kind: number
  readonly body: Uint8Array
}

export declare const ProofMessage: Codec<ProofMessageInput, ProofMessage>

export interface LogIdentityMessage {
  readonly signer: Uint8Array
  readonly userData: Uint8Array
}

export interface LogIdentityMessageInput {
  readonly signer: Uint8Array
  readonly userData: Uint8Array
}

export declare const LogIdentityMessage: Codec<LogIdentityMessageInput, LogIdentityMessage>

export interface ProvedHead {
  readonly length: number
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export interface ProvedHeadInput {
  readonly length: number
  readonly treeHash: Uint8Array
  readonly signature: Uint8Array
}

export declare const ProvedHead: Codec<ProvedHeadInput, ProvedHead>

export interface ProvedBlock {
  readonly seq: number
  readonly block: Uint8Array
}

export interface ProvedBlockInput {
  readonly seq: number
  readonly block: Uint8Array
}

export declare const ProvedBlock: Codec<ProvedBlockInput, ProvedBlock>

export interface HeadBody {
  readonly identity: LogIdentityMessage
  readonly head: ProvedHead
}

export interface HeadBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly head: ProvedHeadInput
}

export declare const HeadBody: Codec<HeadBodyInput, HeadBody>

export interface BlocksBody {
  readonly identity: LogIdentityMessage
  readonly head: ProvedHead
  readonly blocks: readonly ProvedBlock[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export interface BlocksBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly head: ProvedHeadInput
  readonly blocks: readonly ProvedBlockInput[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export declare const BlocksBody: Codec<BlocksBodyInput, BlocksBody>

export {}
