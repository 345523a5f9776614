/** `@vitra/executor`: orders, executes and publishes the ops of one database. */
export * from './clock.js'
export * from './constants.js'
export * from './errors.js'
export { Executor, type ExecutorEvents, type ExecutorOptions } from './executor.js'
