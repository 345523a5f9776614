/** `@vitra/verifier/replay`: audits a database by running its contract again, and checks what takes that. */

export type { AuditedLogs } from './accuser.js'
export { type AdvanceOptions, Auditor, type AuditorOptions } from './auditor.js'
export { check, type NodeCheckOptions } from './check.js'
export type { AuditProgress } from './pace.js'
export { PartWorker } from './part-worker.js'
export { drawParts, rangeParts } from './parts.js'
export type { OpenEngine } from './recorded-engines.js'
export type { AuditMode, AuditPlace } from './replay.js'
export type { AuditTeam, AuditWorker, CheckedBatch, CheckedPart } from './team.js'
export type { WorkerSettings } from './worker-messages.js'
export { WorkerProcess } from './worker-process.js'
