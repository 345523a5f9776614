/** Random scripts and calls of them, executed and audited: what the campaign of scripts and its soak form share. */
import { readEcho, type Value } from '@vitra/log'
import type { Sandbox } from '@vitra/sandbox'
import fc from 'fast-check'
import { Database, ScriptCallError } from 'vitra'
import { checkDatabase } from 'vitra/testing'
import { appendOps, callsOf, type History, readHistory, type TemporaryFolder } from '../src/index.js'
import { accuse } from './accusers.js'

/** A call that runs out of fuel takes seconds on a busy machine: no clock is to end it before. */
export const UNHURRIED = { opMs: 120_000 }

/** A script, and the ops of two participants. */
export interface ScriptCase {
  readonly text: string
  readonly ops: readonly (readonly Value[])[]
}

/** What became of the ops of a case. */
export interface Played {
  /** True where the database could not be made, because `init` failed. */
  readonly isRefused: boolean
  readonly ok: number
  readonly failed: number
}

/**
 * Executes a case in batches, in guests that are shared; audits it there, and once more from the logs alone with a realm for
 * each op. All have to agree.
 *
 * @throws where somebody would be accused, or something could not be checked
 */
export async function playCase(
  folder: TemporaryFolder,
  fresh: Sandbox,
  { text, ops }: ScriptCase,
): Promise<Played> {
  const path = folder.at(`case-${Math.random().toString(36).slice(2)}`)
  const db = await Database.create(path, { contract: { script: text }, sandbox: UNHURRIED }).catch(
    (error: unknown) => {
      if (error instanceof ScriptCallError) return null
      throw error
    },
  )
  if (db === null) return { isRefused: true, ok: 0, failed: 0 }
  const callers = [await db.createIdentity(), await db.createIdentity()]
  for (const { publicKey } of callers) await admit(db, Buffer.from(publicKey).toString('hex'))
  await db.close()
  for (const [nth, { publicKey }] of callers.entries()) await appendOps(path, publicKey, db.pubkey, ops[nth]!)
  {
    await using again = await Database.load(path, undefined, { sandbox: UNHURRIED })
    await again.executor!.sync()
    await checkDatabase(again)
  }
  const history = await readHistory(path)
  const { report } = await accuse(history, null, fresh)
  if (report.verdict !== 'valid') throw new Error(`in fresh realms: ${JSON.stringify(report)}`)
  return {
    isRefused: false,
    ...count(
      history,
      callers.map(({ publicKey }) => Buffer.from(publicKey)),
    ),
  }
}

/** Scripts may have an `addParticipant` of their own, which does something else. */
async function admit(db: Database, pubkey: string): Promise<void> {
  const tx = await db.call('addParticipant', { pubkey })
  await tx.whenProcessed()
}

/** Every op of active participants has an outcome, and failed ones change nothing. */
function count(history: History, signers: readonly Buffer[]): { ok: number; failed: number } {
  const own = history.oplogs.filter(({ input }) => signers.some((signer) => signer.equals(input.signer)))
  const ops = own.flatMap(({ blocks }) => blocks.filter((block) => readEcho(block) === null)).length
  const outcomes = history.batches
    .flatMap(({ runs }) => runs)
    .filter(({ oplog }) => own.some(({ input }) => Buffer.from(oplog).equals(input.oplog)))
    .flatMap(({ executed }) => executed)
    .filter(({ outcome }) => outcome.kind === 'ok' || outcome.kind === 'failed')
  // What a participant appends after it was removed is never executed.
  const isWhole = own.every(({ input }) => input.active)
  if (isWhole ? outcomes.length !== ops : outcomes.length > ops)
    throw new Error(`${outcomes.length} of ${ops} ops have an outcome`)
  const failed = outcomes.filter(({ outcome }) => outcome.kind === 'failed')
  if (failed.some(({ changes }) => changes.length > 0)) throw new Error('a failed call has changed something')
  if (failed.some(({ outcome }) => outcome.code === 'unexecutable'))
    throw new Error('a call could not be run')
  if (callsOf(history).length === 0) throw new Error('the history has no calls')
  return { ok: outcomes.length - failed.length, failed: failed.length }
}

