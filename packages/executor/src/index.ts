/** `@vitra/executor`: orders, executes and publishes the ops of one database. */
export { Clock, type TimeSource } from './clock.js'
export * from './constants.js'
export * from './errors.js'
export { Executor, type ExecutorEvents, type ExecutorOptions } from './executor.js'
export type { ParticipantLimits } from './limits.js'
export type { Throttled } from './participants.js'
