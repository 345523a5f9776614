/** What an ES module script exports and imports (spec/10-scripts §5), and how its text has to change for that. */
import type {
  ExportNamedDeclaration,
  Identifier,
  ImportDeclaration,
  Literal,
  Node,
  Program,
  VariableDeclaration,
} from 'acorn'
import { placeOf, ScriptError } from './errors.js'
import type { Edit } from './marks.js'
import { boundNames } from './walk.js'

/** The modules that a script can import, by all their names. */
const MODULES: Readonly<Record<string, 'assert' | 'util'>> = {
  assert: 'assert',
  'node:assert': 'assert',
  'vitra:assert': 'assert',
  util: 'util',
  'vitra:util': 'util',
}

/** What the compiler puts beside the imports. */
const TAKEN: ReadonlySet<string> = new Set([
  'addParticipant',
  'apply',
  'call',
  'functions',
  'read',
  'removeParticipant',
])

export interface ModuleShape {
  /** `import` statements that the compiled script begins with. */
  readonly imports: readonly string[]
  readonly exports: readonly ExportedName[]
  readonly edits: readonly Edit[]
}

export interface ExportedName {
  readonly name: string
  /** The name that it has in the script. */
  readonly local: string
  /** True for a variable, which may be put back. */
  readonly isVariable: boolean
}

/** @throws {ScriptError} `SCRIPT_EXPORT`, `SCRIPT_IMPORT` */
export function readModule(program: Program): ModuleShape {
  const variables = declaredVariables(program)
  const imports: string[] = []
  const exports: ExportedName[] = []
  const edits: Edit[] = []
  const constants = new Set<VariableDeclaration>()
  const add = (name: string, local: string): void => {
    const declaration = variables.get(local)
    if (declaration?.kind === 'const') constants.add(declaration)
    exports.push({ name, local, isVariable: declaration !== undefined })
  }
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      imports.push(importStatement(node))
      edits.push(node)
    } else if (node.type === 'ExportAllDeclaration')
      throw refused(node, 'export * is for modules, and a script is one')
    else if (node.type === 'ExportDefaultDeclaration')
      throw refused(node, 'a script has no default export: export what is called by its name')
    else if (node.type === 'ExportNamedDeclaration') exportNamed(node, add, edits)
  }
  for (const { start } of constants) edits.push({ start, end: start + 'const'.length, instead: 'let' })
  return { imports, exports, edits: joinEdits(edits) }
}

/** `export` and the `const` behind it become one mark. */
function joinEdits(edits: readonly Edit[]): Edit[] {
  const joined: Edit[] = []
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last !== undefined && last.end === edit.start)
      joined[joined.length - 1] = { ...edit, start: last.start }
    else joined.push(edit)
  }
  return joined
}

function exportNamed(
  node: ExportNamedDeclaration,
  add: (name: string, local: string) => void,
  edits: Edit[],
): void {
  if (node.source) throw refused(node, 'a script is one file: nothing is exported from others')
  const { declaration } = node
  if (!declaration) {
    for (const { exported, local } of node.specifiers) add(nameOf(exported), nameOf(local))
    edits.push({ start: node.start, end: node.end })
    return
  }
  edits.push({ start: node.start, end: declaration.start })
  if (declaration.type === 'VariableDeclaration')
    for (const { id } of declaration.declarations) for (const name of boundNames(id)) add(name, name)
  else add(declaration.id.name, declaration.id.name)
}

/** The declaration of each variable at the top of the script. */
function declaredVariables(program: Program): Map<string, VariableDeclaration> {
  const found = new Map<string, VariableDeclaration>()
  for (const node of program.body) {
    const statement = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    if (statement?.type !== 'VariableDeclaration') continue
    for (const { id } of statement.declarations) for (const name of boundNames(id)) found.set(name, statement)
  }
  return found
}

function importStatement(node: ImportDeclaration): string {
  const from = moduleOf(String(node.source.value), node)
  const names: string[] = []
  let rest = ''
  for (const specifier of node.specifiers) {
    const local = specifier.local.name
    if (TAKEN.has(local))
      throw new ScriptError(
        'SCRIPT_NAME',
        `an import cannot be called ${local} in a script: give it another name with \`as\``,
        placeOf(specifier),
      )
    if (specifier.type === 'ImportNamespaceSpecifier') rest = `* as ${local}`
    else if (specifier.type === 'ImportDefaultSpecifier') names.push(`default as ${local}`)
    else names.push(`${keyOf(specifier.imported)} as ${local}`)
  }
  const all = [names.length > 0 ? `{ ${names.join(', ')} }` : '', rest].filter((part) => part !== '')
  return all.map((part) => `import ${part} from '${from}'`).join('; ') || `import '${from}'`
}

/** @throws {ScriptError} `SCRIPT_IMPORT` */
export function moduleOf(name: string, node: Node): 'assert' | 'util' {
  if (Object.hasOwn(MODULES, name)) return MODULES[name]!
  throw new ScriptError(
    'SCRIPT_IMPORT',
    `${JSON.stringify(name)} is no module that a script has: it has assert and util`,
    placeOf(node),
  )
}

function nameOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

/** As it stands in an import. */
function keyOf(node: Identifier | Literal): string {
  return node.type === 'Identifier' ? node.name : JSON.stringify(node.value)
}

function refused(node: Node, why: string): ScriptError {
  return new ScriptError('SCRIPT_EXPORT', why, placeOf(node))
}
