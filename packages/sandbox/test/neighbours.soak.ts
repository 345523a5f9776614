// What one database's contract costs another in the same host: `npm run test:soak -- packages/sandbox`. Prints the figures.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Sandbox, SandboxError } from '../src/index.js'
import { COUNTER, call, caller, MemorySource, RULES, stepOver } from './helpers.js'
import { guests } from './processes.js'

const SECONDS = 10
const OP_MS = 1000
const IDLE_CONTRACTS = 1000

const ATTACKS: [string, string][] = [
  ['nobody attacks', ''],
  ['endless loops', 'for (;;) {}'],
  ['microtask storms', 'const again = () => Promise.resolve().then(again); return again()'],
  ['memory bombs', 'const all = []; for (;;) all.push(new Array(1000).fill(1))'],
  ['buffer bombs', 'const all = []; for (;;) all.push(new Uint8Array(10000000).fill(1))'],
]

it.each(ATTACKS)('serves a database while another one has %s', async (name, body) => {
  await using attacked = await Sandbox.open({ opMs: OP_MS })
  await using victim = await Sandbox.open({ opMs: OP_MS })
  const contract = await victim.load(COUNTER, RULES)
  const source = new MemorySource({ '/counter': 1 })
  const until = performance.now() + SECONDS * 1000
  let [attacks, refusals] = [0, 0]
  const attack = async () => {
    for (let n = 0; body !== '' && performance.now() < until; n++) {
      // Now and then a new contract, as one that was refused would come back.
      const text = `export function bad () { ${body} }\nexport function apply () {}\n// ${n >> 3} ${name}`
      try {
        await call(await attacked.load(text, RULES), 'bad')
      } catch (error) {
        attacks++
        if (error instanceof SandboxError && error.code === 'CONTRACT_REFUSED') refusals++
      }
    }
  }
  const attacking = attack()
  const times: number[] = []
  while (performance.now() < until) {
    const from = performance.now()
    if (times.length % 2 === 0) await call(contract, 'get', {}, caller(source))
    else await stepOver(victim, contract, source, { op: 'INCREMENT', amount: 1 })
    times.push(performance.now() - from)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await attacking
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(times.length * part)]!.toFixed(2)
  console.log(
    `${name}: ${times.length} calls and ops, p50 ${at(0.5)} p99 ${at(0.99)} p99.9 ${at(0.999)} most ${times.at(-1)!.toFixed(1)} ms; ${attacks} attacks, ${refusals} of them refused`,
  )
  expect(times.length).toBeGreaterThan(0)
})

it('holds a thousand idle contracts', async () => {
  const sandboxes = await Promise.all(Array.from({ length: IDLE_CONTRACTS }, () => Sandbox.open()))
  const contracts = await Promise.all(
    sandboxes.map((sandbox, n) => sandbox.load(`${COUNTER}\n// ${n}`, RULES)),
  )
  const source = new MemorySource({ '/counter': 1 })
  const megabytes = (pid: number | 'self') =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
  global.gc?.()
  const all = [megabytes('self'), ...guests().map(megabytes)].map(Math.round)
  console.log(`${IDLE_CONTRACTS} idle contracts: host and guests take ${all.join(' + ')} MB`)
  const times: number[] = []
  for (const contract of contracts) {
    const from = performance.now()
    expect((await call(contract, 'get', {}, caller(source))).response).toBe(1)
    times.push(performance.now() - from)
  }
  times.sort((a, b) => a - b)
  console.log(`first call on an idle one: p50 ${times[500]!.toFixed(1)} p99 ${times[990]!.toFixed(1)} ms`)
  const after = [megabytes('self'), ...guests().map(megabytes)].map(Math.round)
  console.log(`afterwards: ${after.join(' + ')} MB`)
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()))
})
