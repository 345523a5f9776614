/** Which files are tests. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { CliError } from '../errors.js'

const TEST = /\.test\.[cm]?[jt]s$/

/**
 * The files that are named, and of folders every `*.test.ts`, `.mts`, `.js` and `.mjs` below; sorted, absolute.
 *
 * @throws {CliError} `FILE_UNREADABLE`, `TESTS_NOT_FOUND`
 */
export async function findTests(names: readonly string[], cwd: string): Promise<string[]> {
  const found = new Set<string>()
  for (const name of names.length > 0 ? names : ['.']) {
    const file = path.resolve(cwd, name)
    const stats = await stat(file).catch((cause) => {
      throw new CliError('FILE_UNREADABLE', `${name} cannot be read: there is no such file`, {
        cause,
        hint: 'name a test, or a folder of tests',
      })
    })
    if (stats.isDirectory()) for (const test of await below(file)) found.add(test)
    else found.add(file)
  }
  if (found.size > 0) return [...found].sort()
  throw new CliError('TESTS_NOT_FOUND', 'there are no files *.test.ts or *.test.js here', {
    hint: 'name a test: vitra test <file>',
  })
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name)
    const isOthers = entry.name === 'node_modules' || entry.name.startsWith('.')
    if (entry.isDirectory() && !isOthers) found.push(...(await below(name)))
    else if (entry.isFile() && TEST.test(entry.name)) found.push(name)
  }
  return found
}
