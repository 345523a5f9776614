// The code in READMEs: `js` blocks of a package's run as they stand and print what their `// =>` comments say, `ts` blocks
// compile. A block may name its file, for others of the same README to import. The repository's own programs are run
// by the quickstart's test in packages/vitra.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const FOLDER = path.resolve(`tmp/readmes-${process.pid}`)
const TIMEOUT_MS = 300_000

const readmes = readdirSync('packages')
  .map((name) => ({ name, file: `packages/${name}/README.md` }))
  .filter(({ file }) => existsSync(file))
  .map(({ name, file }) => ({ name, blocks: blocksOf(readFileSync(file, 'utf8')) }))
  .concat({
    name: 'repository',
    blocks: blocksOf(readFileSync('README.md', 'utf8')).filter(({ file }) => file.endsWith('.ts')),
  })
  .concat({ name: 'proofs', blocks: blocksOf(readFileSync('docs/proofs.md', 'utf8')) })

function blocksOf(text) {
  return [...text.matchAll(/^```(js|ts)(?: (\S+))?\n(.*?)^```/gms)].map(([, kind, file, code], n) => ({
    file: file ?? `block-${n + 1}.${kind}`,
    code,
  }))
}

function write(name, { file, code }) {
  const folder = path.join(FOLDER, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(path.join(folder, file), code)
  return path.join(folder, file)
}

/** Errors of TypeScript, over the sources of the packages. */
function typeErrors(files) {
  const { config } = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile)
  const base = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, process.cwd())
  const program = ts.createProgram(files, { ...base.options, noEmit: true })
  // Of these files alone: `npm test` checks the sources that they import by itself.
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file))),
  ]
  return ts.sortAndDeduplicateDiagnostics(found).map(({ file, start, messageText }) => {
    const line = file === undefined ? '' : `:${file.getLineAndCharacterOfPosition(start).line + 1}`
    return `${path.relative(FOLDER, file?.fileName ?? '')}${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
}

beforeAll(() => mkdirSync(FOLDER, { recursive: true }))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe('code in the READMEs of the packages', () => {
  it(
    'compiles where it is TypeScript',
    () => {
      const files = readmes.flatMap(({ name, blocks }) =>
        blocks.filter(({ file }) => file.endsWith('.ts')).map((block) => write(name, block)),
      )
      expect(files.length).toBeGreaterThan(0)
      expect(typeErrors(files)).toEqual([])
    },
    TIMEOUT_MS,
  )

  it(
    'would not compile with a mistake in it',
    () => {
      const code = "import { Database } from 'vitra'\nawait Database.create('./db', { contracts: {} })\n"
      const errors = typeErrors([write('mistake', { file: 'mistake.ts', code })])
      expect(errors).toEqual([expect.stringMatching(/^mistake\/mistake.ts:2 .*contracts/s)])
    },
    TIMEOUT_MS,
  )

  it(
    'runs where it is JavaScript, and prints what it says',
    () => {
      expect(existsSync('packages/vitra/dist/index.js'), 'build first: npm run build').toBe(true)
      const programs = readmes.flatMap(({ name, blocks }) =>
        blocks.filter(({ file }) => file.endsWith('.js')).map((block) => ({ name, ...block })),
      )
      expect(programs.length).toBeGreaterThan(0)
      for (const { name, ...block } of programs) {
        const file = write(name, block)
        const options = {
          cwd: path.dirname(file),
          encoding: 'utf8',
          env: { ...process.env, NODE_NO_WARNINGS: '1' },
        }
        const child = spawnSync(process.execPath, [file], options)
        const said = [...block.code.matchAll(/\/\/ => (.*)$/gm)].map((match) => match[1])
        expect(child.stderr).toBe('')
        expect(child.stdout.trim().split('\n')).toEqual(said)
      }
    },
    TIMEOUT_MS,
  )
})
