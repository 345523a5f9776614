// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of scripts.
// spec/10-scripts: scripts, the contracts that they are compiled to, and what calls of them change.
import { readFileSync } from 'node:fs'
import { importSource } from './source.mjs'

const FORUM = readFileSync(new URL('../../apps/examples/scripts/forum.js', import.meta.url), 'utf8')
const ALICE = 1
const BOB = 2
const hexOf = (byte) => byte.toString(16).padStart(2, '0').repeat(32)

/** Comment, text, and calls: name, arguments, and who calls where it is not Alice. */
const SCRIPTS = [
  [
    'the forum of the first seed',
    FORUM,
    [
      ['addTopic', ['too early']],
      ['init', []],
      ['init', []],
      ['addTopic', ['Hello world']],
      ['addPost', [1, 'My name is bob']],
      ['addPost', [2, 'nowhere']],
      ['addTopic', [7]],
      ['removeTopic', [1]],
    ],
  ],
  [
    'variables',
    `exports.list = [1]
exports.nothing = undefined
exports.push = (item) => exports.list.push(item)
exports.set = (name, value) => { exports[name] = value }
exports.unset = (name) => { delete exports[name] }
exports.bad = () => { exports.list.push(() => {}) }`,
    [
      ['init', []],
      ['push', [2]],
      ['set', ['more', -0]],
      ['set', ['more', 0]],
      ['unset', ['more']],
      ['unset', ['list']],
      ['set', ['a/b', 1]],
      ['bad', []],
    ],
  ],
  [
    'an ES module',
    `import { ok } from 'assert'
export let sum = 0
export const seen = []
export function add(n) { ok(n > 0, 'only up'); seen.push(n); return sum += n }
const twice = (n) => add(n) + add(n)
export { twice as 'add twice' }`,
    [
      ['init', []],
      ['add', [2]],
      ['add twice', [3]],
      ['add', [-1]],
    ],
  ],
  [
    'files',
    `exports.run = async (name, ...args) => {
  const result = await state[name](...args)
  return result === undefined ? null : result
}
exports.errors = async (...calls) => {
  const codes = []
  for (const [name, ...args] of calls) codes.push(await state[name](...args).catch(({ code }) => code) ?? null)
  return codes
}
exports.forget = () => { state.unlink('/none') }`,
    [
      ['init', []],
      ['run', ['mkdir', '/a/b/c', { recursive: true }]],
      ['run', ['writeFile', 'a/./b/../x', 'text']],
      ['run', ['appendFile', '/a/x', new Uint8Array([33])]],
      ['run', ['readFile', '/a/x', 'utf8']],
      ['run', ['readdir', '/']],
      ['run', ['rename', '/a', '/d']],
      ['run', ['rm', '/d', { recursive: true }]],
      ['forget', []],
      [
        'errors',
        [
          ['mkdir', '/f'],
          ['mkdir', '/f'],
          ['writeFile', '/f', ''],
          ['writeFile', '/g', ''],
          ['writeFile', '/g/h', ''],
          ['writeFile', '/f/g', ''],
          ['rmdir', '/f'],
          ['rmdir', '/g'],
          ['unlink', '/f'],
          ['rename', '/f', '/f/h'],
          ['rename', '/g', '/f'],
          ['readFile', '/none'],
          ['writeFile', '/.script', ''],
          ['writeFile', '/\0', ''],
          ['writeFile', '/g', 1],
          ['rmdir', '/'],
        ],
      ],
    ],
  ],
  [
    'who calls, and participants',
    `exports.who = () => ({ ...caller })
exports.join = async () => { await participants.add(caller.id); return participants.list() }`,
    [
      ['init', [], BOB],
      ['who', [], ALICE],
      ['addParticipant', [hexOf(ALICE)], ALICE],
      ['addParticipant', [hexOf(ALICE)], BOB],
      ['join', [], ALICE],
      ['join', [], BOB],
      ['removeParticipant', [hexOf(BOB)], BOB],
    ],
  ],
]

/** The sandbox from source, as if it lay where it finds its guest, and the compiler. */
const SOURCE = `export * from './src/index.ts'
export * from '@vitra/log'
export * from '@vitra/log/values'
export { compileScript } from '@vitra/contract-sdk/script'`

export default async function make() {
  const api = await importSource(SOURCE, 'packages/sandbox', { at: 'bundle/recipe.ts' })
  const sandbox = await api.Sandbox.open()
  try {
    const vectors = []
    for (const [comment, script, calls] of SCRIPTS) {
      const contract = api.compileScript(script)
      vectors.push({ comment, script, contract, calls: await execute(api, sandbox, contract, calls) })
    }
    return { scripts: { spec: 'spec/10-scripts', ts: TS, seq: 0, vectors } }
  } finally {
    await sandbox.close()
  }
}

const TS = 1_700_000_000_000

async function execute(api, sandbox, source, calls) {
  const rules = { ...api.CURRENT_RULES, abi: 2 }
  const contract = await sandbox.load(source, rules)
  const changes = []
  const done = []
  for (const [call, args, by = ALICE] of calls) {
    const step = await api.step(contract, new api.Overlay(new Changed(api, changes)), {
      block: api.encodeOp({ call, args }),
      signer: new Uint8Array(32).fill(by),
      oplog: new Uint8Array(32).fill(by),
      seq: 0,
      ts: TS,
      rules,
      deriveOplog: (signer) => signer,
      processed: null,
      loadSource: async () => {},
    })
    changes.push(...step.changes)
    const { kind, code, message, value, fuel } = step.outcome
    done.push({
      by: hexOf(by),
      op: { call, args },
      kind,
      ...(code === undefined ? {} : { code, message }),
      ...(value === undefined ? {} : { value: api.decodeValue(value) }),
      fuel,
      changes: step.changes.map((change) =>
        change.value === null ? [change.path] : [change.path, api.decodeValue(change.value)],
      ),
    })
  }
  return done
}

/** The state that changes have made. */
class Changed {
  #entries = new Map()
  #api

  constructor(api, changes) {
    this.#api = api
    for (const { path, value } of changes)
      if (value === null) this.#entries.delete(path)
      else this.#entries.set(path, value)
  }

  async get(key) {
    return this.#entries.get(this.#api.keyToPath(key)) ?? null
  }

  async first({ gte, lt }, reverse) {
    const { compareKeys, pathToKey } = this.#api
    const found = [...this.#entries]
      .map(([path, value]) => ({ key: pathToKey(path), value }))
      .filter(({ key }) => compareKeys(key, gte) >= 0 && compareKeys(key, lt) < 0)
      .sort((a, b) => compareKeys(a.key, b.key))
    return (reverse ? found.at(-1) : found[0]) ?? null
  }
}
