// Writes docs/errors/README.md, the list of all codes; --check compares instead. Fails where a code has no page, a
// page no code, a page leaves out a part, or an example is not what the code says. The pages themselves are written by hand.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodes, errorMessages, openClasses } from './error-codes.mjs'

const PAGES = fileURLToPath(new URL('../docs/errors', import.meta.url))
const INDEX = 'README.md'
const PARTS = ['When it happens', 'What to do', 'Example']

/** What is wrong with the pages, a sentence each. */
export function problems(groups = errorCodes()) {
  const wanted = new Map()
  for (const { folder, label, codes } of groups) {
    for (const code of codes) {
      const file = path.join(folder, `${code}.md`)
      wanted.set(file, [...(wanted.get(file) ?? []), ...(label === undefined ? [] : [label])])
    }
  }
  const messages = errorMessages()
  const found = readdirSync(PAGES, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.md') && file !== INDEX)
  return [
    ...openClasses().map((name) => `${name} names no codes: extend VitraError<…>`),
    ...found.filter((file) => !wanted.has(file)).map((file) => `docs/errors/${file} describes no code`),
    ...[...wanted].flatMap(([file, labels]) => pageProblems(file, labels, messages)),
  ]
}

function pageProblems(file, labels, messages) {
  if (!existsSync(path.join(PAGES, file)))
    return [`docs/errors/${file} is missing: write what its code means`]
  const text = readFileSync(path.join(PAGES, file), 'utf8')
  const code = path.basename(file, '.md')
  const says = [`# ${code}\n\n`, ...labels]
  const parts = path.dirname(file) === '.' ? [...PARTS, 'What is not lost'] : PARTS
  for (const part of parts) says.push(`\n## ${part}\n\n`)
  const lacks = says.filter((said) => !text.includes(said)).map((said) => `lacks "${said.trim()}"`)
  const forms = path.dirname(file) === '.' ? messages.get(code) : undefined
  if (!isExample(text, forms)) lacks.push(`has an example that is no message of ${code}`)
  return lacks.map((lack) => `docs/errors/${file} ${lack}`)
}

/** @param forms how the messages of the code read in the sources; undefined where they are put together elsewhere */
export function isExample(page, forms) {
  const example = /\n## Example\n\n```\n(?:\w+: )?(.*?)\n```/s.exec(page)?.[1]
  return example !== undefined && (forms === undefined || forms.some((form) => form.test(example)))
}

/** The text of the list. */
export function index(groups = errorCodes()) {
  const lines = [
    '# Error codes',
    '',
    'Every error that Vitra throws on purpose has a stable `code`; codes never change meaning. A class names its codes',
    'in its type, so `error.code` completes and a mistyped comparison does not compile. This list is made by',
    '`npm run errors`; a page for each code says what it means and what to do.',
  ]
  for (const { title, about, label, folder, codes } of groups) {
    lines.push('', `## ${title}`, '')
    if (about !== undefined) lines.push(about, '')
    lines.push('| code | what it says |', '|---|---|')
    for (const code of codes) {
      const file = path.posix.join(folder, `${code}.md`)
      lines.push(`| [\`${code}\`](${file}) | ${firstSentence(file, label === undefined ? 1 : 2)} |`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** @param nth paragraph that says what the code means; the title is 0 */
function firstSentence(file, nth) {
  const paragraph = readFileSync(path.join(PAGES, file), 'utf8').split('\n\n')[nth].replaceAll('\n', ' ')
  return /^.*?[.](?= |$)/.exec(paragraph)[0]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = problems()
  const file = path.join(PAGES, INDEX)
  if (wrong.length === 0 && !process.argv.includes('--check')) writeFileSync(file, index())
  else if (wrong.length === 0 && readFileSync(file, 'utf8') !== index())
    wrong.push('docs/errors/README.md is stale: run npm run errors')
  for (const problem of wrong) console.error(problem)
  if (wrong.length > 0) process.exitCode = 1
}
