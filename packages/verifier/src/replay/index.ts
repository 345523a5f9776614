/** `@vitra/verifier/replay`: audits a database by running its contract again, and checks what takes that. */

export { type AdvanceOptions, Auditor, type AuditorOptions, type AuditProgress } from './auditor.js'
export { check, type NodeCheckOptions } from './check.js'
export type { OpenEngine } from './recorded-engines.js'
export type { AuditPlace } from './replay.js'
