/** The types of `db.call`: exact for a database of a known contract, open for any other. */
import type { MethodName, MethodParams, MethodResponse } from '@vitra/contract-sdk'
import type { Value } from '@vitra/log'
import type { CallOptions } from './options.js'

/** What follows the method's name: its parameters, which may stay away where an empty object will do. */
export type CallArguments<M, Name extends MethodName<M>> =
  Record<never, never> extends MethodParams<M, Name>
    ? [params?: MethodParams<M, Name>, options?: CallOptions]
    : [params: MethodParams<M, Name>, options?: CallOptions]

/** What `tx.response` holds. */
export type CallResponse<M, Name extends MethodName<M>> = unknown extends M
  ? Value | undefined
  : MethodResponse<M, Name>
