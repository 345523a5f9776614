// The API reference: `npm run docs` writes it to tmp/api. Entry points are what the published packages export. What is
// exported without a word, a type that a signature needs and nobody exports, or a broken link is an error.
import { readdirSync, readFileSync } from 'node:fs'

const SOURCE = '@vitra/source'

const published = readdirSync('packages')
  .map((name) => ({
    folder: `packages/${name}`,
    ...JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')),
  }))
  .filter((manifest) => !manifest.private)

const entryPoints = published.flatMap(({ folder, exports = {} }) =>
  Object.values(exports)
    .map((target) => `${folder}/${target[SOURCE]}`)
    .filter((source) => source.endsWith('.ts') && !source.endsWith('.d.ts')),
)

/** Names that say it all, and functions of a module that are described where they are declared. */
const selfEvident = [
  ...['IndexLog', 'Journal', 'Log', 'LogCore', 'LogWriter', 'Storage'].map((name) => `log/src.${name}.close`),
  ...['on', 'off', 'download.__type.done', 'download.__type.destroy'].map(
    (name) => `log/src.LogCore.${name}`,
  ),
  ...assertions().map((name) => `contract-sdk/src/modules/assert.Assert.${name}`),
]

function assertions() {
  const text = readFileSync('packages/contract-sdk/src/modules/assert.ts', 'utf8')
  return [...text.matchAll(/^ {2}readonly (\w+): typeof \1$/gm)]
    .map((match) => match[1])
    .filter((name) => name !== 'AssertionError')
}

/** @type {import('typedoc').TypeDocOptions} */
export default {
  name: 'Vitra',
  entryPoints,
  tsconfig: 'tsconfig.json',
  // `npm test` checks the types, of the same files.
  skipErrorChecking: true,
  out: 'tmp/api',
  readme: 'none',
  disableSources: true,
  disableGit: true,
  githubPages: false,
  excludePrivate: true,
  excludeExternals: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
  },
  requiredToBeDocumented: ['Class', 'Interface', 'Function', 'TypeAlias', 'Variable'],
  packagesRequiringDocumentation: published.map(({ name }) => name),
  intentionallyNotDocumented: selfEvident,
  treatWarningsAsErrors: true,
}
