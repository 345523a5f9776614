/** docs/develop.md: its files and commands work as they stand there, in a folder that has nothing installed. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { TemporaryFolder } from '@vitra/testkit'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { check } from './database.js'
import { vitra } from './vitra.js'

const REPO = fileURLToPath(new URL('../../..', import.meta.url))
const DOC = await readFile(path.join(REPO, 'docs/develop.md'), 'utf8')
const files = [...DOC.matchAll(/^```ts (\S+)\n([\s\S]*?)^```/gm)].map(([, name, text]) => ({
  name: name!,
  text: text!,
}))
const lines = [...DOC.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, text]) => text!.trim().split('\n'))

it('leads from an empty folder to a verified database', async () => {
  await using folder = await TemporaryFolder.make()
  for (const { name, text } of files) await writeFile(folder.at(name), text)
  expect(lines.map((line) => line.split(' ')[1])).toEqual([
    ...['dev', 'test', 'build', 'build', 'build', 'init', 'call', 'verify'],
  ])
  const ran = []
  for (const line of lines)
    ran.push({ line, ...(await vitra(line.split(' ').slice(1), { cwd: folder.path })) })
  expect(ran.filter(({ code }) => code !== 0)).toEqual([])
  expect(ran[1]!.stdout).toMatch(/2 passed\n$/)
  expect(await readFile(folder.at('diary.js'), 'utf8')).toBe(ran[2]!.stdout)
  expect(ran.at(-1)!.stdout).toMatch(/^valid: /)
  await check(folder.at('.vitra'))
})

it('has files whose types hold', async () => {
  const folder = path.join(REPO, 'tmp', `develop-doc-${process.pid}`)
  await mkdir(folder, { recursive: true })
  await using _removed = {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
  for (const { name, text } of files) await writeFile(path.join(folder, name), text)
  const program = ts.createProgram(
    files.map(({ name }) => path.join(folder, name)),
    {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      customConditions: ['@vitra/source'],
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.es2024.string.d.ts'],
      types: ['node', '@vitra/contract-sdk/contract'],
      configFilePath: path.join(folder, 'tsconfig.json'),
    },
  )
  const own = files.map(({ name }) => program.getSourceFile(path.join(folder, name))!)
  // Of these files alone: what they import is checked elsewhere.
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ].map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  expect(problems).toEqual([])
})
