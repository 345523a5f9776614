// The stable codes that a user can meet, read from the sources: what classes of errors name as their type, and the
// closed lists of outcomes, violations and findings.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const REPO = fileURLToPath(new URL('..', import.meta.url))
const BASE = 'VitraError'

/** Lists that are no errors: where each is declared, and the folder of its pages. */
const LISTS = [
  {
    title: 'Violations',
    about: 'What `violation.code` of a `ContractFraudProof` says: how the executor broke the contract.',
    folder: 'violations',
    file: 'packages/verifier/src/verdict.ts',
    names: ['VIOLATION_CODES'],
  },
  {
    title: 'Findings',
    about:
      'What `report.findings` of an audit lists: why something could not be checked. None accuses the executor.',
    folder: 'findings',
    file: 'packages/verifier/src/verdict.ts',
    names: ['FindingCode'],
  },
  {
    title: 'Outcomes',
    about:
      'What the executor publishes about an op that did not succeed: `code` where it failed, else its kind.',
    folder: 'outcomes',
    file: 'packages/log/src/formats/outcome.ts',
    names: ['FAILURE_CODES', 'OUTCOME_KINDS'],
    without: ['ok', 'failed'],
  },
]

/** @returns groups of codes: `{title, about, folder, codes}`; `folder` is that of the pages below `docs/errors` */
export function errorCodes() {
  return [...classGroups(), setupGroup(), ...LISTS.map(listGroup)]
}

/** Classes of errors that let any text be a code: they would have no pages. */
export function openClasses() {
  return errorClasses()
    .filter(({ codes }) => codes === null)
    .map(({ name, file }) => `${name} (${file})`)
}

/** How the messages of errors read in the sources: patterns, by code. */
export function errorMessages() {
  const found = new Map()
  for (const file of sources()) {
    const tree = parsed(file)
    const visit = (node) => {
      if (ts.isNewExpression(node) && node.arguments?.length > 1 && ts.isStringLiteral(node.arguments[0])) {
        const [code, message] = node.arguments
        found.set(code.text, [...(found.get(code.text) ?? []), form(message)])
      }
      ts.forEachChild(node, visit)
    }
    visit(tree)
  }
  return found
}

/** A pattern for what an expression may say; what is put together elsewhere may say anything. */
function form(node) {
  if (ts.isStringLiteralLike(node)) return new RegExp(`^${escaped(node.text)}$`)
  if (!ts.isTemplateExpression(node)) return /^/
  const parts = node.templateSpans.map((span) => `.*${escaped(span.literal.text)}`)
  return new RegExp(`^${escaped(node.head.text)}${parts.join('')}$`, 's')
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function classGroups() {
  return errorClasses()
    .filter(({ codes }) => codes !== null)
    .map(({ name, file, codes }) => ({
      title: `${name}, ${packageOf(file)}`,
      label: `\`${name}\` of \`${packageOf(file)}\``,
      folder: '.',
      codes: codes.sort(),
    }))
    .sort((a, b) => (a.title < b.title ? -1 : 1))
}

function errorClasses() {
  return sources().flatMap((file) => {
    const tree = parsed(file)
    return tree.statements.filter(ts.isClassDeclaration).flatMap((node) => {
      const type = codeType(node, tree)
      if (type === null) return []
      return [{ name: node.name.text, file, codes: type === undefined ? null : literals(type, tree) }]
    })
  })
}

/** The type of a class's codes: undefined where it leaves them open, null where it is no class of errors with codes. */
function codeType(node, tree) {
  const parent = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
  const name = parent?.expression.getText(tree)
  if (name === BASE) return parent.typeArguments?.[0]
  if (name !== 'Error' || node.name.text === BASE) return null
  return (
    node.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText(tree) === 'code')
      ?.type ?? null
  )
}

function setupGroup() {
  const text = readFileSync(path.join(REPO, 'scripts/setup.mjs'), 'utf8')
  const codes = [...text.matchAll(/new SetupError\(\s*'(\w+)'/g)].map((match) => match[1])
  return {
    title: 'Set-up of a clone',
    label: 'Printed by `npm run setup` and by the commands that set up first',
    folder: '.',
    codes: [...new Set(codes)].sort(),
  }
}

function listGroup({ file, names, without = [], ...group }) {
  const tree = parsed(file)
  const codes = names.flatMap((name) => listed(name, tree)).filter((code) => !without.includes(code))
  return { ...group, codes: codes.sort() }
}

function listed(name, tree) {
  for (const node of tree.statements) {
    if (ts.isTypeAliasDeclaration(node) && node.name.text === name) return literals(node.type, tree)
    if (!ts.isVariableStatement(node)) continue
    const found = node.declarationList.declarations.find(
      (declaration) => declaration.name.getText(tree) === name,
    )
    if (found === undefined) continue
    const value = ts.isAsExpression(found.initializer) ? found.initializer.expression : found.initializer
    return ts.isArrayLiteralExpression(value)
      ? value.elements.map((element) => element.text)
      : value.properties.map((property) => property.name.text)
  }
  throw new Error(`${tree.fileName} declares no ${name}`)
}

/** The texts of a literal type, of a union of them, or of an alias in the same file. Null where it is open. */
function literals(type, tree) {
  if (ts.isLiteralTypeNode(type)) return [type.literal.text]
  if (ts.isUnionTypeNode(type)) return type.types.flatMap((part) => literals(part, tree))
  if (ts.isTypeReferenceNode(type)) return listed(type.typeName.getText(tree), tree)
  return null
}

/** The sources of what people can install; the testkit is not for them. */
function sources() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(path.join(REPO, parent), { recursive: true })
      .filter((file) => /^[^/\\]+[/\\]src[/\\].*\.ts$/.test(file) && !/^testkit[/\\]/.test(file))
      .map((file) => path.join(parent, file))
      .sort(),
  )
}

function parsed(file) {
  return ts.createSourceFile(file, readFileSync(path.join(REPO, file), 'utf8'), ts.ScriptTarget.Latest)
}

function packageOf(file) {
  const manifest = path.join(REPO, ...file.split(path.sep).slice(0, 2), 'package.json')
  return JSON.parse(readFileSync(manifest, 'utf8')).name
}
