/** What esbuild could not do, in this project's words: a stable code, file, line and column, and what to do. */
import path from 'node:path'
import type { BuildFailure, Message, Metafile } from 'esbuild'
import { BuildError, type BuildErrorCode, type BuildProblem } from './errors.js'
import type { Target } from './imports.js'

/** What names of files in messages are relative to. */
export interface Naming {
  /** The contract's file, absolute. */
  readonly entry: string
  readonly cwd: string
}

/** The error for what `build` of esbuild threw. */
export function explainFailure(error: unknown, naming: Naming): unknown {
  const { errors } = error as Partial<BuildFailure>
  if (!Array.isArray(errors) || errors.length === 0) return error
  const problems = errors.map((message) => problemOf(message, naming))
  return failure(problems, naming, error)
}

/** @throws {BuildError} `BUILD_IMPORT` where a file is no ES module: it runs code while it is loaded, and keeps state */
export function refuseCommonJs({ inputs }: Metafile, naming: Naming, target: Target): void {
  const problems: BuildProblem[] = []
  for (const [input, { format }] of Object.entries(inputs)) {
    if (format !== 'cjs') continue
    problems.push({
      code: 'BUILD_IMPORT',
      message:
        target === 'contract'
          ? 'this is CommonJS: a contract is made of ES modules, so find a package or a version that is one'
          : 'this is CommonJS, and the script is an ES module: find a package or a version that is one',
      file: path.resolve(path.dirname(naming.entry), input),
    })
  }
  if (problems.length > 0) throw failure(problems, naming)
}

function failure(problems: readonly BuildProblem[], { cwd }: Naming, cause?: unknown): BuildError {
  const lines = problems.map(({ message, file, line, column }) => {
    const place = [file === undefined ? undefined : path.relative(cwd, file), line, column]
    return [...place.filter((part) => part !== undefined), ` ${message}`].join(':').trimStart()
  })
  return new BuildError(problems[0]!.code, lines.join('\n'), { problems, cause })
}

function problemOf({ text, location, detail, notes }: Message, { entry }: Naming): BuildProblem {
  const said = [text, ...notes.map((note) => note.text)].join(' ')
  const problem = { code: codeOf(text, detail), message: said }
  if (location === null) return problem
  const { file, line, column, lineText } = location
  // esbuild counts bytes.
  const units = Buffer.from(lineText).subarray(0, column).toString().length
  return { ...problem, file: path.resolve(path.dirname(entry), file), line, column: units + 1 }
}

function codeOf(text: string, detail: unknown): BuildErrorCode {
  const isImport = (detail as { isImport?: boolean } | undefined)?.isImport
  return isImport || /^(Could not resolve|No matching export|No loader is configured)/.test(text)
    ? 'BUILD_IMPORT'
    : 'BUILD_SYNTAX'
}
