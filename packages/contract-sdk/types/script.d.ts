/**
 * The globals of a script (spec/10-scripts): `/// <reference types="@vitra/contract-sdk/script-globals" />`, or the name in
 * `types` of tsconfig.
 */
import type { ScriptCaller, ScriptParticipants, ScriptState } from '@vitra/contract-sdk/script'

declare global {
  /** The files of the database. */
  const state: ScriptState
  /** Who makes the call. */
  const caller: ScriptCaller
  /** Who takes part. */
  const participants: ScriptParticipants
}
