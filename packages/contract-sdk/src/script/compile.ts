/**
 * Scripts to contracts (spec/10-scripts §5): a text with exported functions becomes the source of an ordinary contract whose
 * op is a call. The text itself stands in it from the third line on, so that its lines are found again.
 */
import type { AnyNode, Program } from 'acorn'
import { placeOf, ScriptError } from './errors.js'
import { type ExportedName, moduleOf, readModule } from './exports.js'
import { MARK, mark } from './marks.js'
import { parseScript, type ScriptKind } from './parse.js'
import { nodesOf } from './walk.js'

/** Begins the names that the compiler adds, and so stands in no script. */
const OWN = 'vitra$'
/** Lines before those of the script. */
export const HEAD_LINES = 2

const TAIL = `
}}
export function apply(tx, op, ack) { return vitra$run(vitra$script, vitra$modules, tx, op, ack) }
export function call({ call, args = [] }, emit) { emit({ call, args }) }
export function read({ call, args = [] }) { return vitra$read(vitra$script, vitra$modules, { call, args }) }
export function addParticipant({ pubkey }, emit) { emit({ call: 'addParticipant', args: [pubkey] }) }
export function removeParticipant({ pubkey }, emit) { emit({ call: 'removeParticipant', args: [pubkey] }) }
export function functions() { return vitra$list(vitra$script, vitra$modules) }
`

/**
 * The contract of a script.
 *
 * @param text a CommonJS module, or an ES module, in strict code
 * @throws {ScriptError} `SCRIPT_SYNTAX`, `SCRIPT_EXPORT`, `SCRIPT_IMPORT`, `SCRIPT_NAME`, each with line and column
 * @example compileScript("exports.count = 0\nexports.add = () => ++exports.count")
 */
export function compileScript(text: string): string {
  checkNames(text)
  const { kind, program } = parseScript(text)
  refuseImports(program)
  const { head, body } = kind === 'module' ? compileModule(text, program) : compileCommonJs(text, program)
  return `// vitra script 1 ${kind}\n${head}\n${body}${TAIL}`
}

/** What a compiled script is, for {@link readScript}: its kind and marked text; null for any other source. */
export function splitCompiled(source: string): { kind: ScriptKind; body: string } | null {
  const title = /^\/\/ vitra script 1 (commonjs|module)\n[^\n]*\n/.exec(source)
  if (title === null || !source.endsWith(TAIL)) return null
  return { kind: title[1] as ScriptKind, body: source.slice(title[0].length, -TAIL.length) }
}

function compileModule(text: string, program: Program): { head: string; body: string } {
  const { imports, exports, edits } = readModule(program)
  if (exports.length === 0) throw exportsNothing()
  const head = [
    adapterImport(),
    ...imports,
    'const vitra$modules = {}',
    `function vitra$script(vitra$module, vitra$exports, vitra$require, state, caller, participants) {{ vitra$module.exports = { ${exports.map(accessors).join(', ')} }`,
  ]
  return { head: head.join('; '), body: mark(text, edits) }
}

/** Variables can be put back; the others are only read. */
function accessors({ name, local, isVariable }: ExportedName): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
  const get = `get ${key}() { return ${local} }`
  return isVariable ? `${get}, set ${key}(vitra$value) { ${local} = vitra$value }` : get
}

function compileCommonJs(text: string, program: Program): { head: string; body: string } {
  const modules = new Set<string>()
  let isExporting = false
  for (const node of nodesOf(program)) {
    if (node.type === 'Identifier' && (node.name === 'exports' || node.name === 'module')) isExporting = true
    const required = requiredName(node)
    if (required !== null) modules.add(moduleOf(required, node))
  }
  if (!isExporting) throw exportsNothing()
  const names = [...modules].sort()
  const head = [
    adapterImport(),
    ...names.map((name) => `import vitra$${name} from '${name}'`),
    `const vitra$modules = { ${names.map((name) => `${name}: vitra$${name}`).join(', ')} }`,
    'function vitra$script(module, exports, require, state, caller, participants) {{',
  ]
  return { head: head.join('; '), body: text }
}

function adapterImport(): string {
  return "import { listExports as vitra$list, runCall as vitra$run, runRead as vitra$read } from 'vitra:script'"
}

/** The name in `require('name')`. */
function requiredName(node: AnyNode): string | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require')
    return null
  const [first] = node.arguments
  return first?.type === 'Literal' && typeof first.value === 'string' ? first.value : null
}

function refuseImports(program: Program): void {
  for (const node of nodesOf(program)) {
    if (node.type === 'ImportExpression')
      throw new ScriptError('SCRIPT_IMPORT', 'import() is not available: import at the top', placeOf(node))
    if (node.type === 'MetaProperty' && node.meta.name === 'import')
      throw new ScriptError('SCRIPT_IMPORT', 'a script has no import.meta', placeOf(node))
  }
}

function checkNames(text: string): void {
  for (const taken of [OWN, MARK]) {
    const at = text.indexOf(taken)
    if (at < 0) continue
    const before = text.slice(0, at).split('\n')
    const place = { line: before.length, column: before.at(-1)!.length + 1 }
    throw new ScriptError(
      'SCRIPT_NAME',
      `${taken} is for what the compiler adds: write something else`,
      place,
    )
  }
}

function exportsNothing(): ScriptError {
  const why = 'the script exports nothing: write `exports.name = …` or `export function name …`'
  return new ScriptError('SCRIPT_EXPORT', why, { line: 1, column: 1 })
}
