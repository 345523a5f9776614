/** Patterns: those made of text follow the pinned edition, and matching costs by what is looked at. */
import { charge } from '../meter.js'
import { apply, chargeScan, chargeText, construct, nativesOf } from './native.js'
import { PATTERN_DEPTH_MAX, PRICE } from './prices.js'
import { chargedReplacement } from './replacement.js'

const EngineRegExp = RegExp
const { exec } = nativesOf(RegExp.prototype, 'exec')
const getterOf = (name: string) => Object.getOwnPropertyDescriptor(EngineRegExp.prototype, name)!.get!
const isGlobal = getterOf('global')
const isSticky = getterOf('sticky')
const sourceOf = getterOf('source')
const replaceNative = EngineRegExp.prototype[Symbol.replace]
const splitNative = EngineRegExp.prototype[Symbol.split]
const { includes, indexOf, slice } = nativesOf(String.prototype, 'includes indexOf slice')
const { min } = Math
const FLAGS = 'dgimsuy'
const LIMIT_MAX = 2 ** 32 - 1
let OurRegExp: unknown

/** Puts a `RegExp` of ours in the place of the engine's. */
export function regExpConstructor(): object {
  const ours = function (this: unknown, pattern: unknown, flags: unknown): unknown {
    const given = pattern as { source: unknown; flags: unknown; constructor: unknown } & {
      [Symbol.match]: unknown
    }
    const isPattern = typeof pattern === 'object' && pattern !== null && isTruthy(given[Symbol.match])
    if (new.target === undefined && isPattern && flags === undefined && given.constructor === OurRegExp)
      return pattern
    const source = isPattern ? given.source : pattern
    const flagText = flags === undefined ? (isPattern ? given.flags : '') : flags
    return createPattern(source, flagText, new.target === undefined ? EngineRegExp : new.target)
  }
  OurRegExp = ours
  return ours
}

/** @throws {SyntaxError} for what the pinned edition does not have */
export function createPattern(source: unknown, flags: unknown, target: object = EngineRegExp): RegExp {
  const text = source === undefined ? '' : `${source as string}`
  const flagText = flags === undefined ? '' : `${flags as string}`
  charge(PRICE.entry + text.length * PRICE.slot)
  checkPattern(text, flagText)
  return construct(EngineRegExp, [text, flagText], target as never) as RegExp
}

function isTruthy(value: unknown): boolean {
  return value !== undefined && !!value
}

export const regExpPrototype = {
  exec(this: RegExp, given: unknown): RegExpExecArray | null {
    const text = `${given as string}`
    const before = this.lastIndex
    const found = exec!.call<RegExpExecArray | null>(this, text)
    const moves = isGlobal.call(this) || isSticky.call(this)
    const from = moves && before > 0 ? before : 0
    if (found === null) {
      charge(PRICE.slot)
      if (!isSticky.call(this)) chargeScan(text.length > from ? text.length - from : 0)
      return null
    }
    const end = found.index + found[0]!.length
    charge(found.length * PRICE.piece)
    chargeScan(end > from ? end - from : 0)
    return found
  },
  [Symbol.replace](this: unknown, given: unknown, replacement: unknown): string {
    const text = `${given as string}`
    chargeText(text.length)
    return apply(replaceNative as never, this, [text, chargedReplacement(replacement)])
  },
  [Symbol.split](this: RegExp, given: unknown, limit: unknown): unknown[] {
    if (
      typeof this !== 'object' ||
      this === null ||
      this.constructor !== OurRegExp ||
      this.exec !== regExpPrototype.exec
    )
      return apply(splitNative as never, this, [given, limit])
    const text = `${given as string}`
    const most = limit === undefined ? LIMIT_MAX : (limit as number) >>> 0
    return split(this, text, most)
  },
}

/** As the language's, but it searches for the next match where that tries every place. */
function split(pattern: RegExp, text: string, most: number): unknown[] {
  const pieces: unknown[] = []
  const add = (piece: unknown): boolean => {
    charge(PRICE.piece)
    pieces[pieces.length] = piece
    return pieces.length >= most
  }
  chargeScan(text.length)
  const flags = pattern.flags.replace('y', '').replace('g', '')
  const search = new EngineRegExp(sourceOf.call(pattern), `${flags}g`)
  if (most === 0) return pieces
  if (text.length === 0) {
    const found = exec!.call<RegExpExecArray | null>(search, text)
    return found === null ? [text] : pieces
  }
  let start = 0
  for (;;) {
    const found = exec!.call<RegExpExecArray | null>(search, text)
    charge(PRICE.slot)
    if (found === null || found.index >= text.length) break
    const end = min(search.lastIndex, text.length)
    if (end === start) {
      search.lastIndex = advance(text, found.index, pattern.unicode)
      continue
    }
    if (found[0] === '') search.lastIndex = advance(text, end, pattern.unicode)
    if (add(slice!.call(text, start, found.index))) return pieces
    start = end
    for (let i = 1; i < found.length; i++) if (add(found[i])) return pieces
  }
  add(slice!.call(text, start))
  return pieces
}

function advance(text: string, at: number, isUnicode: boolean): number {
  if (!isUnicode) return at + 1
  const first = text.charCodeAt(at)
  const second = text.charCodeAt(at + 1)
  return first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000 ? at + 2 : at + 1
}

/** Refuses flags, modifiers and repeated names of groups, which only newer editions have, and groups nested too deep. */
function checkPattern(source: string, flags: string): void {
  for (let i = 0; i < flags.length; i++) {
    if (!includes!.call(FLAGS, flags[i]))
      throw new SyntaxError('the pattern has a flag that the edition does not have')
  }
  if (!includes!.call(source, '(')) return
  let depth = 0
  const names: string[] = []
  let isInClass = false
  for (let i = 0; i < source.length; i++) {
    const sign = source[i]
    if (sign === '\\') i++
    else if (sign === '[') isInClass = true
    else if (sign === ']') isInClass = false
    else if (sign === ')' && !isInClass) depth--
    else if (sign === '(' && !isInClass) {
      if (++depth > PATTERN_DEPTH_MAX)
        throw new RangeError(`the pattern nests groups to more than ${PATTERN_DEPTH_MAX} levels`)
      if (source[i + 1] === '?') checkGroup(source, i + 2, names)
    }
  }
}

function checkGroup(source: string, at: number, names: string[]): void {
  const sign = source[at]
  if (sign === ':' || sign === '=' || sign === '!') return
  const next = source[at + 1]
  if (sign !== '<') throw new SyntaxError('the pattern has a modifier, which the edition does not have')
  if (next === '=' || next === '!') return
  const end = indexOf!.call<number>(source, '>', at)
  const name = slice!.call<string>(source, at + 1, end)
  charge(1 + names.length)
  for (let i = 0; i < names.length; i++) {
    if (names[i] === name) throw new SyntaxError('the pattern has two groups of one name')
  }
  names[names.length] = name
}
