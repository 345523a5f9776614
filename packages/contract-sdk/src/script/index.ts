/** `@vitra/contract-sdk/script`: scripts as contracts, and back (spec/10-scripts). */
export { EXPORTS_PATH, isReserved, RECORD_PATH, type ScriptRecord } from '../modules/script/layout.js'
export { compileScript } from './compile.js'
export { type Place, ScriptError, type ScriptErrorCode } from './errors.js'
export { type ScriptFunction, scriptFunctions } from './functions.js'
export { readScript, scriptPlace } from './read.js'
