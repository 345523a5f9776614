// Contracts for the type test: text, so that neither the linter nor the repository's own type check takes them in.

export const CONTRACT_TS = `import assert, { deepEqual } from 'assert'
import { type Ack, type Emit, index, isWriter, listOplogs, oplog, type Tx } from 'contract'
import { genUUID, random } from 'util'

interface Put {
  op: 'PUT'
  id: string
}

export async function get({ id }: { id: string }): Promise<number> {
  const entry = await index.get<number>(\`/things/\${id}\`)
  const listed = await index.list<string>('/things', { reverse: true, limit: 3, cursor: 'a' })
  for (const { name, container, value } of listed) assert(name.length > 0 && (container || value !== null))
  return Number(entry?.value ?? 0)
}

export async function make(_params: object, emit: Emit): Promise<string> {
  assert.ok(isWriter, 'this machine cannot write')
  const id: string = genUUID()
  const length: number = await oplog.getLength()
  const own: Put | null = await oplog.get<Put>(0)
  deepEqual(own?.op, 'PUT')
  emit({ op: 'PUT', id, length, lucky: random() > 0.5 })
  return (await listOplogs()).map(({ pubkey, oplog }) => pubkey + oplog).join()
}

export const apply = {
  async PUT(tx: Tx, op: Put, ack: Ack<{ note: string }>): Promise<void> {
    const current = await tx.get<number>(\`/things/\${op.id}\`)
    tx.put(\`/things/\${op.id}\`, (current?.value ?? 0) + ack.ts)
    tx.delete(\`/old/\${ack.origin}/\${ack.seq}/\${ack.metadata?.note}\`)
    tx.addOplog({ pubkey: ack.origin })
    tx.removeOplog(ack.origin)
    tx.setContractSource({ code: 'export function apply () {}' })
    console.log('put', op.id)
  },
}
`

export const CONTRACT_JS = `// @ts-check

import assert from 'vitra:assert'
import { genUUID } from 'vitra:util'
import { index } from 'contract'

/** @param {{id?: string}} params @param {import('contract').Emit} emit */
export async function make(params, emit) {
  const entry = await index.get(\`/things/\${params.id}\`)
  assert(entry === null, 'there already')
  emit({ op: 'PUT', id: params.id ?? genUUID() })
}

/** @type {import('contract').ProcessHandler<{id: string}>} */
export async function process(op) {
  return { length: op.id.length }
}

/** @type {import('contract').ApplyHandler<{op: string, id: string}>} */
export function apply(tx, op, ack) {
  assert.equal(op.op, 'PUT')
  tx.put(\`/things/\${op.id}\`, ack.ts)
}
`

export const WRONG_TS = `import { index, nothing } from 'contract'
import { genUUID } from 'util'

export async function get(): Promise<void> {
  const id: number = genUUID()
  await index.get(id)
}
`
