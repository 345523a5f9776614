// Compiles every packages/*/src/**/*.proto to an ES module and its declarations:
// foo.proto -> foo.generated.js, foo.generated.d.ts. With --check it writes nothing and fails when a
// file on disk differs from what the schema gives.
//
// The compiler emits CommonJS for Node. Four changes make the output fit here: ES exports, plain
// Uint8Arrays instead of pooled Buffers (so that it runs in browsers and shares no memory), null
// for an absent optional field (so that a decoded message encodes to the bytes it came from), and
// repeated fields that are arrays (what only says that it has a length would be walked through for ever).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const compiler = require('protocol-buffers')
const { parse } = createRequire(require.resolve('protocol-buffers'))('protocol-buffers-schema')

const ENCODINGS = 'protocol-buffers-encodings'
const BYTES = new Set(['bytes', 'fixed64', 'sfixed64'])
const SCALARS = new Map([
  ['string', 'string'],
  ['bool', 'boolean'],
  ...[...BYTES].map((type) => [type, 'Uint8Array']),
  ...['double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64', 'fixed32', 'sfixed32'].map(
    (type) => [type, 'number'],
  ),
])

/** The `.js` and `.d.ts` text for one schema; `name` is its file name, for the header. */
export function compileProto(source, name) {
  const schema = parse(source)
  for (const message of postOrder(schema.messages)) refuseUnsupported(message, name)
  if (schema.imports.length > 0) throw new Error(`${name}: imports are not supported`)
  const header = `// Generated from ${name} by \`npm run proto\`. Do not edit.\n`
  return { js: header + moduleText(source, schema), dts: header + declarations(schema) }
}

function refuseUnsupported(message, name) {
  for (const field of message.fields) {
    if (field.map) throw new Error(`${name}: ${message.name}.${field.name}: a map has no canonical order`)
    if (field.oneof) throw new Error(`${name}: ${message.name}.${field.name}: oneof is not supported`)
    if (field.options.default) throw new Error(`${name}: ${message.name}.${field.name}: no default values`)
  }
}

/** Messages in the order in which the compiler prints their decoders: nested ones first. */
function postOrder(messages) {
  return messages.flatMap((message) => [...postOrder(message.messages), message])
}

function moduleText(source, schema) {
  const messages = postOrder(schema.messages)
  let decoder = 0
  const text = compiler
    .toJS(source, { encodings: ENCODINGS })
    .replace(/^\/\/.*\n|^\/\* eslint.*\n/gm, '')
    .replace(`var encodings = require('${ENCODINGS}')`, `import encodings from '${ENCODINGS}'`)
    .replace(/^var (\w+) = exports\.\1 = /gm, 'export const $1 = ')
    .replace(/^exports\.(\w+) = /gm, 'export const $1 = ')
    .replaceAll('Buffer.allocUnsafe(', 'new Uint8Array(')
    .replace(/var obj = \{[^}]*\}/g, (literal) => absentIsNull(literal, messages[decoder++]))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  const lists = text.match(REPEATED)?.length ?? 0
  const repeated = messages.flatMap(({ fields }) => fields).filter((field) => field.repeated).length
  if (lists !== 2 * repeated)
    throw new Error(`unexpected compiler output: ${lists} loops of ${repeated} fields`)
  const left = /\bexports\b|\brequire\(|\bBuffer\b/.exec(text)
  if (left || decoder !== messages.length)
    throw new Error(`unexpected compiler output: ${left ?? 'decoders'}`)
  return `${text.replace(REPEATED, 'if (isList($1)) {$2')}\n${lists === 0 ? '' : IS_LIST}`
}

