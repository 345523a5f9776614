// The layer check. LAYERS is the single source of the layer rule; the rules below are generated
// from it and from the packages' own package.json files. Run by `npm run layers`, with the browser
// check in .dependency-cruiser.browser.cjs.
const { existsSync, readFileSync } = require('node:fs')

/** An import points to a strictly lower layer; the testkit stands outside and may import anything. */
const LAYERS = [
  [0, '@vitra/log', 'packages/log'],
  [0, '@vitra/contract-sdk', 'packages/contract-sdk'],
  [1, '@vitra/sandbox', 'packages/sandbox'],
  [2, '@vitra/executor', 'packages/executor'],
  [2, '@vitra/verifier', 'packages/verifier'],
  [3, 'vitra', 'packages/vitra'],
  [4, '@vitra/host', 'packages/host'],
  [4, '@vitra/client', 'packages/client'],
  [4, '@vitra/cli', 'packages/cli'],
  [5, 'apps/cli', 'apps/cli'],
  [5, 'apps/explorer', 'apps/explorer'],
  [5, 'apps/examples', 'apps/examples'],
  [5, 'apps/bench', 'apps/bench'],
  [null, '@vitra/testkit', 'packages/testkit'],
]

/** Programs whose build carries their devDependencies: whoever installs one gets them inside it. */
const BUNDLED = ['apps/cli', 'apps/bench']

const SOURCE = '@vitra/source'
/** Modules that contracts import, and that exist inside the sandbox only. */
const SANDBOX_ONLY = '^(contract|vitra:assert|vitra:util)$'
const TEST = '/(test|tsup\\.config\\.ts)'
const literal = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const inside = (folders) => `^(${folders.map(literal).join('|')})/`
const folders = LAYERS.map(([, , folder]) => folder)

const layerRules = LAYERS.filter(([layer]) => layer !== null).map(([layer, name, folder]) => ({
  name: `layer-${name}`,
  comment: `${name} is in layer ${layer}: it may import lower layers only.`,
  severity: 'error',
  from: { path: inside([folder]) },
  to: {
    path: inside(
      LAYERS.filter(([other, , to]) => other !== null && other >= layer && to !== folder).map(
        ([, , to]) => to,
      ),
    ),
  },
}))

/** The files that other packages may import, from `exports` in package.json: sources, and programs that run as built. */
const entries = folders.flatMap((folder) => {
  const { exports = {} } = manifest(folder)
  return Object.values(exports).map(
    (target) => `${folder}/${(target[SOURCE] ?? target.default ?? target).replace(/^\.\//, '')}`,
  )
})

/** Workspace packages that a package imports without naming them in its own package.json. */
const undeclaredRules = folders.map((folder) => {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    devDependencies = {},
  } = manifest(folder)
  const carried = BUNDLED.includes(folder) ? devDependencies : {}
  const declared = { ...dependencies, ...optionalDependencies, ...peerDependencies, ...carried }
  const others = LAYERS.filter(([, name, to]) => to !== folder && !(name in declared))
  return {
    name: 'undeclared-workspace-dependency',
    comment: 'Name the package under `dependencies` in package.json.',
    severity: 'error',
    from: { path: `^${literal(folder)}/src/` },
    to: { path: inside(others.map(([, , to]) => to)) },
  }
})

function manifest(folder) {
  const file = `${folder}/package.json`
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

module.exports = {
  forbidden: [
    ...layerRules,
    ...undeclaredRules,
    {
      name: 'folder-without-layer',
      comment: 'Every folder under packages and apps has a row in LAYERS.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: inside(folders) },
      to: {},
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'Product code never imports the testkit. The bench is no product.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [TEST, '^(packages/testkit|apps/bench)/'] },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-relative-import-of-a-sibling',
      comment: 'A relative path into another package would be bundled as a copy: import it by name.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-deep-import',
      comment: 'Only what `exports` names is public.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/[^/]+/', pathNot: ['^$1/$2/', `^(${entries.map(literal).join('|')})$`] },
    },
    {
      name: 'undeclared-dependency',
      comment: 'Name the npm package under `dependencies` of the package that imports it.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { couldNotResolve: true, pathNot: SANDBOX_ONLY },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: `${__dirname}/tsconfig.json` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: [SOURCE, 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
    },
  },
}
