/** `@vitra/contract-sdk/script`: scripts as contracts, and back (spec/10-scripts). */

export type { ScriptCaller, ScriptParticipants } from '../modules/script/caller.js'
export type { Child } from '../modules/script/host.js'
export { EXPORTS_PATH, isReserved, RECORD_PATH, type ScriptRecord } from '../modules/script/layout.js'
export type { ScriptState, StateDirent, StateStats } from '../modules/script/state.js'
export { compileScript } from './compile.js'
export { type Place, ScriptError, type ScriptErrorCode } from './errors.js'
export { type ScriptFunction, scriptFunctions } from './functions.js'
export { readScript, scriptPlace } from './read.js'
export { createReads, type FileReads, type ReadableStore } from './reads.js'