/** Where an encoder goes through a repeated field: to count its bytes, and to write them. */
const REPEATED = /if \(defined\((obj\.\w+)\)\) \{(\s*(?:var packedLen = 0\s*)?for \()/g

const IS_LIST = `
function isList (val) {
  if (!defined(val)) return false
  if (!Array.isArray(val)) throw new Error("a repeated field is an array")
  return true
}
`

function absentIsNull(literal, message) {
  const fields = message.fields.map((field) => `${field.name}: ${field.repeated ? '[]' : 'null'}`)
  const indent = /\n( *)\}$/.exec(literal)?.[1]
  if (indent === undefined) return literal
  return `var obj = {\n${fields.map((field) => `${indent}  ${field}`).join(',\n')}\n${indent}}`
}

function declarations(schema) {
  const blocks = [
    'interface Codec<Input, Output> {\n' +
      '  encode(message: Input): Uint8Array\n' +
      '  decode(bytes: Uint8Array): Output\n' +
      '  encodingLength(message: Input): number\n' +
      '}',
    ...schema.enums.map((item) => `export declare const ${item.name}: ${enumType(item)}`),
    ...schema.messages.flatMap((message) => messageBlocks(message, [], [schema])),
  ]
  return `\n${blocks.join('\n\n')}\n\nexport {}\n`
}

function enumType(item) {
  const values = Object.entries(item.values).map(([key, { value }]) => `readonly ${key}: ${value}`)
  return `{ ${values.join('; ')} }`
}

function messageBlocks(message, outer, scopes) {
  const trail = [...outer, message.name]
  const name = trail.join('_')
  const inner = [message, ...scopes]
  const lines = (input) =>
    message.fields.map((field) => `  ${fieldType(field, input, trail, inner)}\n`).join('')
  const blocks = [
    `export interface ${name} {\n${lines(false)}}`,
    `export interface ${name}Input {\n${lines(true)}}`,
    ...message.messages.flatMap((nested) => messageBlocks(nested, trail, inner)),
  ]
  if (outer.length === 0) blocks.push(`export declare const ${name}: ${codecType(message, [])}`)
  return blocks
}

function codecType(message, outer) {
  const trail = [...outer, message.name]
  const name = trail.join('_')
  const members = [
    ...message.enums.map((item) => `readonly ${item.name}: ${enumType(item)}`),
    ...message.messages.map((nested) => `readonly ${nested.name}: ${codecType(nested, trail)}`),
  ]
  const codec = `Codec<${name}Input, ${name}>`
  return members.length === 0 ? codec : `${codec} & { ${members.join('; ')} }`
}

function fieldType(field, input, trail, scopes) {
  const type = SCALARS.get(field.type) ?? namedType(field.type, input, trail, scopes)
  if (field.repeated) return `readonly ${field.name}: readonly ${type}[]`
  if (field.required) return `readonly ${field.name}: ${type}`
  return input
    ? `readonly ${field.name}?: ${type} | null | undefined`
    : `readonly ${field.name}: ${type} | null`
}

/** Resolves a message or enum name from the innermost scope outwards. */
function namedType(type, input, trail, scopes) {
  const [first, ...rest] = type.split('.')
  for (const [depth, scope] of scopes.entries()) {
    const enclosing = trail.slice(0, trail.length - depth)
    if (rest.length === 0 && scope.enums.some((item) => item.name === first)) return 'number'
    let found = scope.messages.find((message) => message.name === first)
    for (const part of rest.slice(0, -1)) found = found?.messages.find((message) => message.name === part)
    if (!found) continue
    const last = rest.at(-1)
    if (last !== undefined && found.enums.some((item) => item.name === last)) return 'number'
    return [...enclosing, first, ...rest].join('_') + (input ? 'Input' : '')
  }
  throw new Error(`unknown type ${type} in ${trail.join('.')}`)
}

function schemaFiles() {
  return readdirSync('packages')
    .map((name) => path.join('packages', name, 'src'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => path.join(folder, file)))
    .filter((file) => file.endsWith('.proto'))
    .sort()
}

function main(check) {
  const stale = []
  for (const file of schemaFiles()) {
    const { js, dts } = compileProto(readFileSync(file, 'utf8'), path.basename(file))
    const stem = file.replace(/\.proto$/, '.generated')
    for (const [target, text] of [
      [`${stem}.js`, js],
      [`${stem}.d.ts`, dts],
    ]) {
      if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
      if (check) stale.push(target)
      else {
        writeFileSync(target, text)
        console.log(`wrote ${target}`)
      }
    }
  }
  for (const target of stale) console.error(`${target} is stale: run \`npm run proto\``)
  if (stale.length > 0) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.includes('--check'))
