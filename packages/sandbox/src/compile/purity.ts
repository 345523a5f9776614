/**
 * The purity check (spec/6-determinism §1): says of a contract's syntax whether anything of one op could reach the next
 * in a realm where module values are deep-frozen. A list of what is allowed at module level; whatever else there is, is
 * taken for impure. An impure contract runs as well, in a fresh realm for every op.
 */
import type { AnyNode, Class, Expression, Program } from 'acorn'
import { moduleAssignments, moduleNames } from './assignments.js'
import { childrenOf } from './scopes.js'
import { isConstantMember, isGlobalClass, primitiveCheck } from './values.js'

/** A place in the author's source, 1-based, and what may keep state there. */
export interface Impurity {
  readonly line: number
  readonly column: number
  /** One sentence that says what to do. */
  readonly reason: string
}

const SNIPPET_UNITS_MAX = 40

/** What may keep state from one op to the next, in the order of the source; empty for a pure contract. */
export function impurities(program: Program, source: string): Impurity[] {
  const found = new Map<number, Impurity>()
  const report = (node: AnyNode, why: (snippet: string) => string): void => {
    const { line, column } = node.loc!.start
    if (!found.has(node.start))
      found.set(node.start, { line, column: column + 1, reason: why(snippet(node, source)) })
  }
  const check = new Check(program, report)
  for (const statement of program.body) check.statement(statement)
  for (const { name, node } of moduleAssignments(program, check.names)) {
    report(node, () => `\`${name}\` is assigned to and may keep state: keep it in the index`)
  }
  reportAnywhere(program, report)
  return [...found].sort(([a], [b]) => a - b).map(([, impurity]) => impurity)
}

type Report = (node: AnyNode, why: (snippet: string) => string) => void

/** What may keep state wherever it is: it can mark a frozen object, or is an object that the engine keeps. */
function reportAnywhere(program: Program, report: Report): void {
  const open: AnyNode[] = [program]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'PrivateIdentifier') {
      report(
        node,
        (text) => `\`${text}\` is a private name and may keep state: name it \`_${text.slice(1)}\``,
      )
    }
    if (node.type === 'StaticBlock') {
      report(
        node,
        () => 'a static block runs code at load: make it a function and call it where it is needed',
      )
    }
    if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      report(node, () => '`import.meta` may keep state: keep it in the index')
    }
    open.push(...childrenOf(node))
  }
}

const inside = (text: string) => `\`${text}\` at module level may keep state: make it inside the function`
const moved = (text: string) => `\`${text}\` runs code at module level: move it into a function`

class Check {
  readonly names: ReadonlySet<string>
  readonly #report: Report
  readonly #isPrimitive: (node: AnyNode) => boolean

  constructor(program: Program, report: Report) {
    this.names = moduleNames(program)
    this.#report = report
    this.#isPrimitive = primitiveCheck(program, this.names)
  }

  statement(node: AnyNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'FunctionDeclaration':
      case 'EmptyStatement':
        return
      case 'ExportNamedDeclaration':
        if (node.declaration) this.statement(node.declaration)
        return
      case 'ExportDefaultDeclaration':
        this.#exportedDefault(node.declaration)
        return
      case 'ClassDeclaration':
        this.#class(node)
        return
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          if (id.type !== 'Identifier')
            this.#report(id, (text) => `${inside(text)}, or bind one name at a time`)
          else if (init) this.#value(init)
        }
        return
      case 'ExpressionStatement':
        this.#value(node.expression, moved)
        return
      default:
        this.#report(node, moved)
    }
  }

  #exportedDefault(node: AnyNode): void {
    if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') this.statement(node)
    else this.#value(node as Expression)
  }

  /** Reports what is not plainly a value that freezing makes unchangeable. */
  #value(node: AnyNode, why = inside): void {
    switch (node.type) {
      case 'ParenthesizedExpression':
        this.#value(node.expression, why)
        return
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return
      case 'ClassExpression':
        this.#class(node)
        return
      case 'ArrayExpression':
        for (const element of node.elements) if (element) this.#value(element, why)
        return
      case 'ObjectExpression':
        this.#object(node.properties, why)
        return
      case 'Literal':
        if (node.regex && /[gy]/.test(node.regex.flags)) this.#report(node, inside)
        return
      case 'Identifier':
        if (this.names.has(node.name) || this.#isPrimitive(node)) return
        this.#report(node, why)
        return
      default:
        if (!this.#isPrimitive(node)) this.#report(node, why)
    }
  }

  #object(properties: readonly AnyNode[], why: (text: string) => string): void {
    for (const property of properties) {
      if (property.type !== 'Property' || property.kind !== 'init') this.#report(property, why)
      else if (isNamed(property.key, '__proto__')) this.#report(property, why)
      else {
        this.#key(property)
        this.#value(property.value, why)
      }
    }
  }

  #key({ key, computed }: { key: AnyNode; computed: boolean }): void {
    if (computed && !this.#isPrimitive(key) && !isConstantMember(key, 'Symbol', this.names)) {
      this.#report(key, (text) => `\`[${text}]\` as a key at module level may run code: write the key itself`)
    }
  }

  #class({ superClass, body }: Class): void {
    if (superClass && !this.#isHeritage(superClass)) {
      this.#report(superClass, (text) => `\`extends ${text}\` may run code: extend a class by its name`)
    }
    for (const member of body.body) {
      if (member.type === 'StaticBlock' || member.key.type === 'PrivateIdentifier') continue // reported anyway
      this.#key(member)
      if (member.type === 'PropertyDefinition' && member.static && member.value) this.#value(member.value)
    }
  }

  #isHeritage(node: AnyNode): boolean {
    if (node.type !== 'Identifier') return false
    return this.names.has(node.name) || isGlobalClass(node.name)
  }
}

function isNamed(key: AnyNode, name: string): boolean {
  return (key.type === 'Identifier' && key.name === name) || (key.type === 'Literal' && key.value === name)
}

/** The beginning of what is meant, on one line. */
function snippet({ start, end }: AnyNode, source: string): string {
  const text = source.slice(start, end).replace(/\s+/g, ' ').replaceAll('`', "'")
  return (text.length <= SNIPPET_UNITS_MAX ? text : `${text.slice(0, SNIPPET_UNITS_MAX - 1)}…`).toWellFormed()
}
