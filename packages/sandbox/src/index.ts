/** `@vitra/sandbox`: runs contracts in a guest process; `step` executes one oplog block. */
export type { Read } from './apply-session.js'
export { CONFINEMENTS, type Confinement } from './confinement.js'
export { OP_MS } from './constants.js'
export type {
  ApplyItem,
  ApplyRequest,
  CallRequest,
  CallResult,
  Contract,
  Failure,
  ProcessResult,
  RunsResult,
} from './contract.js'
export type { Ending, ErrorPlace } from './ending.js'
export type { EngineBinaries, EngineBinary } from './engine-binary.js'
export { ENGINE_TABLE, ENGINES, type Engine, engineName } from './engine-table.js'
export {
  ContractError,
  type ContractErrorCode,
  ContractLoadError,
  type ContractLoadErrorCode,
  isResourceLimit,
  SandboxError,
  type SandboxErrorCode,
  UnexecutableError,
} from './errors.js'
export type { MethodHost } from './method-calls.js'
export type { MethodInfo, MethodParameter } from './method-info.js'
export { oldestAbi } from './prepare.js'
export { type ContractLogEntry, Sandbox, type SandboxOptions } from './sandbox.js'
export { StateSession } from './state-session.js'
export { explain, step, steps } from './step.js'
export type { Step, StepInput } from './step-types.js'
export { type UnknownName, unknownNames } from './unknown-names.js'
export { type IndexView, ReadableSource, readableView } from './view.js'
export { type ContractWarning, contractWarnings } from './warnings.js'
