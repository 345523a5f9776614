// docs/contracts.md holds what the types, the rules and the sandbox hold: nothing is missing, and its code runs.
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as sdk from '@vitra/contract-sdk'
import { CURRENT_RULES, decodeValue, encodeValue, FAILURE_CODES } from '@vitra/log'
import { Sandbox } from '@vitra/sandbox'
import ts from 'typescript'
import { describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const read = (file: string) => readFile(path.join(REPO, file), 'utf8')
const DOC = await read('docs/contracts.md')
const plain = (text: string) => text.replace(/\s+/g, ' ')

/** Code blocks of one kind, such as `js contract`. */
function blocks(kind: string): string[] {
  return [...DOC.matchAll(/^```(.+)\n([\s\S]*?)^```/gm)]
    .filter((match) => match[1] === kind)
    .map((match) => match[2]!)
}

/** The text of a section, its heading left out. */
function section(title: string): string {
  const [, ...found] = DOC.split(new RegExp(`^#+ ${title}\\n`, 'm'))
  expect(found, `the section "${title}"`).toHaveLength(1)
  return found[0]!.split(/^#+ /m)[0]!
}

async function parse(file: string): Promise<ts.SourceFile> {
  return ts.createSourceFile(file, await read(file), ts.ScriptTarget.ES2022, true)
}

/** What of a list the text does not have. */
const missing = (wanted: readonly string[], text: string) => wanted.filter((item) => !text.includes(item))

/** Declarations without comments, `export` and the like, on one line. */
function declarations(file: ts.SourceFile): string[] {
  return file.statements.flatMap((node) => {
    if (ts.isInterfaceDeclaration(node)) {
      const head = node.getText().slice(0, node.getText().indexOf('{'))
      return [head, ...node.members.map((member) => member.getText())]
    }
    return ts.isTypeAliasDeclaration(node) ? [node.getText()] : []
  })
}

describe('docs/contracts.md', () => {
  it('has every type of a contract, with its exact signature', async () => {
    const code = plain(blocks('ts').join('\n'))
    const wanted = declarations(await parse('packages/contract-sdk/src/types.ts')).map((text) =>
      plain(text.replace(/^export /, '')).trim(),
    )
    expect(wanted.length).toBeGreaterThan(40)
    expect(missing(wanted, code)).toEqual([])
  })

  it('has everything that a module offers', async () => {
    const { modules, tx, ack, console } = sdk.CURRENT_ABI
    expect(missing(modules.contract!.names, section('Module contract'))).toEqual([])
    expect(missing(modules.util!.names, section('Module util'))).toEqual([])
    const named = modules.assert!.names.map((name) => `\`${name}`)
    expect(missing(named, section('Module assert'))).toEqual([])
    expect(missing(Object.keys(modules), DOC)).toEqual([])
    expect(missing(tx, section('tx'))).toEqual([])
    expect(missing(ack, section('ack'))).toEqual([])
    expect(
      missing(
        console.map((name) => `console.${name}`),
        section('console'),
      ),
    ).toEqual([])
  })

  it('has the parameters of the functions of assert', async () => {
    const file = await parse('packages/contract-sdk/src/modules/assert.ts')
    const signatures = file.statements.filter(ts.isFunctionDeclaration).flatMap((node) => {
      if (!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
      const parameters = node.parameters.map(
        ({ name, questionToken }) => name.getText() + (questionToken ? '?' : ''),
      )
      return [`${node.name!.text}(${parameters.join(', ')})`]
    })
    expect(signatures.length).toBeGreaterThan(10)
    expect(missing(signatures, section('Module assert'))).toEqual([])
  })

  it('has the types of calls', async () => {
    const exported = (await parse('packages/contract-sdk/src/methods.ts')).statements
      .filter(ts.isTypeAliasDeclaration)
      .filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    expect(exported.length).toBeGreaterThan(3)
    expect(
      missing(
        exported.map((node) => `\`${node.name.text}\``),
        section('Types'),
      ),
    ).toEqual([])
  })

  it('has the limits, as they are', async () => {
    const text = section('Limits')
    for (const [name, limit] of Object.entries(CURRENT_RULES.limits))
      expect(text, name).toMatch(new RegExp(`\`${name}\`[ |(]+${limit.toLocaleString('en-US')}\\b`))
    const constants =
      (await read('packages/sandbox/src/constants.ts')) + (await read('packages/sandbox/src/realm/invoke.ts'))
    const limitOf = (name: string) => {
      const [, factors] = new RegExp(`const ${name} = ([\\d_* ]+)`).exec(constants) ?? []
      expect(factors, name).toBeDefined()
      return factors!.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1)
    }
    for (const [row, name] of [
      ['time of one op or method call', 'OP_MS'],
      ['time to load a contract', 'LOAD_MS'],
      ['memory of the contract', 'MEMORY_MB'],
      ['what one op may read', 'OP_READ_BYTES_MAX'],
      ['ops that one method call emits', 'EMITS_MAX'],
      ['bytes that one method call emits', 'EMIT_BYTES_MAX'],
      ['nesting of the source', 'SOURCE_DEPTH_MAX'],
    ] as const) {
      expect(text).toMatch(new RegExp(`\\| ${row}[^|]*\\| ${limitOf(name).toLocaleString('en-US')}\\b`))
    }
  })

  it('has every code with which an op fails', () => {
    expect(
      missing(
        FAILURE_CODES.map((code) => `[\`${code}\`](errors/outcomes/${code}.md)`),
        section('Errors'),
      ),
    ).toEqual([])
  })

  it('names what the realm lacks, and only that', async () => {
    const text = section('What is not there')
    const permits = await read('packages/sandbox/src/realm/permits/globals.ts')
    const table = / remove: \{([\s\S]*?)\n {4}\}/.exec(permits)![1]!
    const removed = [...table.matchAll(/^ {6}'?([\w ]+)'?:/gm)].flatMap((match) => match[1]!.split(' '))
    expect(removed.length).toBeGreaterThan(5)
    expect(
      missing(
        removed.map((name) => `\`${name}\``),
        text,
      ),
    ).toEqual([])

    const column = text.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? [])
    const names = column.join().matchAll(/`(\w+)`/g)
    const said = [...names].map((match) => match[1]!).filter((name) => name !== 'Function')
    expect(said).toContain('setTimeout')
    const contract = `export function found () {
      return ${JSON.stringify(said)}.filter(name => name in globalThis)
    }
    export const apply = {}`
    await using sandbox = await Sandbox.open()
    const loaded = await sandbox.load(contract, CURRENT_RULES)
    const view = { get: async () => null, list: async () => [] }
    const params = encodeValue({})
    const { response } = await loaded.call({
      method: 'found',
      params,
      caller: { view, oplog: null, isWriter: false },
    })
    expect(decodeValue(response!)).toEqual([])
  })

  it('has contracts that load', async () => {
    const contracts = blocks('js contract')
    expect(contracts.length).toBeGreaterThan(4)
    await using sandbox = await Sandbox.open()
    for (const source of contracts) {
      const { methods } = await sandbox.load(source, CURRENT_RULES)
      expect(methods.length).toBeGreaterThan(0)
    }
  })

  it('has no code that is not checked', () => {
    const kinds = [...DOC.matchAll(/^```(.+)$/gm)].map((match) => match[1])
    expect(new Set(kinds)).toEqual(new Set(['js contract', 'js test', 'ts']))
  })

  it('has a test that runs, from what was built', async () => {
    const [program, ...others] = blocks('js test')
    expect(others).toEqual([])
    const folder = path.join(REPO, 'tmp', `contracts-doc-${process.pid}`)
    await mkdir(folder, { recursive: true })
    try {
      await writeFile(path.join(folder, 'contract.test.mjs'), program!)
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--test-reporter=tap', path.join(folder, 'contract.test.mjs')],
        { env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
      )
      expect(stdout).toContain('# pass 2')
      expect(stdout).toContain('# fail 0')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
