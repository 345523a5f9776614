/** `@vitra/contract-sdk/build`: makes a contract out of TypeScript and of several files. It needs esbuild, and Node. */
export { type BuildContractOptions, type BuiltContract, buildContract } from './build-contract.js'
export { BuildError, type BuildErrorCode, type BuildErrorDetails, type BuildProblem } from './errors.js'
export type { Place } from './places.js'
export { watchContract } from './watch-contract.js'
