/** `@vitra/contract-sdk`: types for contract authors and the ABI table. The standard modules are in `/modules`. */
export { ABI_V1, ABI_V2, ABIS, type Abi, abiOf, CURRENT_ABI, type ModuleAbi, offers } from './abi.js'
export type { AnyContract, ContractMethods, MethodName, MethodParams, MethodResponse } from './methods.js'
export type {
  Ack,
  ApplyHandler,
  ApplyRecord,
  ContractValue,
  Emit,
  Entry,
  Index,
  ListedEntry,
  ListOptions,
  Method,
  Oplog,
  OplogInfo,
  ProcessHandler,
  Returned,
  Tx,
} from './types.js'
