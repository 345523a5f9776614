/** `vitra`: cooperative databases whose rules are public contracts. */
export type {
  AnyContract,
  ContractMethods,
  MethodName,
  MethodParams,
  MethodResponse,
} from '@vitra/contract-sdk'
export type { StateDirent, StateStats } from '@vitra/contract-sdk/script'
export {
  CLOCK_JUMP_MS_MAX,
  ExecutorError,
  type ExecutorErrorCode,
  type ParticipantLimits,
  type TimeSource,
} from '@vitra/executor'
export {
  type BlocksProof,
  type ConsistencyProof,
  type Durability,
  type EquivocationProof,
  type ExportedIdentity,
  FormatError,
  type FormatErrorCode,
  type HeadProof,
  type ListOptions,
  LogError,
  type LogErrorCode,
  PathError,
  proofToJson,
  type Receipt,
  type RuleLimits,
  type SmallReceipt,
  type StateProof,
  type StateQuery,
  Storage,
  type StorageOptions,
  type Value,
  ValueError,
  type ValueErrorCode,
  VitraError,
} from '@vitra/log'
export {
  ContractError,
  type ContractErrorCode,
  ContractLoadError,
  type ContractLoadErrorCode,
  type ContractLogEntry,
  type ContractWarning,
  ENGINES,
  type EngineBinaries,
  type EngineBinary,
  engineName,
  type MethodInfo,
  type MethodParameter,
  SandboxError,
  type SandboxErrorCode,
  type UnknownName,
} from '@vitra/sandbox'
export {
  type AuditPart,
  type AuditReport,
  type AuditScope,
  ContractFraudProof,
  decodeProof,
  encodeProof,
  type Finding,
  type FindingCode,
  type FraudProof,
  InconclusiveError,
  type LogName,
  type Place,
  type Proof,
  type Proven,
  proofFromJson,
  sampleProbability,
  type Verdict,
  type VerdictCode,
  VIOLATION_CODES,
  type Violation,
  type ViolationCode,
  type ViolationKind,
} from '@vitra/verifier'
export { type AuditProgress, check, type NodeCheckOptions } from '@vitra/verifier/replay'
export type { ExportOptions } from './backup/export.js'
export { BackupError, type BackupErrorCode } from './backup/format.js'
export { type Imported, type ImportOptions, importDatabase } from './backup/import.js'
export * from './database.js'
export type { DatabaseEvents } from './database-events.js'
export type {
  DangerousChange,
  DatabaseIndex,
  Entry,
  HistoryEntry,
  HistoryOptions,
  ListEntry,
  PastIndex,
} from './database-index.js'
export type { OplogInfo } from './database-participants.js'
export type { DatabaseProofs, ProofOptions } from './database-proofs.js'
export { destroyDatabase } from './destroy.js'
export type { Diagnosis, DiagnosisCode, Examination, LogState } from './doctor/diagnosis.js'
export { declareAlone, type ExamineOptions, examine } from './doctor/examine.js'
export type { PeerQuestion } from './doctor/peers.js'
export * from './errors.js'
export type { OpFailure } from './explain-failure.js'
export { failureText } from './failure-text.js'
export type { ContractOptions, CreateOptions } from './genesis.js'
export type { Identity } from './identity.js'
export { type ContractInspection, inspectContract, unknownNamesOf } from './inspect-contract.js'
export { fromJsonValue, toJsonValue } from './json-value.js'
export type { PublicKeyLike } from './keys.js'
export type { Monitor, MonitorEvents, MonitorLag, MonitorOptions, MonitorStatus } from './monitor.js'
export type { ReplicateOptions, Swarm, SwarmOptions } from './network.js'
export { newIdentity } from './new-identity.js'
export type { CallOptions, FullSyncOptions, OpenOptions, SyncOptions, VerifyOptions } from './options.js'
export type { ThrottledParticipant } from './participant-limits.js'
export type { PeerInfo } from './peers.js'
export { provenToJson } from './proven-json.js'
export type { DatabaseFiles, PastFiles, ReaddirOptions } from './script/database-files.js'
export { ScriptCallError, type ScriptCallErrorCode } from './script/script-call-error.js'
export type { ScriptInfo } from './script/script-calls.js'
export type {
  ScriptApi,
  ScriptCall,
  ScriptFunctions,
  ScriptReads,
  ScriptResult,
  ScriptVariables,
} from './script/script-types.js'
export { isScriptSource } from './script-source.js'
export type {
  AckLine,
  CallLine,
  OplogLine,
  OtherLine,
  ResultLine,
  StoryLine,
  StoryOptions,
} from './story/entries.js'
export type { FullSyncProgress, LogProgress, SyncProgress } from './sync-progress.js'
export * from './transaction.js'
export type { CallArguments, CallResponse } from './typed-call.js'
