// Attacks on the system's own state: writes to `/.sys`, participants and sources that were not granted, and reads of what
// depends on how ops were grouped (spec/4-execution §3).
import { describe, expect, it } from 'vitest'
import { decoded, hex, MemorySource, OPLOG, run, SIGNER, stepOver } from '../helpers.js'
import { attacks, failed, load, useSandbox } from './attack.js'

const sandbox = useSandbox()
const IMPORTS = "import { index, listOplogs } from 'contract'"
const KEY = 'ab'.repeat(32)
const unwritable = (path: string) => failed('value', `${path} cannot be written by contracts`)

describe('writes', () => {
  attacks(sandbox, IMPORTS, [
    ['tx.put("/.sys/batch", {})', unwritable('/.sys/batch')],
    ['tx.put("/.sys/contract/source", "export function apply () {}")', unwritable('/.sys/contract/source')],
    [`tx.put("/.sys/inputs/${KEY}", { active: true })`, unwritable(`/.sys/inputs/${KEY}`)],
    ['tx.put("/.sys/acks/genesis", {})', unwritable('/.sys/acks/genesis')],
    ['tx.put("/.sys", 1)', unwritable('/.sys')],
    ['tx.put("/.sys/own", 1)', unwritable('/.sys/own')],
    ['tx.delete("/.sys/contract/source")', unwritable('/.sys/contract/source')],
    ['tx.del("/.sys/batch")', unwritable('/.sys/batch')],
    ['tx.put("/.sys\\u0000batch", 1)', failed('value', expect.any(String))],
    ['tx.put("/.sys//batch", 1)', failed('value', expect.any(String))],
    ['tx.put("/./.sys/batch", 1)', failed('value', expect.any(String))],
    ['tx.put("/a/../.sys/batch", 1)', failed('value', expect.any(String))],
    ['tx.put(".sys/batch", 1)', failed('value', expect.any(String))],
    ['tx.put("/", 1)', failed('value', expect.any(String))],
    ['tx.put("", 1)', failed('value', expect.any(String))],
    ['tx.put("/a/", 1)', failed('value', expect.any(String))],
    ['tx.put("/" + "a".repeat(1e5), 1)', failed('value', expect.any(String))],
    ['tx.put("/.sys", undefined)', unwritable('/.sys')],
    ['tx.put("/.SYS/batch", 1); return "an entry like any other"', 'an entry like any other'],
    ['tx.put("/.sysx", 1); return "an entry like any other"', 'an entry like any other'],
    ['tx.put("/\\u002esys/batch", 1)', unwritable('/.sys/batch')],
    [
      'let n = 0; tx.put({ toString () { return n++ ? "/.sys/batch" : "/a" } }, 1)',
      failed('value', expect.any(String)),
    ],
  ])
})

