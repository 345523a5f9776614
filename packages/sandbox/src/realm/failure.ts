/** What a contract threw, as plain data (spec/6-determinism §3): whose error it is and what may be recorded of it. */
import { formatValue } from '@vitra/contract-sdk/modules'
import {
  bareMessage,
  errorFrames,
  type Frame,
  isMade,
  isTalkative,
  noticeLimit,
  refusalCode,
  standardClass,
} from './errors.js'
import { metered } from './meter.js'

export interface Failure {
  code: string
  message: string
  name: string
  frames: Frame[]
  /** The error's own `code`; only where {@link isTalkative} it is read. */
  reason?: string
}

const PROTOTYPES_MAX = 100

/** Runs code of the contract where `message` or `name` is a getter. */
export function describe(thrown: unknown): Failure {
  const failure = describeError(thrown)
  if (!isTalkative() || typeof thrown !== 'object' || thrown === null) return failure
  return { ...failure, reason: readText(thrown, 'code') }
}

function describeError(thrown: unknown): Failure {
  noticeLimit(thrown)
  if (typeof thrown !== 'object' || thrown === null) {
    return foreign(typeof thrown === 'string' ? thrown : formatValue(thrown), [])
  }
  const refused = refusalCode(thrown)
  const frames = errorFrames(thrown)
  if (refused !== undefined)
    return { code: refused, message: readText(thrown, 'message'), name: 'Error', frames }
  if (isMade(thrown)) {
    return { code: 'contract', message: readText(thrown, 'message'), name: readText(thrown, 'name'), frames }
  }
  const name = engineClass(thrown)
  if (name === undefined) return foreign(formatValue(thrown), frames)
  const message = isTalkative() ? (bareMessage(thrown) ?? readText(thrown, 'message')) : name
  return { code: 'engine', message, name, frames }
}

/** A thrown value that is no error at all. */
function foreign(message: string, frames: Frame[]): Failure {
  return { code: 'contract', message, name: '', frames }
}

/** Class of an error that the engine made: the nearest standard prototype decides. */
function engineClass(thrown: object): string | undefined {
  try {
    let prototype = Reflect.getPrototypeOf(thrown)
    for (let n = 0; prototype !== null && n < PROTOTYPES_MAX; n++) {
      const name = standardClass(prototype)
      if (name !== undefined) return name
      prototype = Reflect.getPrototypeOf(prototype)
    }
  } catch {
    // A proxy refused: then it is no error of the engine.
  }
  return undefined
}

function readText(thrown: object, key: string): string {
  try {
    const text = metered(() => (thrown as Record<string, unknown>)[key])
    return typeof text === 'string' ? text : ''
  } catch {
    return ''
  }
}
