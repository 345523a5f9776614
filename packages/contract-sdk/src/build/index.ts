/** `@vitra/contract-sdk/build`: makes contracts, and their tests, out of TypeScript and several files. It needs esbuild, and Node. */
export { type BuildContractOptions, type BuiltContract, buildContract } from './build-contract.js'
export { type BuildTestOptions, buildTest } from './build-test.js'
export { BuildError, type BuildErrorCode, type BuildErrorDetails, type BuildProblem } from './errors.js'
export type { Place } from './places.js'
export { watchContract } from './watch-contract.js'
