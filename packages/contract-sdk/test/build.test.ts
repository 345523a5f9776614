// Contracts of TypeScript and of several files: what is built of them, and what is said where nothing can be.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type BuildError, buildContract, watchContract } from '../src/build/index.js'
import { compileScript, readScript, scriptFunctions } from '../src/script/index.js'

const folders: string[] = []

/** A folder with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitra-build-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  return folder
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const LEDGER = {
  'ledger.ts': `/*! Ledger. */
import assert from 'assert'
import type { Ack, Emit, Tx } from '@vitra/contract-sdk'
import { balance, Kind } from './accounts.js'

export { balance }

export function pay({ to, amount = 1 }: { to: string; amount?: number }, emit: Emit) {
  emit({ op: 'PAY', to, amount, kind: Kind.Gift })
}

export const apply = {
  async PAY(tx: Tx, op: { to: string; amount: number }, ack: Ack) {
    assert(op.amount > 0, 'größer als 0')
    tx.put(\`/accounts/\${op.to}\`, (await balance({ who: op.to })) + op.amount)
  },
}
`,
  'accounts.ts': `import { index } from 'contract'

export enum Kind {
  Gift = 'gift',
}

export async function balance({ who }: { who: string }): Promise<number> {
  return (await index.get<number>(\`/accounts/\${who}\`))?.value ?? 0
}
`,
}

const BUILT = `// ledger.ts
import assert from "assert";

// accounts.ts
import { index } from "contract";
async function balance({ who }) {
  return (await index.get(\`/accounts/\${who}\`))?.value ?? 0;
}

// ledger.ts
/*! Ledger. */
function pay({ to, amount = 1 }, emit) {
  emit({ op: "PAY", to, amount, kind: "gift" /* Gift */ });
}
var apply = {
  async PAY(tx, op, ack) {
    assert(op.amount > 0, "größer als 0");
    tx.put(\`/accounts/\${op.to}\`, await balance({ who: op.to }) + op.amount);
  }
};
export {
  apply,
  balance,
  pay
};
`

async function problem(files: Readonly<Record<string, string>>, entry = 'contract.ts'): Promise<BuildError> {
  const cwd = await folderOf(files)
  return buildContract(entry, { cwd }).then(
    ({ source }) => expect.fail(`it was built:\n${source}`),
    (error) => error,
  )
}

it('puts files of TypeScript together, readable, with signatures and the comments that ask for it', async () => {
  const cwd = await folderOf(LEDGER)
  const { source, files, isBundled, original } = await buildContract('ledger.ts', { cwd })
  expect(source).toBe(BUILT)
  expect(isBundled).toBe(true)
  expect(files).toEqual([path.join(cwd, 'accounts.ts'), path.join(cwd, 'ledger.ts')])
  const line = source.split('\n').findIndex((text) => text.includes('index.get')) + 1
  expect(original(line, 3)).toEqual({ file: path.join(cwd, 'accounts.ts'), line: 8, column: 3 })
})

it('gives the same bytes in any folder, with any tsconfig, and where packages lie elsewhere', async () => {
  const contract = `import { twice } from 'twice'
import { shared } from '../shared.js'
export const text = \`
// ../shared.ts
\`
export function get() { return [twice(2), shared, text] }
export const apply = {}
`
  const twice = {
    'twice/package.json': '{"name": "twice", "type": "module", "exports": "./index.js"}',
    'twice/index.js': 'export const twice = (n) => 2 * n\n',
  }
  const under = (folder: string) =>
    Object.fromEntries(Object.entries(twice).map(([name, text]) => [`${folder}/${name}`, text]))
  const files = { 'a/contract.ts': contract, 'shared.ts': 'export const shared = 1\n' }
  const near = await folderOf({ ...files, ...under('a/node_modules') })
  const far = await folderOf({
    ...files,
    ...under('node_modules'),
    'a/tsconfig.json': '{"compilerOptions": {"target": "es5", "useDefineForClassFields": false}}',
  })
  const [one, other] = await Promise.all([near, far].map((cwd) => buildContract('a/contract.ts', { cwd })))
  expect(one!.source).toBe(other!.source)
  expect(one!.source).toContain('\n// ../shared.ts\n`')
  expect(one!.source).not.toContain('node_modules')
  expect(one!.source.match(/shared\.ts/g)).toHaveLength(1)
})

it('takes one file of plain JavaScript as it is, whatever it looks like', async () => {
  const source = `// from './x.js'
import { index } from "contract"; import assert from 'vitra:assert'
export const apply   = { /* odd */ }
const text = "import fs from 'fs'"`
  const cwd = await folderOf({ 'contract.js': source })
  const built = await buildContract('contract.js', { cwd })
  expect(built).toMatchObject({ source, isBundled: false, files: [path.join(cwd, 'contract.js')] })
  expect(built.original(2, 5)).toEqual({ file: path.join(cwd, 'contract.js'), line: 2, column: 5 })
})

it('finds the types of the SDK where the folder has no packages, also by their values', async () => {
  const cwd = await folderOf({
    'contract.ts': `import { CURRENT_ABI, type Emit } from '@vitra/contract-sdk'
export function version(_: object, emit: Emit) { return CURRENT_ABI.version }
export const apply = {}`,
  })
  const { source } = await buildContract('contract.ts', { cwd })
  expect(source).toContain('function version(_, emit)')
})

it('says where a mistake is, and what to do', async () => {
  expect(await problem({ 'contract.ts': 'export const apply = {\n  X( {}\n}\n' })).toMatchObject({
    code: 'BUILD_SYNTAX',
    message: expect.stringMatching(/^contract\.ts:3:\d+: Expected/),
  })
  expect(
    await problem({ 'contract.ts': "import { a } from './lib/a.js'\nexport const apply = { a }" }),
  ).toMatchObject({
    code: 'BUILD_IMPORT',
    message: 'contract.ts:1:19: there is no file ./lib/a.js: see how it is spelled',
  })
  const nested = {
    'contract.ts': "import './b.js'\nexport const apply = {}",
    'b.ts': "const ö = 'é'; import fs from 'node:fs'\nimport hash from 'crypto'\nconsole.log(fs, hash)",
  }
  const { code, message, details } = await problem(nested)
  expect(code).toBe('BUILD_IMPORT')
  expect(message.split('\n').sort()).toEqual([
    "b.ts:1:31: Node's module node:fs is not there in the sandbox: a contract can import contract, assert, util",
    "b.ts:2:18: Node's module crypto is not there in the sandbox: a contract can import contract, assert, util",
  ])
  expect(details.problems).toHaveLength(2)
  expect(
    (await problem({ 'contract.ts': "import a from 'node:assert'\nexport const apply = { a }" })).message,
  ).toContain("import from 'assert'")
  expect(
    await problem({ 'contract.ts': "import x from 'left-pad-of-nobody'\nexport const apply = { x }" }),
  ).toMatchObject({
    code: 'BUILD_IMPORT',
    message: expect.stringContaining('there is no package left-pad-of-nobody: install it'),
  })
  expect(
    (await problem({ 'contract.ts': "export const apply = { A: () => import('./b.js') }" })).message,
  ).toMatch(/^contract\.ts:1:\d+: import\(\) is not available/)
  expect(
    await problem({
      'contract.ts': "import { b } from './b.js'\nexport const apply = { b }",
      'b.ts': 'export const a = 1',
    }),
  ).toMatchObject({ code: 'BUILD_IMPORT', message: expect.stringContaining('No matching export in "b.ts"') })
  expect(
    await problem({
      'contract.ts': "import b from './b.cjs'\nexport const apply = { b }",
      'b.cjs': 'module.exports = 1',
    }),
  ).toMatchObject({ code: 'BUILD_IMPORT', message: expect.stringMatching(/^b\.cjs: this is CommonJS/) })
})

it('says which file cannot be read', async () => {
  expect(await problem({}, 'missing.ts')).toMatchObject({
    code: 'BUILD_FILE',
    message: 'missing.ts cannot be read: there is no such file; name the file of a contract',
  })
  expect(await problem({ 'a/b': '' }, 'a')).toMatchObject({ code: 'BUILD_FILE' })
  const cwd = await folderOf({})
  await writeFile(path.join(cwd, 'latin.js'), Buffer.from([0xe9]))
  await expect(buildContract('latin.js', { cwd })).rejects.toMatchObject({ code: 'BUILD_FILE' })
})

it('tells when an imported file changes, and when a missing one comes', async () => {
  const cwd = await folderOf({ 'contract.ts': "import './a.js'\nexport const apply = {}" })
  let changes = 0
  let told = () => {}
  const until = async (n: number) => {
    while (changes < n) await new Promise<void>((resolve) => (told = resolve))
  }
  const end = await watchContract(path.join(cwd, 'contract.ts'), () => {
    changes++
    told()
  })
  try {
    await until(1)
    await writeFile(path.join(cwd, 'a.ts'), 'console.log(1)')
    await until(2)
    await writeFile(path.join(cwd, 'a.ts'), 'console.log(22)')
    await until(3)
    expect((await buildContract('contract.ts', { cwd })).source).toContain('22')
  } finally {
    await end()
  }
})

const FORUM = {
  'forum.ts': `/*! A forum. */
import assert from 'node:assert'
import { pathOf } from './paths.js'

export let topics: number = 0
export async function addTopic(title: string): Promise<number> {
  assert(typeof title === 'string', 'a title is a text')
  await state.mkdir(pathOf(++topics))
  return topics
}
`,
  'paths.ts': `declare const state: unknown
export const pathOf = (id: number): string => \`/topics/\${id}\`
`,
}

it('a script stays a script, an ES module or CommonJS, without its types', async () => {
  const cwd = await folderOf({
    ...FORUM,
    'count.cts': `const { by } = require('./by.cjs')
const assert = require('assert') as (ok: boolean) => void
exports.n = 0
exports.add = (x: number): number => { assert(x > 0); return (exports.n += x * by) }
`,
    'by.cjs': 'exports.by = 2\n',
    'mixed.ts': `import { by } from './by.cjs'\nexport const f = () => by\n`,
    'asks.ts': `import fs from 'fs'\nexport const f = () => fs\n`,
    'plain.js': `exports.a = require('util')\n`,
    'open.ts': 'export const a = (\n',
  })
  const { source, files, isBundled, original } = await buildContract('forum.ts', { cwd, isScript: true })
  expect({ files: files.map((file) => path.basename(file)), isBundled }).toEqual({
    files: ['forum.ts', 'paths.ts'],
    isBundled: true,
  })
  expect(readScript(compileScript(source))).toBe(source)
  expect(source).toMatch(/^export \{\n {2}addTopic,\n {2}topics\n\};$/m)
  expect(source).not.toMatch(/Promise<|: string/)
  const line = source.split('\n').findIndex((text) => text.includes('state.mkdir')) + 1
  expect(original(line, 3)).toMatchObject({ file: path.join(cwd, 'forum.ts'), line: 8, column: 3 })
  expect(scriptFunctions(source)).toEqual([{ name: 'addTopic', params: 'title', async: true }])

  const count = await buildContract('count.cts', { cwd, isScript: true })
  expect(count.source).toContain('exports.n = 0;\n')
  expect(compileScript(count.source)).toMatch(/^\/\/ vitra script 1 commonjs\n/)
  const plain = await buildContract('plain.js', { cwd, isScript: true })
  expect(plain).toMatchObject({ source: "exports.a = require('util')\n", isBundled: false })

  const refused = (name: string) =>
    buildContract(name, { cwd, isScript: true }).then(
      () => 'built',
      ({ code, message }: BuildError) => `${code} ${message}`,
    )
  expect(await refused('mixed.ts')).toMatch(
    /^BUILD_IMPORT by\.cjs: this is CommonJS, and the script is an ES/,
  )
  expect(await refused('asks.ts')).toMatch(
    /^BUILD_IMPORT asks\.ts:1:16: Node's module fs .* import assert, util$/,
  )
  expect(await refused('open.ts')).toMatch(/^BUILD_SYNTAX open\.ts:2:1: /)
})