const VARIABLES = ['v0', 'v1', 'v2', 'v3']
const FUNCTIONS = ['f0', 'f1', 'f2', 'f3']
const variable = fc.constantFrom(...VARIABLES).map((name) => `$${name}`)
const func = fc.constantFrom(...FUNCTIONS)
const path = fc.constantFrom("'/a'", "'/d'", "'/d/a'", "'/d/e/f'", "'/.script'", "'..'", 'a', "'/' + b", "''")
const plain = fc.constantFrom(
  ...['1', '-0', '0.1', 'null', 'true', "'text'", "'ü'", '[]', '{}', '[1, [2]]', '{ b: 1, a: 2 }', 'a', 'b'],
  ...['new Uint8Array([1, 2])', 'caller.id', 'caller.seq', '[...kept]', 'hidden', 'Object.keys(this)'],
)
const odd = fc.constantFrom(
  ...[
    'undefined',
    'NaN',
    "'\\ud800'",
    '1n',
    'Symbol()',
    'new Map()',
    '() => 1',
    '[, 1]',
    'new Date()',
    'this',
  ],
  ...[
    '{ get x () { return hidden++ } }',
    '{ get x () { throw new Error(1) } }',
    'new Proxy([1], {})',
    'state',
  ],
  ...[
    "'x'.repeat(2_000_000)",
    '{ then: (done) => done(1) }',
    'Object.create({ a: 1 })',
    'new (class { x = 1 })()',
  ],
)
const value = fc.oneof({ weight: 5, arbitrary: plain }, { weight: 1, arbitrary: odd }, variable)
const file = fc.oneof(
  fc
    .tuple(fc.constantFrom('writeFile', 'appendFile'), path, value)
    .map(([op, at, what]) => `state.${op}(${at}, ${what})`),
  fc
    .tuple(fc.constantFrom('mkdir', 'rm'), path, fc.constantFrom('', ', { recursive: true, force: true }'))
    .map(([op, at, how]) => `state.${op}(${at}${how})`),
  fc
    .tuple(fc.constantFrom('unlink', 'rmdir', 'readFile', 'readdir', 'stat', 'access'), path)
    .map(([op, at]) => `state.${op}(${at})`),
  fc.tuple(path, path).map(([from, to]) => `state.rename(${from}, ${to})`),
  fc.constantFrom(
    'participants.list()',
    'participants.add(a)',
    'participants.remove(caller.id)',
    'participants.add(caller.id)',
  ),
)
/** What ends a call, or may. */
const fatal = fc.oneof(
  value.map((what) => `throw ${what}`),
  fc.constantFrom('await new Promise(() => {})', 'for (;;);', '{ const down = () => down(); down() }'),
  value.map((what) => `return ${what}`),
)
const { statement } = fc.letrec<{ statement: string }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(variable, value).map(([name, what]) => `${name} = ${what}`),
    variable.map((name) => `${name} = (${name} ?? 0) + 1`),
    fc.tuple(variable, value).map(([name, what]) => `${name}.push?.(${what})`),
    fc.tuple(variable, value).map(([name, what]) => `${name}.inner = ${what}`),
    file.map((op) => `await ${op}`),
    fc.tuple(variable, file).map(([name, op]) => `${name} = await ${op}`),
    file.map((op) => `${op}.catch((error) => { kept.push(error.code ?? String(error)) })`),
    file,
    fc.constantFrom("throw new Error('no')", 'null.x', 'await null', 'hidden++', 'kept.push(1)', 'missing()'),
    fc.constantFrom(
      'state.marked = hidden',
      "caller.id = 'me'",
      'participants.marked = 1',
      'globalThis.marked = 1',
    ),
    fc.constantFrom(
      'Object.freeze(this)',
      'Object.setPrototypeOf(this, null)',
      'delete this[a]',
      'this[a] = b',
    ),
    variable.map((name) => `${name} = [typeof state.marked, typeof globalThis.marked, hidden, kept.length]`),
    variable.map((name) => `try { null.x } catch (error) { ${name} = String(error) + Object.keys(error) }`),
    fc.tuple(func, value).map(([name, what]) => `await this.${name}?.(${what})`),
    fc.tuple(func, value).map(([name, what]) => `this.${name} = ${what}`),
    value.map((what) => `return ${what}`),
    tie('statement').map((inner) => `try { ${inner} } catch (error) { kept.push(1) }`),
    tie('statement').map((inner) => `Promise.resolve().then(async () => { ${inner} }).catch(() => {})`),
    tie('statement').map((inner) => `for (let i = 0; i < 3; i++) { ${inner} }`),
    tie('statement').map(
      (inner) =>
        `Object.defineProperty(this, 'v3', { get: () => { (async () => { ${inner} })().catch(() => {}); return 1 }, enumerable: true, configurable: true })`,
    ),
  ),
}))
/** Most lines let the call go on, whatever becomes of them. */
const line = fc.oneof(
  {
    weight: 4,
    arbitrary: statement.map((text) => `try { ${text} } catch (error) { kept.push(String(error)) }`),
  },
  { weight: 1, arbitrary: statement },
  { weight: 1, arbitrary: fatal },
)
const body = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => `{\n  ${lines.join('\n  ;')}\n}`)

const HIDDEN = 'let hidden = 0\nconst kept = []\n'

const script = fc
  .record({
    isModule: fc.boolean(),
    begun: fc.array(
      plain.filter((what) => !/[ab]$|caller|kept|this/.test(what)),
      { minLength: 3, maxLength: 3 },
    ),
    bodies: fc.array(body, { minLength: 4, maxLength: 4 }),
  })
  .map(({ isModule, begun, bodies }) => {
    const parts = isModule
      ? [
          ...VARIABLES.map((name, n) => `export let ${name} = ${begun[n] ?? 'null'}`),
          ...bodies.map(
            (text, n) => `export async function f${n} (a, b) ${text.replaceAll(/\$(v\d)/g, '$1')}`,
          ),
        ]
      : [
          ...begun.map((what, n) => `exports.v${n} = ${what}`),
          ...bodies.map(
            (text, n) => `exports.f${n} = async function (a, b) ${text.replaceAll(/\$(v\d)/g, 'exports.$1')}`,
          ),
        ]
    return HIDDEN + parts.join('\n')
  })

const argument = fc.constantFrom<Value>(
  1,
  -1.5,
  null,
  'v0',
  'f1',
  'new',
  '',
  '__proto__',
  '/d',
  [1],
  { x: 1 },
  'ab'.repeat(31),
)
const op = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(func, fc.array(argument, { maxLength: 3 }))
      .map(([call, args]): Value => ({ call, args })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Value>(
      ...['__proto__', 'constructor', 'toString', 'init', 'v0', 'addParticipant'].map((call) => ({
        call,
        args: [],
      })),
      ...[null, 'f0', [], { call: 'f0' }, { call: 'f0', args: {} }, { call: 'f0', args: [], more: 1 }],
    ),
  },
)

export const scriptCase: fc.Arbitrary<ScriptCase> = fc.record({
  text: script,
  ops: fc.array(fc.array(op, { minLength: 6, maxLength: 12 }), { minLength: 2, maxLength: 2 }),
})
