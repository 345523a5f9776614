/** The syntax of a script (spec/10-scripts §5): strict code, as a CommonJS module or an ES module. */
import { type Options, type Program, parse } from 'acorn'
import { placeOf, ScriptError } from './errors.js'
import { nodesOf } from './walk.js'

/** How a script exports. */
export type ScriptKind = 'commonjs' | 'module'

export interface ParsedScript {
  readonly kind: ScriptKind
  readonly program: Program
}

const OPTIONS: Options = {
  ecmaVersion: 2022,
  sourceType: 'module',
  locations: true,
  allowHashBang: false,
}

/** @throws {ScriptError} `SCRIPT_SYNTAX` */
export function parseScript(text: string): ParsedScript {
  const program = parseAs(text, { ...OPTIONS, allowReturnOutsideFunction: true })
  for (const node of nodesOf(program, ({ type }) => !/Function/.test(type))) {
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await))
      throw new ScriptError('SCRIPT_SYNTAX', 'await stands inside async functions only', placeOf(node))
  }
  if (!program.body.some(({ type }) => /^(?:Import|Export)/.test(type))) return { kind: 'commonjs', program }
  return { kind: 'module', program: parseAs(text, OPTIONS) }
}

function parseAs(text: string, options: Options): Program {
  try {
    return parse(text, options)
  } catch (cause) {
    if (cause instanceof RangeError || (cause as SyntaxError).message.startsWith('Not enough stack space'))
      throw new ScriptError(
        'SCRIPT_SYNTAX',
        'the script is nested too deep',
        { line: 1, column: 1 },
        { cause },
      )
    const { loc, message } = cause as SyntaxError & { loc?: { line: number; column: number } }
    if (loc === undefined) throw cause
    const place = { line: loc.line, column: loc.column + 1 }
    throw new ScriptError('SCRIPT_SYNTAX', message.replace(/ \(\d+:\d+\)$/, ''), place, { cause })
  }
}