describe('participants and sources', () => {
  attacks(sandbox, IMPORTS, [
    ['tx.addOplog("x")', failed('value', expect.any(String))],
    ['tx.addOplog()', failed('value', expect.any(String))],
    [`tx.addOplog("${KEY}"); tx.addOplog("${KEY}")`, failed('contract', 'the participant is active already')],
    [`tx.addOplog("${KEY}"); tx.removeOplog("${KEY.toUpperCase()}"); return "removed"`, 'removed'],
    [`tx.removeOplog("${KEY}")`, failed('contract', 'the participant is not active')],
    [
      `tx.addOplog("${KEY}"); tx.removeOplog("${KEY}"); tx.removeOplog("${KEY}")`,
      failed('contract', 'the participant is not active'),
    ],
    [`tx.addOplog("${KEY}"); return (await listOplogs()).length`, 0],
    ['tx.setContractSource("export function apply () {}")', failed('value', expect.any(String))],
    [
      'tx.setContractSource({ code: "export const nothing = 1" })',
      failed('source', 'the new contract does not load'),
    ],
    ['tx.setContractSource({ code: "syntax error" })', failed('source', 'the new contract does not load')],
    ['tx.setContractSource({ code: "" })', failed('source', 'the new contract does not load')],
    [
      'tx.setContractSource({ code: "for (;;) export function apply () {}" })',
      failed('source', 'the new contract does not load'),
    ],
    [
      'tx.setContractSource({ code: "throw new Error(); export function apply () {}" })',
      failed('source', 'the new contract does not load'),
    ],
    [
      'tx.setContractSource({ code: "import { accept } from \'vitra:link\'; export function apply () {}" })',
      failed('source', 'the new contract does not load'),
    ],
    ['tx.setContractSource({ code: "x".repeat(3e6) })', failed('value', expect.any(String))],
  ])

  it('what is granted is what was asked, however often', async () => {
    const { changes, outcome, participantsChanged } = await run(
      sandbox(),
      `export function apply (tx) { tx.addOplog('${KEY}'); try { tx.addOplog('${KEY}') } catch {} tx.removeOplog('${KEY}'); tx.addOplog('${KEY}') }`,
    )
    expect(outcome).toMatchObject({ kind: 'ok', numChanges: 3 })
    expect(participantsChanged).toBe(true)
    expect(decoded(changes).map(([, input]) => (input as { active: boolean }).active)).toEqual([
      true,
      false,
      true,
    ])
  })

  it('an op that fails changes no participant', async () => {
    const { changes, participantsChanged } = await run(
      sandbox(),
      `export function apply (tx) { tx.addOplog('${KEY}'); throw new Error('after all') }`,
    )
    expect([changes, participantsChanged]).toEqual([[], false])
  })

  it('an op can remove its own author, once', async () => {
    const source = `export function apply (tx, op, ack) { tx.removeOplog(ack.origin) }`
    const content = { [`/.sys/inputs/${hex(OPLOG)}`]: { signer: SIGNER, oplog: OPLOG, active: true } }
    const first = await run(sandbox(), source, {}, content)
    expect(first.outcome).toMatchObject({ kind: 'ok', numChanges: 1 })
    const contract = await load(sandbox(), source)
    const after = new MemorySource(content)
    after.apply(first.changes)
    const second = await stepOver(sandbox(), contract, after, {})
    expect(second.outcome).toMatchObject({
      kind: 'failed',
      code: 'contract',
      message: 'the participant is not active',
    })
  })
})

describe('reads of the system', () => {
  attacks(sandbox, IMPORTS, [
    ['return await index.get("/.sys/contract/source")', null],
    ['return await index.get("/.sys/acks")', failed('value', '/.sys/acks is not readable by contracts')],
    [
      'return await index.list("/.sys/acks/genesis")',
      failed('value', '/.sys/acks/genesis is not readable by contracts'),
    ],
    ['return await tx.get("/.sys/batch")', failed('value', '/.sys/batch is not readable by contracts')],
    ['return await tx.list("/.sys/batch")', failed('value', '/.sys/batch is not readable by contracts')],
    ['return (await tx.list("/.sys")).map(({ name }) => name)', []],
    ['return (await index.list("/")).map(({ name }) => name)', []],
    ['return (await tx.list("/", { cursor: "/.sys/batch" })).length', failed('value', expect.any(String))],
    ['return Reflect.ownKeys(ack).sort()', ['origin', 'seq', 'ts']],
  ])

  it('a listing shows no acks and no batch, though they are there', async () => {
    const content = { '/.sys/batch': 1, '/.sys/acks/genesis': 1, '/.sys/contract/source': 'x', '/a': 1 }
    const { outcome, reads } = await run(
      sandbox(),
      `import { index } from 'contract'
       export async function apply (tx) {
         const names = async (list) => (await list).map(({ name }) => name)
         const found = [await names(index.list('/')), await names(tx.list('/')), await names(index.list('/.sys')), await names(tx.list('/.sys', { reverse: true }))]
         if (JSON.stringify(found).includes('batch') || JSON.stringify(found).includes('acks')) throw new Error(JSON.stringify(found))
       }`,
      {},
      content,
    )
    expect(outcome).toMatchObject({ kind: 'ok' })
    expect(reads.length).toBe(4)
  })
})
