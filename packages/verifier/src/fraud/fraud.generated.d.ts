// Generated from fraud.proto by `npm run proto`. Do not edit.

interface Codec<Input, Output> {
  encode(message: Input): Uint8Array
  decode(bytes: Uint8Array): Output
  encodingLength(message: Input): number
}

export interface FraudBody {
  readonly code: string
  readonly start: number
  readonly end: number
  readonly block: number | null
  readonly seq: number | null
  readonly index: Uint8Array
  readonly op: Uint8Array | null
}

export interface FraudBodyInput {
  readonly code: string
  readonly start: number
  readonly end: number
  readonly block?: number | null | undefined
  readonly seq?: number | null | undefined
  readonly index: Uint8Array
  readonly op?: Uint8Array | null | undefined
}

export declare const FraudBody: Codec<FraudBodyInput, FraudBody>

export {}
