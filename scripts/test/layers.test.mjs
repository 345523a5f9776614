// Proves that the layer check reports each kind of breach: a small repository is written to a
// temporary folder with one breach per rule, and the real configuration is run over it.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layerBreaches } from '../layers.mjs'

const ENTRY = { '@vitra/source': './src/index.ts' }

const PACKAGES = {
  'packages/log': {
    name: '@vitra/log',
    exports: { '.': ENTRY, './proofs': { '@vitra/source': './src/proofs/index.ts' } },
  },
  'packages/contract-sdk': { name: '@vitra/contract-sdk', exports: { '.': ENTRY } },
  'packages/sandbox': {
    name: '@vitra/sandbox',
    exports: { '.': ENTRY },
    dependencies: { '@vitra/log': '*', '@vitra/executor': '*', '@vitra/testkit': '*' },
  },
  'packages/executor': {
    name: '@vitra/executor',
    exports: { '.': ENTRY },
    dependencies: { '@vitra/verifier': '*' },
  },
  'packages/verifier': {
    name: '@vitra/verifier',
    exports: { '.': ENTRY },
    dependencies: { '@vitra/log': '*' },
  },
  'packages/testkit': {
    name: '@vitra/testkit',
    exports: { '.': './src/index.ts' },
    dependencies: { '@vitra/log': '*' },
  },
  'packages/stray': { name: '@vitra/stray' },
  'node_modules/hypercore': { name: 'hypercore', main: 'index.js' },
}

/** Allowed imports: none of these may be reported. */
const GOOD = {
  'packages/log/src/index.ts':
    "export const log = 1\nexport type Log = number\nexport * from './proofs/index.js'\n",
  'packages/log/src/proofs/index.ts':
    "import type { Stats } from 'node:fs'\nexport type S = Stats\nexport const proof = 1\n",
  'packages/log/src/values/index.ts': 'export const value = 1\n',
  'packages/contract-sdk/src/index.ts': 'export const sdk = 1\n',
  'packages/sandbox/src/index.ts': "import { log } from '@vitra/log'\nexport const sandbox = log\n",
  'packages/executor/src/index.ts': 'export const executor = 1\n',
  'packages/verifier/src/index.ts':
    "import { proof } from '@vitra/log/proofs'\nexport const verifier = proof\n",
  'packages/testkit/src/index.ts': "import { log } from '@vitra/log'\nexport const testkit = log\n",
  'packages/log/test/log.test.ts': "import { testkit } from '@vitra/testkit'\nexport const test = testkit\n",
}

/** Files that the others import. */
const HELPERS = {
  'node_modules/hypercore/index.js': 'module.exports = 1\n',
  'packages/sandbox/src/round.ts': "import { b } from './robin.js'\nexport const a = () => b\n",
}

/** One breach each: file, source, the rule that must report it. */
const BAD = [
  [
    'packages/sandbox/src/up.ts',
    "import { executor } from '@vitra/executor'\nexport const a = executor\n",
    'layer-@vitra/sandbox',
  ],
  [
    'packages/sandbox/src/type.ts',
    "import type { executor } from '@vitra/executor'\nexport type A = typeof executor\n",
    'layer-@vitra/sandbox',
  ],
  [
    'packages/executor/src/peer.ts',
    "import { verifier } from '@vitra/verifier'\nexport const a = verifier\n",
    'layer-@vitra/executor',
  ],
  [
    'packages/log/test/up.test.ts',
    "import { sandbox } from '@vitra/sandbox'\nexport const a = sandbox\n",
    'layer-@vitra/log',
  ],
  [
    'packages/sandbox/src/kit.ts',
    "import { testkit } from '@vitra/testkit'\nexport const a = testkit\n",
    'testkit-is-for-tests',
  ],
  ['packages/sandbox/src/robin.ts', "import { a } from './round.js'\nexport const b = () => a\n", 'no-cycle'],
  [
    'packages/sandbox/src/relative.ts',
    "import { log } from '../../log/src/index.js'\nexport const a = log\n",
    'no-relative-import-of-a-sibling',
  ],
  [
    'packages/sandbox/src/deep.ts',
    "import { value } from '../../log/src/values/index.js'\nexport const a = value\n",
    'no-deep-import',
  ],
  [
    'packages/sandbox/src/path.ts',
    "import { value } from '@vitra/log/src/values/index.ts'\nexport const a = value\n",
    'not-resolvable',
  ],
  [
    'packages/executor/src/unnamed.ts',
    "import { log } from '@vitra/log'\nexport const a = log\n",
    'undeclared-workspace-dependency',
  ],
  [
    'packages/executor/src/npm.ts',
    "import core from 'hypercore'\nexport const a = core\n",
    'undeclared-dependency',
  ],
  [
    'packages/stray/src/index.ts',
    "import { log } from '@vitra/log'\nexport const a = log\n",
    'folder-without-layer',
  ],
  [
    'packages/log/src/proofs/node.ts',
    "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n",
    'browser-safe',
  ],
  [
    'packages/log/src/values/native.ts',
    "import core from 'hypercore'\nexport const a = core\n",
    'browser-safe',
  ],
  [
    'packages/log/src/values/indirect.ts',
    "import { a } from '../native.js'\nexport const b = a\n",
    'browser-safe',
  ],
  [
    'packages/log/src/native.ts',
    "import core from 'hypercore'\nexport const a = core\n",
    'undeclared-dependency',
  ],
]

const root = mkdtempSync(path.join(tmpdir(), 'vitra-layers-'))
let breaches = []

beforeAll(() => {
  for (const [folder, manifest] of Object.entries(PACKAGES))
    write(`${folder}/package.json`, JSON.stringify(manifest))
  for (const [file, source] of [...Object.entries({ ...GOOD, ...HELPERS }), ...BAD]) write(file, source)
  mkdirSync(path.join(root, 'node_modules/@vitra'))
  for (const [folder, { name }] of Object.entries(PACKAGES)) {
    if (name.startsWith('@vitra/'))
      symlinkSync(path.join(root, folder), path.join(root, 'node_modules', name))
  }
  breaches = layerBreaches(root)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(file, text) {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true })
  writeFileSync(path.join(root, file), text)
}

describe('the layer check', () => {
  it.each(BAD)('reports %s', (file, _source, rule) => {
    expect(breaches.filter(({ from }) => from === file).map((breach) => breach.rule)).toContain(rule)
  })

  it.each(Object.keys(GOOD))('accepts %s', (file) => {
    expect(breaches.filter(({ from }) => from === file)).toEqual([])
  })

  it('knows every package and app of this repository', () => {
    const table = readFileSync('.dependency-cruiser.cjs', 'utf8')
    const folders = ['packages', 'apps'].flatMap((parent) =>
      readdirSync(parent, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${parent}/${entry.name}`),
    )
    expect(folders.filter((folder) => !table.includes(`'${folder}'`))).toEqual([])
  })
})
