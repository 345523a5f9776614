/**
 * The pinned parser (spec/6-determinism §5), kept from recursing deeper than a contract may be nested. Near the end of the
 * stack V8 does not always throw: where it has to compile a regular expression of the parser's there, it ends the process.
 */
import { type Options, Parser, type Program } from 'acorn'
import { OPERATORS_MAX, SOURCE_DEPTH_MAX } from './constants.js'

/** Thrown where a source is nested too deep. */
export class NestingError extends Error {
  override readonly name = 'NestingError'
}

type Method = (this: Bounded, ...args: unknown[]) => unknown
interface Bounded {
  nesting?: Record<string, number>
}

/**
 * The parser's methods of which one is part of each of its recursions, and how often each may be inside itself. There it
 * makes a node inside a node; but `parseExprOp`, which calls itself with every operator in a row, and the last one, which
 * makes a group inside a group of a regular expression.
 */
const LIMITS: Readonly<Record<string, number>> = {
  parseStatement: SOURCE_DEPTH_MAX,
  parseMaybeAssign: SOURCE_DEPTH_MAX,
  parseMaybeUnary: SOURCE_DEPTH_MAX,
  parseExprOp: OPERATORS_MAX,
  parseExprAtom: SOURCE_DEPTH_MAX,
  parseBindingAtom: SOURCE_DEPTH_MAX,
  regexp_disjunction: SOURCE_DEPTH_MAX,
}

class BoundedParser extends Parser {}

for (const [name, limit] of Object.entries(LIMITS)) {
  const own = (Parser.prototype as unknown as Record<string, Method>)[name]!
  Object.defineProperty(BoundedParser.prototype, name, {
    value(this: Bounded, ...args: unknown[]): unknown {
      this.nesting ??= Object.fromEntries(Object.keys(LIMITS).map((each) => [each, 0]))
      if (++this.nesting[name]! > limit) throw new NestingError()
      const parsed = own.apply(this, args)
      this.nesting[name]!--
      return parsed
    },
  })
}

/** @throws {NestingError} @throws {SyntaxError} what the parser throws */
export function parseBounded(source: string, options: Options): Program {
  return BoundedParser.parse(source, options)
}
