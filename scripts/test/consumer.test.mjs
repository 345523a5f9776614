// The packages as their users get them: packed, published to a registry on loopback, installed in an empty folder
// outside the repository, run. VITRA_NODES=20,22,24,26 does it on these; `npm test` on the Node that runs it. With
// VITRA_COMPILE=1, as in `npm run test:consumer`, an engine is compiled where users have to.
// Needs what `npm run build` makes.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleForBrowser, runBare } from '../consumer/bundle.mjs'
import { offerEngine } from '../consumer/engine.mjs'
import { NODES, nodeProgram } from '../consumer/nodes.mjs'
import { npmrc, Project } from '../consumer/project.mjs'
import { startRegistry } from '../consumer/registry.mjs'
import { packAll } from '../pack.mjs'
import { publishAll } from '../publish.mjs'

const REPO = fileURLToPath(new URL('../..', import.meta.url))
const TSC = path.join(REPO, 'node_modules/typescript/bin/tsc')
/** The command as npm links it, in a project's folder. */
const COMMAND = 'node_modules/.bin/vitra'
/** An install may compile the engine; the machine may be busy. */
const INSTALL_MS_MAX = 20 * 60_000
const RUN_MS_MAX = 5 * 60_000
/** What .dependency-cruiser.browser.cjs keeps free of Node, and a package that imports nothing. */
const BROWSER_SAFE = [
  '@vitra/verifier',
  '@vitra/contract-sdk',
  '@vitra/log/proofs',
  '@vitra/log/proofs/noble',
  '@vitra/log/values',
]
const ENGINES = { 20: '5.0.4', 22: '6.2.0', 24: '7.0.1', 26: '7.0.1' }
/** As the READMEs tell users. */
const ALLOWED = { allowScripts: { 'isolated-vm': true } }
const folder = mkdtempSync(path.join(tmpdir(), 'vitra-consumer-'))
const place = { url: '', cache: path.join(folder, 'npm-cache') }
let registry
let packed
/** The projects, by Node line. */
const projects = new Map()

beforeAll(async () => {
  packed = packAll(path.join(folder, 'packed'))
  registry = await startRegistry(
    folder,
    packed.map(({ manifest }) => manifest.name),
  )
  place.url = registry.url
  writeFileSync(path.join(folder, '.npmrc'), npmrc(place))
  writeFileSync(path.join(folder, 'package.json'), '{}')
  publishAll(packed, { cwd: folder })
  if (process.env.VITRA_COMPILE === undefined) offerEngine(place.cache)
}, INSTALL_MS_MAX)

