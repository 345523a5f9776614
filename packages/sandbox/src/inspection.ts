/** What loading a contract gave, as the guest says and the host checks (spec/4-execution §4, §6). */
import { TEXT_UNITS_MAX } from './constants.js'
import { ContractLoadError, SandboxError } from './errors.js'
import { protocolError } from './guest-process.js'
import type { Instrumented } from './instrument.js'
import type { ContractFacts } from './loaded-contract.js'
import { checked, expectArray } from './messages.js'
import type { MethodInfo } from './method-info.js'
import { unpack } from './pack.js'
import type { PreparedContract } from './prepare.js'

const NOT_METHODS = ['apply', 'process']

/**
 * @throws {ContractLoadError} `CONTRACT_LOAD`, `CONTRACT_NO_APPLY`
 * @throws {SandboxError} `ENGINE_REFUSED`, `GUEST_PROTOCOL`
 */
export function readInspection(
  payload: Uint8Array,
  { parsed, instrumented }: PreparedContract,
): ContractFacts {
  const message = checked('an inspection that does not decode', () => unpack(payload))
  const [kind, ...rest] = expectArray(message, 'no inspection')
  switch (kind) {
    case 'inspected':
      return readFacts(rest, parsed)
    case 'refused':
      throw new SandboxError(
        'ENGINE_REFUSED',
        `this engine refuses a source that the parser accepts: ${text(rest[0])}`,
      )
    case 'threw':
      throw evaluationError(text(rest[0]), text(rest[1]), text(rest[2]), instrumented)
    case 'unevaluated':
      throw new ContractLoadError(
        'CONTRACT_LOAD',
        'the contract waits at top level for something that never comes',
      )
    case 'exhausted':
      throw new ContractLoadError(
        'CONTRACT_LOAD',
        'evaluating the contract takes more fuel than an op has: do less at module level',
      )
    default:
      throw protocolError('no inspection')
  }
}

function readFacts([form, functions]: readonly unknown[], parsed: PreparedContract['parsed']): ContractFacts {
  if (form === null) {
    throw new ContractLoadError(
      'CONTRACT_NO_APPLY',
      'the contract exports no apply: export a function (tx, op, ack), or an object of them by op.op',
    )
  }
  if (form !== 'function' && form !== 'record') throw protocolError('no form of apply')
  const names = new Set(expectArray(functions, 'no names'))
  const exported = parsed.functions.filter(({ name }) => names.has(name))
  const methods: MethodInfo[] = exported.filter(({ name }) => !NOT_METHODS.includes(name))
  return { parsed, methods, hasProcess: exported.some(({ name }) => name === 'process'), applyForm: form }
}

function evaluationError(
  name: string,
  message: string,
  stack: string,
  { authorColumn }: Instrumented,
): ContractLoadError {
  const said = `${name || 'Error'}: ${message}`
  const found = /contract\.js:(\d+):(\d+)/.exec(stack)
  if (found === null)
    return new ContractLoadError('CONTRACT_LOAD', `contract.js: ${said}`, { details: { name, message } })
  const line = Number(found[1])
  const column = authorColumn(line, Number(found[2]))
  return new ContractLoadError('CONTRACT_LOAD', `contract.js:${line}:${column}: ${said}`, {
    details: { name, message, line, column },
  })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_UNITS_MAX) : ''
}
