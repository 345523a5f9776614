// Generated from receipt.proto by `npm run proto`. Do not edit.

interface Codec<Input, Output> {
  encode(message: Input): Uint8Array
  decode(bytes: Uint8Array): Output
  encodingLength(message: Input): number
}

export interface ReceiptBody {
  readonly index: Uint8Array
  readonly signer: Uint8Array
  readonly seq: number
  readonly ops: readonly ReceiptOpsMessage[]
}

export interface ReceiptBodyInput {
  readonly index: Uint8Array
  readonly signer: Uint8Array
  readonly seq: number
  readonly ops: readonly ReceiptOpsMessageInput[]
}

export declare const ReceiptBody: Codec<ReceiptBodyInput, ReceiptBody>

export interface ReceiptOpsMessage {
  readonly blocks: readonly Uint8Array[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export interface ReceiptOpsMessageInput {
  readonly blocks: readonly Uint8Array[]
  readonly hashes: Uint8Array
  readonly sizes: readonly number[]
}

export declare const ReceiptOpsMessage: Codec<ReceiptOpsMessageInput, ReceiptOpsMessage>

export {}