afterAll(async () => {
  await registry?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(NODES)('on Node %s', (major) => {
  let project

  beforeAll(async () => {
    project = new Project(path.join(folder, `node${major}`), nodeProgram(major), place, ALLOWED)
    projects.set(major, project)
    const names = packed
      .map(({ manifest }) => manifest.name)
      .filter((name) => !name.startsWith('@vitra/engine-'))
    await project.npm('install', ...names, '@types/node@20')
  }, INSTALL_MS_MAX)

  it('brings one engine, the one for this Node', () => {
    const engines = readdirSync(path.join(project.folder, 'node_modules/@vitra')).filter((name) =>
      name.startsWith('engine-'),
    )
    expect(engines).toEqual([`engine-node${Math.min(major, 24)}`])
    expect(project.copiesOf('isolated-vm').map(({ version }) => version)).toEqual([ENGINES[major]])
  })

  it('brings one hypercore, of the version that @vitra/log pins', () => {
    const { dependencies } = packed.find(({ manifest }) => manifest.name === '@vitra/log').manifest
    expect(project.copiesOf('hypercore').map(({ version }) => version)).toEqual([dependencies.hypercore])
    expect(project.copiesOf('corestore').map(({ version }) => version)).toEqual([dependencies.corestore])
  })

  it('makes a database, calls it, checks it and catches a lie', { timeout: RUN_MS_MAX }, async () => {
    const { node, ...result } = JSON.parse(await project.run('use.js'))
    expect(node.split('.')[0]).toBe(major)
    expect(result).toEqual({
      before: 0,
      after: 3,
      verdict: 'valid',
      ops: 2,
      isFraud: true,
      violation: 'unprompted-change',
      isKnown: true,
      abi: 1,
      audits: 'function',
    })
  })

  it('runs the command vitra', { timeout: RUN_MS_MAX }, async () => {
    const vitra = (...args) => project.run(COMMAND, ...args)
    await project.npm('exec', '--offline', '--', 'vitra', 'init', 'counter.js', '--dir', 'commanded')
    await vitra('call', 'increment', '--amount', '2', '--dir', 'commanded')
    expect(await vitra('get', '/counter', '--dir', 'commanded')).toBe('2\n')
    const { verdict, ops } = JSON.parse(await vitra('verify', '--json', '--dir', 'commanded'))
    expect({ verdict, ops }).toEqual({ verdict: 'valid', ops: 1 })
    await expect(vitra('call', 'decrement', '--dir', 'commanded')).rejects.toThrow('decrement')
    expect(await vitra('test', 'counter.test.ts')).toMatch(/1 passed\n$/)
    expect(await vitra('build', 'typed-counter.ts')).toContain('async INCREMENT(tx, { amount })')
    expect(await vitra('dev', 'typed-counter.ts')).toContain('methods: get, increment')
  })

  it('says what to do where the engine was not built', { timeout: RUN_MS_MAX }, async () => {
    const [{ folder: engine }] = project.copiesOf('isolated-vm')
    const binaries = readdirSync(engine, { recursive: true })
      .map((name) => path.join(engine, String(name)))
      .filter((file) => file.endsWith('.node'))
    expect(binaries).not.toEqual([])
    for (const file of binaries) renameSync(file, `${file}.away`)
    const { code, message } = JSON.parse(await project.run('open.js'))
    for (const file of binaries) renameSync(`${file}.away`, file)
    expect(code).toBe('ENGINE_MISSING')
    expect(message).toContain(`does not load for Node ${major}.`)
    expect(message).toContain('"allowScripts": {"isolated-vm": true}')
  })

  it('says what to do where no engine is installed', { timeout: RUN_MS_MAX }, async () => {
    const bare = new Project(path.join(folder, `bare${major}`), project.node, place)
    await bare.npm('install', 'vitra', '--omit=optional')
    const { code, message } = JSON.parse(await bare.run('open.js'))
    expect(code).toBe('ENGINE_MISSING')
    expect(message).toContain('without omitting optional dependencies')
  })
})

describe('on any Node', () => {
  const project = () => projects.get(NODES[0])

  it.each(['nodenext', 'bundler'])(
    'type-checks every entry with moduleResolution %s',
    { timeout: RUN_MS_MAX },
    async (resolution) => {
      project().write(
        'everything.ts',
        entries(packed)
          .map((entry, i) => `export * as e${i} from '${entry}'`)
          .join('\n'),
      )
      await typeCheck(project(), resolution, { types: ['node'], lib: ['es2022'] }, [
        'everything.ts',
        'typed.ts',
      ])
      expect(entries(packed)).toContain('@vitra/verifier/replay')
    },
  )

  it('type-checks a contract with the types of its modules', { timeout: RUN_MS_MAX }, async () => {
    project().write('contract.ts', CONTRACT)
    await typeCheck(
      project(),
      'nodenext',
      { types: ['node', '@vitra/contract-sdk/contract'], lib: ['es2022'] },
      ['contract.ts'],
    )
    await typeCheck(
      project(),
      'nodenext',
      { types: ['@vitra/contract-sdk/contract-only'], lib: ['es2022'] },
      ['contract.ts'],
    )
    project().write('contract.ts', CONTRACT.replace('index.get', 'index.take'))
    const wrong = typeCheck(
      project(),
      'nodenext',
      { types: ['@vitra/contract-sdk/contract-only'], lib: ['es2022'] },
      ['contract.ts'],
    )
    await expect(wrong).rejects.toThrow('take')
  })

  it('type-checks what is browser-safe without the types of Node', { timeout: RUN_MS_MAX }, async () => {
    project().write(
      'browser.ts',
      BROWSER_SAFE.map((entry, i) => `export * as e${i} from '${entry}'`).join('\n'),
    )
    await typeCheck(project(), 'bundler', { types: [], lib: ['es2022', 'dom'] }, ['browser.ts'])
    expect(existsSync(path.join(project().folder, 'browser.ts'))).toBe(true)
  })

  it.each(BROWSER_SAFE)('bundles %s for browsers and runs it without Node', async (specifier) => {
    const script = await bundleForBrowser(project().folder, specifier)
    console.log(`${specifier} in a browser: ${(script.length / 1024).toFixed(1)} kB minified`)
    const names = Object.keys(await import(pathToEntry(project(), specifier)))
    expect(runBare(script, 'Object.keys(bundle)').sort()).toEqual(names.sort())
    const [expression, expected] = BROWSER_USES[specifier]
    expect(runBare(script, expression)).toEqual(expected)
  })

  it('refuses another copy of hypercore, and takes it back under overrides', {
    timeout: INSTALL_MS_MAX,
  }, async () => {
    const { hypercore } = packed.find(({ manifest }) => manifest.name === '@vitra/log').manifest.dependencies
    const clash = new Project(path.join(folder, 'clash'), process.execPath, place, {
      dependencies: { hypercore: '11.36.1' },
    })
    await clash.npm('install', '@vitra/log')
    const { code, message } = JSON.parse(await clash.run('store.js'))
    expect(code).toBe('HYPERCORE_VERSION')
    expect(message).toContain(`"overrides": {"hypercore": "${hypercore}"}`)

    const mended = new Project(path.join(folder, 'mended'), process.execPath, place, {
      dependencies: { hypercore },
      overrides: { hypercore },
    })
    await mended.npm('install', '@vitra/log')
    expect(JSON.parse(await mended.run('store.js'))).toEqual({ code: null })
  })
})

const CONTRACT = `
import { index, type Ack, type Emit, type Tx } from 'contract'
import assert from 'assert'
import { genUUID } from 'util'

export async function get() {
  return (await index.get<number>('/counter'))?.value ?? 0
}

export function increment({ amount = 1 }: { amount?: number }, emit: Emit) {
  emit({ op: 'INCREMENT', amount })
}

export const apply = {
  async INCREMENT(tx: Tx, op: { amount: number }, ack: Ack) {
    assert(op.amount > 0, 'a counter only grows')
    tx.put('/counter', (await get()) + op.amount)
    tx.put('/last', { by: ack.origin, id: genUUID() })
  },
}
`

/** What each bundle is asked, and the answer. */
const BROWSER_USES = {
  '@vitra/verifier': [
    "(({ code, violation }) => ({ code, at: violation.at }))(new bundle.ContractFraudProof({}, bundle.violation('index', 'unprompted-change', { block: 7 })))",
    { code: 'CONTRACT_FRAUD', at: { block: 7 } },
  ],
  '@vitra/contract-sdk': ['bundle.CURRENT_ABI.version', 1],
  '@vitra/log/proofs': ['bundle.rootIndexes(3)', [1, 4]],
  '@vitra/log/proofs/noble': ['bundle.nobleCrypto.hash().length', 32],
  '@vitra/log/values': [
    "bundle.decodeValue(bundle.encodeValue({ a: [1, 'é', true] }))",
    { a: [1, 'é', true] },
  ],
}

/** Every entry that programs import. */
function entries(packages) {
  return packages.flatMap(({ manifest: { name, exports = {} } }) =>
    Object.entries(exports)
      .filter(([, target]) => target.default)
      .map(([at]) => name + at.slice(1)),
  )
}

function typeCheck(project, moduleResolution, options, files) {
  const module = moduleResolution === 'nodenext' ? 'nodenext' : 'esnext'
  const compilerOptions = {
    ...options,
    module,
    moduleResolution,
    target: 'es2022',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  }
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  return project.run(TSC, '-p', 'tsconfig.json')
}

function pathToEntry(project, specifier) {
  const [scope, name, ...rest] = specifier.split('/')
  const at = path.join(project.folder, 'node_modules', scope, name)
  const { exports } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'))
  return path.join(at, exports[rest.length === 0 ? '.' : `./${rest.join('/')}`].default)
}
