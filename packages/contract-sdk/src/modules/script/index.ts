/** The adapter of scripts (spec/10-scripts): what a compiled script imports as `vitra:script`, over a store and a realm. */
export {
  type CallParts,
  describeScript,
  executeCall,
  readCall,
  type ScriptBody,
  type ScriptModules,
  type ScriptOp,
} from './call.js'
export type { ScriptCaller, ScriptParticipants } from './caller.js'
export type { Child, FileStore, ScriptRealm, ScriptStore } from './host.js'
export type { ScriptState, StateDirent, StateStats } from './state.js'
