/// <reference types="@vitra/contract-sdk/contract" />
/** A contract in TypeScript, for the types of `db.call`. */
import assert from 'assert'
import { type Ack, type Emit, index, type Tx } from 'contract'

export interface Note {
  text: string
  by: string
}

export interface Listed {
  notes: { id: string; note: Note }[]
}

type Put = { op: 'PUT'; id: string; text: string }

export async function get({ id }: { id: string }): Promise<Note | null> {
  return (await index.get<Note>(`/notes/${id}`))?.value ?? null
}

export async function list({ limit = 10 }: { limit?: number } = {}): Promise<Listed> {
  const found = await index.list<Note>('/notes', { limit })
  return { notes: found.map(({ name, value }) => ({ id: name, note: value! })) }
}

export const count = async () => (await index.list('/notes')).length

export function put({ id, text }: { id: string; text: string }, emit: Emit): void {
  emit({ op: 'PUT', id, text })
}

export const version = 1

export function process(op: Put) {
  return { length: op.text.length }
}

export const apply = {
  PUT(tx: Tx, op: Put, ack: Ack<{ length: number }>) {
    assert(ack.metadata!.length > 0, 'a note has a text')
    tx.put(`/notes/${op.id}`, { text: op.text, by: ack.origin })
  },
}
