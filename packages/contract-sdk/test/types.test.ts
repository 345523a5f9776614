// The types for contract authors compile, beside Node's own types and without them, in TypeScript and in JSDoc.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { CONTRACT_JS, CONTRACT_TS, WRONG_TS } from './contracts.js'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** What the compiler says of a contract. @param types entries of `types` in tsconfig */
function errors(name: string, text: string, types: string[], extra: ts.CompilerOptions = {}): string[] {
  const file = path.join(HERE, name)
  const options: ts.CompilerOptions = {
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
    types,
    ...extra,
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (asked) => asked === file || fileExists(asked)
  host.getSourceFile = (asked, ...rest) =>
    asked === file
      ? ts.createSourceFile(file, text, {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        })
      : getSourceFile(asked, ...rest)
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))
  return diagnostics.map(
    ({ file: source, messageText }) =>
      `${path.basename(source?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  )
}

describe('the types of a contract', () => {
  it.each([
    ['contract.ts', CONTRACT_TS, ['@vitra/contract-sdk/contract', 'node']],
    ['contract.ts', CONTRACT_TS, ['@vitra/contract-sdk/contract-only']],
    ['contract.js', CONTRACT_JS, ['@vitra/contract-sdk/contract', 'node']],
    ['contract.js', CONTRACT_JS, ['@vitra/contract-sdk/contract-only']],
  ])('compile in %s', (name, text, types) => {
    expect(errors(name, text, types)).toEqual([])
  })

  it('compile under a bundler as well', () => {
    const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }
    expect(errors('contract.ts', CONTRACT_TS, ['@vitra/contract-sdk/contract-only'], bundler)).toEqual([])
  })

  it('can be asked for in the contract itself', () => {
    const reference = '/// <reference types="@vitra/contract-sdk/contract" />\n'
    const text = `${reference}import { index } from 'contract'\nexport const get = index.get\n`
    expect(errors('contract.ts', text, ['node'])).toEqual([])
  })

  it('find mistakes', () => {
    const found = errors('wrong.ts', WRONG_TS, ['@vitra/contract-sdk/contract', 'node']).join('\n')
    expect(found).toContain("no exported member 'nothing'")
    expect(found).toContain("Type 'string' is not assignable to type 'number'")
    expect(found).toContain("'number' is not assignable to parameter of type 'string'")
  })
})
