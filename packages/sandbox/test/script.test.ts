// Compiled scripts in the sandbox: one call at a time over an index in memory (spec/10-scripts).
import { compileScript } from '@vitra/contract-sdk/script'
import { decodeValue } from '@vitra/log/values'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oldestAbi, Sandbox } from '../src/index.js'
import { call, caller, hex, MemorySource, RULES, SIGNER, stepOver } from './helpers.js'

const SCRIPT_RULES = { ...RULES, abi: 2 }
const ME = hex(SIGNER)

/** The contract of the first seed, to the letter. */
const FORUM = `
exports.topicCounter = 0
exports.postCounter = 0
exports.init = async () => {
  state.mkdir('/topics')
}
exports.addTopic = async (title) => {
  const id = ++exports.topicCounter
  await state.mkdir(\`/topics/\${id}\`)
  await state.writeFile(\`/topics/\${id}/title\`, title)
  return id
}
exports.addPost = async (id, content) => {
  const postId = ++exports.postCounter
  await state.writeFile(\`/topics/\${id}/\${postId}\`, content)
  return postId
}
`

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await Sandbox.open()
})
afterAll(() => sandbox.close())

/** A script over an index of its own. */
async function begin(text: string) {
  const source = compileScript(text)
  const contract = await sandbox.load(source, SCRIPT_RULES)
  const state = new MemorySource()
  const run = async (name: string, ...args: unknown[]) => {
    const step = await stepOver(sandbox, contract, state, { call: name, args }, { rules: SCRIPT_RULES })
    state.apply(step.changes)
    const { kind, code, message, value } = step.outcome
    if (kind === 'ok') return value === undefined ? undefined : decodeValue(value)
    return { failed: code, message }
  }
  const read = async (name: string, ...args: unknown[]) =>
    (await call(contract, 'read', { call: name, args }, caller(state))).response
  const entries = () =>
    Object.fromEntries([...state.entries].map(([path, value]) => [path, decodeValue(value)]))
  return { contract, run, read, entries, state }
}

describe('a script in the sandbox', () => {
  it('runs the forum of the seed', async () => {
    const { contract, run, entries } = await begin(FORUM)
    expect(contract.warnings).toEqual([])
    expect(await run('init')).toBe(undefined)
    expect(await run('addTopic', 'Hello world')).toBe(1)
    expect(await run('addPost', 1, 'My name is bob')).toBe(1)
    expect(entries()).toEqual({
      '/topics': {},
      '/topics/1': {},
      '/topics/1/title': 'Hello world',
      '/topics/1/1': 'My name is bob',
      '/.exports/topicCounter': 1,
      '/.exports/postCounter': 1,
      '/.script': { owner: ME, variables: ['topicCounter', 'postCounter'] },
    })
  })
})
void oldestAbi
