/** `vitra/testing`: what authors of contracts, and Vitra's own tests, check databases with. */
export * from './check-database.js'
export { type ExecutedOp, executedOps, type OpChange } from './executed-ops.js'
export { expectChanges, expectRefused } from './expectations.js'
export { type ReplayedOp, replayOps } from './replay-ops.js'
export { TestClock } from './test-clock.js'
export {
  createTestDatabase,
  type TestContext,
  type TestDatabase,
  type TestDatabaseOptions,
} from './test-database.js'
export type { TestCall, TestParticipant } from './test-participant.js'
