/** Walks a contract's tree from the inside out and edits its source as it goes (spec/6-determinism §7). */
import type {
  AnyNode,
  ArrowFunctionExpression,
  CatchClause,
  Class,
  Function as FunctionNode,
  Program,
} from 'acorn'
import { entryCost, frameLevels, isFunction, straightCost, turnCost, turnOf } from './costs.js'
import { Edits } from './edits.js'
import { Frame } from './frames.js'
import type { Names } from './names.js'
import { calledOperator, isMeasured } from './numbers.js'
import { childrenOf } from './scopes.js'

/** Where a node stands. */
interface Around {
  readonly frame: Frame
  readonly parent: AnyNode
  /** Fuel that a constructor's entry takes for the fields of its class. */
  readonly fields?: number
}

/** The beginning of a static block, comments included. */
const STATIC = /^static(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)*\{/

const LISTS = new Set(['Program', 'BlockStatement', 'StaticBlock', 'SwitchCase'])

export class Instrumenter {
  readonly edits: Edits
  readonly #source: string
  readonly #names: Names

  constructor(source: string, names: Names) {
    this.edits = new Edits(source)
    this.#source = source
    this.#names = names
  }

  module(program: Program): void {
    const frame = new Frame(this.#names, null)
    for (const statement of program.body) this.#visit(statement, { frame, parent: program })
  }

  #visit(node: AnyNode, around: Around): void {
    const { frame, parent } = around
    if (isFunction(node)) {
      this.#function(node, around)
      return
    }
    if (node.type === 'StaticBlock') {
      this.#staticBlock(node)
      return
    }
    if (node.type === 'ForOfStatement' && node.await && frame.isSuspendable) frame.hasAwaitLoop = true
    const fields = node.type === 'ClassBody' ? this.#fieldsCost(node) : around.fields
    for (const child of childrenOf(node)) {
      this.#visit(child, { frame, parent: node, ...(fields === undefined ? {} : { fields }) })
    }
    this.#statement(node, frame, parent)
    this.#expression(node, frame, parent)
  }

  #statement(node: AnyNode, frame: Frame, parent: AnyNode): void {
    const { edits } = this
    switch (node.type) {
      case 'ExpressionStatement':
        if (LISTS.has(parent.type)) edits.separate(node.start)
        return
      case 'ForOfStatement':
        if (node.await && frame.isSuspendable) {
          this.#awaitLoop(node, frame, parent)
          return
        }
        this.#loop(node, frame)
        return
      case 'ForInStatement':
        edits.wrap(node.right, `${this.#names.link('names')}((`, '))')
        this.#loop(node, frame)
        return
      case 'LabeledStatement':
        if (frame.hasAwaitLoop && parent.type !== 'LabeledStatement')
          edits.wrap(node, '{', `${frame.resumeIfSuspended()}}`)
        return
      case 'CatchClause':
        this.#catch(node, frame)
        return
      case 'TryStatement':
        if (node.finalizer) edits.inside(node.finalizer, frame.recover())
        return
      case 'ReturnStatement':
        // An asynchronous generator waits for what it returns.
        if (node.argument && frame.isAsync && frame.isGenerator) this.#suspending(node.argument, frame)
        return
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node)
        return
      default:
        if (turnOf(node).length > 0) this.#loop(node, frame)
    }
  }

  #expression(node: AnyNode, frame: Frame, parent: AnyNode): void {
    const { edits } = this
    const call = (at: AnyNode, name: string) => edits.wrap(at, `${this.#names.link(name)}(`, ')')
    switch (node.type) {
      case 'AwaitExpression':
        if (frame.isSuspendable) this.#waiting(node, node.argument, frame)
        return
      case 'YieldExpression':
        if (node.delegate && node.argument) this.#delegating(node.argument, frame, frame.isAsync)
        this.#waiting(node, node.argument ?? null, frame)
        return
      case 'TemplateLiteral':
        if (node.expressions.length > 0 && parent.type !== 'TaggedTemplateExpression') call(node, 'measure')
        return
      case 'SpreadElement':
        if (parent.type === 'ArrayExpression') call(node.argument, 'spread')
        else if (parent.type !== 'ObjectExpression') call(node.argument, 'args')
        return
      case 'ObjectExpression':
        if (node.properties.some(({ type }) => type === 'SpreadElement')) call(node, 'owned')
        return
      case 'VariableDeclarator':
        if (node.init && hasRest(node.id)) call(node.init, takenApart(node.id))
        return
      case 'AssignmentExpression':
        if (node.operator === '=' && hasRest(node.left)) call(node.right, 'rest')
        if (node.operator === '=' && isLength(node.left)) call(node.right, 'length')
    }
    if (calledOperator(node) !== undefined) this.#called(node, calledOperator(node)!, frame)
    else if (isMeasured(node)) this.#measured(node, frame)
  }

  #measured(node: AnyNode, frame: Frame): void {
    frame.usesTemp = true
    const { temp, link } = this.#names
    this.edits.wrap(node, `(${temp}=`, `,typeof ${temp}==='number'||${link('measure')}(${temp}),${temp})`)
  }

  /** `a ** b` becomes `pow(a,b)`; assignments take their target apart first. */
  #called(node: AnyNode, name: string, frame: Frame): void {
    const { edits } = this
    if (node.type === 'BinaryExpression') {
      edits.wrap(node, `${this.#names.link(name)}(`, ')')
      edits.replace(node.left.end, node.right.start, ',')
      return
    }
    if (node.type !== 'AssignmentExpression') return
    let target = node.left as AnyNode
    while (target.type === 'ParenthesizedExpression') target = target.expression
    const old = this.#oldValue(target, frame)
    if (old !== undefined) {
      edits.replace(node.left.end, node.right.start, `=${this.#names.link(name)}(${old},`)
      edits.after(node.end, ')')
      return
    }
    if (target.type !== 'MemberExpression') return
    const { object, property, computed } = target
    edits.before(node.start, `${this.#names.link('place')}(`)
    if (computed) {
      edits.replace(object.end, property.start, ',')
      edits.replace(property.end, node.right.start, `).${name}(`)
    } else {
      const key = property.type === 'Identifier' ? JSON.stringify(property.name) : ''
      edits.replace(object.end, node.right.start, `,${key}).${name}(`)
    }
    edits.after(node.end, ')')
  }

  /** Text that reads an assignment's target without computing it again; undefined where the driver has to. */
  #oldValue(target: AnyNode, frame: Frame): string | undefined {
    if (target.type === 'Identifier') return target.name
    if (target.type !== 'MemberExpression') return undefined
    const { object, property, computed } = target
    const { temp } = this.#names
    const isPrivate = property.type === 'PrivateIdentifier'
    if (object.type !== 'Super' && !isPrivate) return undefined
    if (!isPrivate && !computed) return `super.${this.#source.slice(property.start, property.end)}`
    frame.usesTemp = true
    this.edits.wrap(isPrivate ? object : property, `(${temp}=`, ')')
    return isPrivate ? `${temp}.#${property.name}` : `super[${temp}]`
  }

  /** Gives depth back while an expression waits. */
  #waiting(node: AnyNode, argument: AnyNode | null, frame: Frame): void {
    frame.usesTemp = true
    const { temp } = this.#names
    if (argument) this.#suspending(argument, frame)
    else this.edits.after(node.end, `(${frame.suspend()},void 0)`)
    this.edits.wrap(node, `(${temp}=`, `,${frame.resume()},${temp})`)
  }

  /** Gives depth back once an expression has its value. */
  #suspending(node: AnyNode, frame: Frame): void {
    frame.usesTemp = true
    const { temp } = this.#names
    this.edits.wrap(node, `(${temp}=`, `,${frame.suspend()},${temp})`)
  }

  /** Has the driver take the frame's depth each time that another iterator goes on in its place. */
  #delegating(node: AnyNode, frame: Frame, isAsync: boolean): void {
    const name = this.#names.link(isAsync ? 'delegateAsync' : 'delegate')
    this.edits.wrap(node, `${name}(`, `,${frame.levels})`)
  }

  #loop(node: AnyNode, frame: Frame): void {
    const body = (node as { body: AnyNode }).body
    const check = frame.turn(turnCost(node))
    if (body.type === 'BlockStatement') this.edits.inside(body, check)
    else this.edits.wrap(body, `{${check}`, '}')
  }

  #awaitLoop(node: AnyNode & { type: 'ForOfStatement' }, frame: Frame, parent: AnyNode): void {
    const { entry } = this.#names
    this.#delegating(node.right, frame, true)
    this.#suspending(node.right, frame)
    const suspended = `if(${entry}>=0){${frame.suspend()};}`
    this.edits.wrap(node.body, `{${frame.turn(turnCost(node))}try{`, `}finally{${suspended}}}`)
    if (parent.type !== 'LabeledStatement') this.edits.wrap(node, '{', `${frame.resumeIfSuspended()}}`)
  }

  /**
   * `catch (e) {` becomes `catch (e) {…e=clean(e);`, and with a pattern `catch ({ a }) { … }` becomes
   * `catch (raw) {…let { a }=clean(raw);{ … }}`.
   */
  #catch({ param, body }: CatchClause, frame: Frame): void {
    const { edits } = this
    const clean = this.#names.link('clean')
    if (!param) edits.inside(body, frame.recover())
    else if (param.type === 'Identifier') {
      edits.inside(body, `${frame.recover()}${param.name}=${clean}(${param.name});`)
    } else {
      const { raw } = this.#names
      edits.before(param.start, `${raw}){${frame.recover()}let `)
      edits.replace(param.end, body.start, `=${clean}(${raw});`)
      edits.after(body.end, '}')
    }
  }

  #function(node: FunctionNode & AnyNode, around: Around): void {
    const frame = new Frame(this.#names, node)
    for (const param of node.params) this.#param(param as AnyNode, around.frame, frame.levels)
    const body = node.body as AnyNode
    this.#visit(body, { frame, parent: node })
    const isConstructor = around.parent.type === 'MethodDefinition' && around.parent.kind === 'constructor'
    const entry = frame.enter(entryCost(node) + (isConstructor ? (around.fields ?? 0) : 0))
    if (body.type === 'BlockStatement') this.edits.inside(body, entry, frame.leave())
    else this.edits.wrap((node as ArrowFunctionExpression).body, `{${entry}return `, `${frame.leave()}}`)
  }

  /** What parameters compute is counted by itself: it runs before the body. */
  #param(node: AnyNode, outer: Frame, levels: number): void {
    const early = (expression: AnyNode) => {
      this.#visit(expression, { frame: outer, parent: node })
      this.#early(expression, levels)
    }
    if (node.type === 'AssignmentPattern') {
      this.#param(node.left, outer, levels)
      early(node.right)
    } else if (node.type === 'Property') {
      if (node.computed) early(node.key)
      this.#param(node.value as AnyNode, outer, levels)
    } else {
      for (const child of childrenOf(node)) this.#param(child, outer, levels)
    }
  }

  /** Counts an expression that runs before a body does. */
  #early(node: AnyNode, levels: number): void {
    if (isHarmless(node)) return
    const { link } = this.#names
    this.edits.wrap(node, `(${link('enter')}(${levels}),${link('leave')}(`, `,${levels}))`)
  }

  #staticBlock(node: AnyNode & { type: 'StaticBlock' }): void {
    const frame = new Frame(this.#names, null, frameLevels(node))
    for (const statement of node.body) this.#visit(statement, { frame, parent: node })
    const open = node.start + STATIC.exec(this.#source.slice(node.start))![0].length - 1
    const cost = straightCost(node.body)
    this.edits.inside({ start: open, end: node.end }, frame.enter(cost), frame.leave())
  }

  #fieldsCost(node: AnyNode & { type: 'ClassBody' }): number {
    return straightCost(
      node.body.flatMap((member) =>
        member.type === 'PropertyDefinition' && !member.static && member.value
          ? [member.value as AnyNode]
          : [],
      ),
    )
  }

  /** Fields are counted by themselves, and a constructor is put in where only the engine's would run. */
  #class(node: Class & AnyNode): void {
    let hasConstructor = false
    let hasFields = false
    for (const member of node.body.body) {
      if (member.type === 'MethodDefinition' && member.kind === 'constructor') hasConstructor = true
      if (member.type !== 'PropertyDefinition') continue
      if (!member.static) hasFields = true
      if (member.value) this.#early(member.value, 1)
    }
    if (hasConstructor || (!hasFields && !node.superClass)) return
    const { args } = this.#names
    const frame = new Frame(this.#names, null, 1)
    const enter = frame.enter(1 + this.#fieldsCost(node.body))
    const own = node.superClass
      ? `constructor(...${args}){${enter}super(...${this.#names.link('args')}(${args}))`
      : `constructor(){${enter}`
    this.edits.inside(node.body, `${own}${frame.leave()}}`)
  }
}

/** True for what neither runs code of the contract nor may be wrapped, since it takes its name from where it stands. */
function isHarmless(node: AnyNode): boolean {
  if (node.type === 'ParenthesizedExpression') return isHarmless(node.expression)
  if (node.type === 'ClassExpression') return !node.id
  return node.type === 'Literal' || node.type === 'Identifier' || isFunction(node)
}

function hasRest(pattern: AnyNode): boolean {
  if (pattern.type === 'RestElement') return true
  return /Pattern$|^Property$/.test(pattern.type) && childrenOf(pattern).some(hasRest)
}

/** What pays for a value that a pattern with a rest element takes apart. */
function takenApart(pattern: AnyNode): 'spread' | 'rest' {
  const isList = pattern.type === 'ArrayPattern' && pattern.elements.at(-1)?.type === 'RestElement'
  return isList ? 'spread' : 'rest'
}

function isLength(target: AnyNode): boolean {
  return (
    target.type === 'MemberExpression' &&
    !target.computed &&
    target.property.type === 'Identifier' &&
    target.property.name === 'length'
  )
}
