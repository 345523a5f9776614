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
export { type FileStat, Files, type FolderItem } from './files.js'
export type { Child, ScriptRealm, ScriptStore } from './host.js'
export {
  contentLength,
  type EntryKind,
  EXPORTS_PATH,
  FOLDER,
  isReserved,
  kindOf,
  RECORD_PATH,
  type ScriptRecord,
} from './layout.js'
export { resolvePath } from './paths.js'
export type { ScriptState, StateDirent, StateStats } from './state.js'
