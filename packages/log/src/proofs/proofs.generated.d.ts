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
  readonly head: SignedHead
}

export interface HeadBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly head: SignedHeadInput
}

export declare const HeadBody: Codec<HeadBodyInput, HeadBody>

export interface BlocksBody {
  readonly identity: LogIdentityMessage
  readonly head: SignedHead
  readonly blocks: readonly ProvedBlock[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export interface BlocksBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly head: SignedHeadInput
  readonly blocks: readonly ProvedBlockInput[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export declare const BlocksBody: Codec<BlocksBodyInput, BlocksBody>

export interface ConsistencyBody {
  readonly identity: LogIdentityMessage
  readonly from: SignedHead
  readonly to: SignedHead
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export interface ConsistencyBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly from: SignedHeadInput
  readonly to: SignedHeadInput
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export declare const ConsistencyBody: Codec<ConsistencyBodyInput, ConsistencyBody>

export interface StateQueryMessage {
  readonly path: string | null
  readonly list: ListQueryMessage | null
}

export interface StateQueryMessageInput {
  readonly path?: string | null | undefined
  readonly list?: ListQueryMessageInput | null | undefined
}

export declare const StateQueryMessage: Codec<StateQueryMessageInput, StateQueryMessage>

export interface ListQueryMessage {
  readonly prefix: string
  readonly reverse: boolean | null
  readonly offset: number | null
  readonly limit: number | null
  readonly cursor: string | null
}

export interface ListQueryMessageInput {
  readonly prefix: string
  readonly reverse?: boolean | null | undefined
  readonly offset?: number | null | undefined
  readonly limit?: number | null | undefined
  readonly cursor?: string | null | undefined
}

export declare const ListQueryMessage: Codec<ListQueryMessageInput, ListQueryMessage>

export interface StateBody {
  readonly index: BlocksBody
  readonly queries: readonly StateQueryMessage[]
}

export interface StateBodyInput {
  readonly index: BlocksBodyInput
  readonly queries: readonly StateQueryMessageInput[]
}

export declare const StateBody: Codec<StateBodyInput, StateBody>

export interface EquivocationBody {
  readonly identity: LogIdentityMessage
  readonly first: SignedHead
  readonly second: SignedHead | null
  readonly fork: number | null
  readonly block: Uint8Array | null
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export interface EquivocationBodyInput {
  readonly identity: LogIdentityMessageInput
  readonly first: SignedHeadInput
  readonly second?: SignedHeadInput | null | undefined
  readonly fork?: number | null | undefined
  readonly block?: Uint8Array | null | undefined
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export declare const EquivocationBody: Codec<EquivocationBodyInput, EquivocationBody>

export interface BeeTree {
  readonly levels: readonly BeeLevel[]
}

export interface BeeTreeInput {
  readonly levels: readonly BeeLevelInput[]
}

export declare const BeeTree: Codec<BeeTreeInput, BeeTree>

export interface BeeLevel {
  readonly keys: readonly number[]
  readonly children: readonly number[]
}

export interface BeeLevelInput {
  readonly keys: readonly number[]
  readonly children: readonly number[]
}

export declare const BeeLevel: Codec<BeeLevelInput, BeeLevel>

export {}
