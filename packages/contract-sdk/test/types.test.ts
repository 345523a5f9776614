// The types for contract authors compile, beside Node's own types and without them, in TypeScript and in JSDoc.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { CONTRACT_JS, CONTRACT_TS, WRONG_TS } from './contracts.js'

const HERE = fileURLToPath(new URL('.', import.meta.url))

type Contracts = Readonly<Record<string, string>>

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: false,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.es2024.string.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['@vitra/source'],
  configFilePath: path.join(HERE, 'tsconfig.json'),
}

/** Files of the disk that were read already, by how they are to be read: every program has Node's types, which are many. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/** @param types entries of `types` in tsconfig */
function programOf(contracts: Contracts, types: string[], extra: ts.CompilerOptions = {}): ts.Program {
  const own = new Map(Object.entries(contracts).map(([name, text]) => [path.join(HERE, name), text]))
  const options = { ...OPTIONS, types, ...extra }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (asked) => own.has(asked) || fileExists(asked)
  host.getSourceFile = (asked, how, ...rest) => {
    const text = own.get(asked)
    if (text !== undefined) {
      const impliedNodeFormat = ts.ModuleKind.ESNext
      return ts.createSourceFile(asked, text, { languageVersion: ts.ScriptTarget.ES2022, impliedNodeFormat })
    }
    const id = JSON.stringify([asked, options.module, how])
    if (!parsed.has(id)) parsed.set(id, getSourceFile(asked, how, ...rest))
    return parsed.get(id)
  }
  return ts.createProgram([...own.keys()], options, host)
}

function told(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(
    ({ file: source, messageText }) =>
      `${path.basename(source?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}

/** What the compiler says of contracts, of the types that they see, and of all of Node's and its own. */
function errors(contracts: Contracts, types: string[], extra?: ts.CompilerOptions): string[] {
  return told(ts.getPreEmitDiagnostics(programOf(contracts, types, extra)))
}

/** What it says of one contract, where the types around it are looked at by another test. */
function ownErrors(name: string, text: string, types: string[]): string[] {
  const program = programOf({ [name]: text }, types)
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => !/\/node_modules\/(?:typescript|@types)\//.test(fileName))
  expect(ours.length).toBeGreaterThan(1)
  return told([
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => ts.getPreEmitDiagnostics(program, file)),
  ])
}

describe('the types of a contract', () => {
  const both = { 'contract.ts': CONTRACT_TS, 'contract.js': CONTRACT_JS }

  it('compile in TypeScript and JavaScript, beside those of Node', () => {
    expect(errors(both, ['@vitra/contract-sdk/contract', 'node'])).toEqual([])
  })

  it('compile in TypeScript and JavaScript, without those of Node', () => {
    expect(errors(both, ['@vitra/contract-sdk/contract-only'])).toEqual([])
  })

  it('compile under a bundler as well', () => {
    const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }
    const contract = { 'contract.ts': CONTRACT_TS }
    expect(errors(contract, ['@vitra/contract-sdk/contract-only'], bundler)).toEqual([])
  })

  it('can be asked for in the contract itself', () => {
    const reference = '/// <reference types="@vitra/contract-sdk/contract" />\n'
    const text = `${reference}import { index } from 'contract'\nexport const get = index.get\n`
    expect(ownErrors('contract.ts', text, ['node'])).toEqual([])
  })

  it('find mistakes', () => {
    const found = ownErrors('wrong.ts', WRONG_TS, ['@vitra/contract-sdk/contract', 'node']).join('\n')
    expect(found).toContain("no exported member 'nothing'")
    expect(found).toContain("Type 'string' is not assignable to type 'number'")
    expect(found).toContain("'number' is not assignable to parameter of type 'string'")
  })
})
