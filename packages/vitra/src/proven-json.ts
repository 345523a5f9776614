/** What a proof proves, as plain data for people and programs: values decoded, bytes in hex. */
import { decodeEntryValue, decodeIndexBlock, readOp, type SignedHead, toHex } from '@vitra/log'
import type { LogName, Proven } from '@vitra/verifier'
import { toJsonValue } from './json-value.js'

/** What a proof proves, as JSON for people and programs. @param proves of a verdict that is `ok` */
export function provenToJson(proves: Proven): Record<string, unknown> {
  const { kind } = proves
  switch (kind) {
    case 'head':
      return { kind, ...logOf(proves.log), ...headOf(proves.head) }
    case 'blocks': {
      const blocks = [...proves.blocks].map(([seq, block]) => ({ seq, ...contentOf(proves.log, block) }))
      return { kind, ...logOf(proves.log), ...headOf(proves.head), blocks }
    }
    case 'consistency':
      return { kind, ...logOf(proves.log), from: headOf(proves.from), to: headOf(proves.to) }
    case 'state': {
      const { version, record, answers } = proves.state
      return { kind, version, lastTs: record.lastTs, answers: answers.map(answerOf) }
    }
    case 'receipt': {
      const { signer, oplog, version, ops } = proves.receipt
      return { kind, participant: toHex(signer), oplog: toHex(oplog), version, ops: ops.map(opOf) }
    }
    case 'equivocation':
      return { kind, ...logOf(proves.log), heads: proves.heads.map(headOf), fork: proves.fork ?? 0 }
    case 'fraud':
      return { kind, violation: toJsonValue(proves.violation) }
  }
}

type Answer = Extract<Proven, { kind: 'state' }>['state']['answers'][number]
type Op = Extract<Proven, { kind: 'receipt' }>['receipt']['ops'][number]

function answerOf(answer: Answer): object {
  if ('path' in answer) return entryOf(answer.path, answer.value)
  const { prefix, options, items } = answer
  const children = items.map(({ path, name, container, value }) => ({
    ...entryOf(path, value),
    name,
    container,
  }))
  return { prefix, options, children }
}

function opOf({ seq, block, outcome, changes, run }: Op): object {
  const { kind, ts, fuel, code, message, value, metadata } = outcome
  return {
    seq,
    op: toJsonValue(readOp(block)),
    outcome: kind,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ts,
    fuel,
    ...(value === undefined ? {} : { returned: toJsonValue(decodeEntryValue('/', value)) }),
    ...(metadata === undefined ? {} : { metadata: toJsonValue(decodeEntryValue('/', metadata)) }),
    changes: changes.map(({ path, value: written }) => entryOf(path, written)),
    run,
  }
}

/** `present` tells a value from none: null is a value. */
function entryOf(path: string, value: Uint8Array | null): object {
  if (value === null) return { path, present: false }
  return { path, present: true, value: decoded(path, value) }
}

/** A state holds what its executor wrote, which may be no value at all. */
function decoded(path: string, value: Uint8Array): unknown {
  try {
    return toJsonValue(decodeEntryValue(path, value))
  } catch {
    return { $bytes: toHex(value) }
  }
}

function contentOf({ participant }: LogName, block: Uint8Array): object {
  try {
    if (participant !== undefined) return { op: toJsonValue(readOp(block)) }
    const { path, value } = decodeIndexBlock(block)
    return entryOf(path, value)
  } catch {
    return { bytes: toHex(block) }
  }
}

function logOf({ participant }: LogName): object {
  return participant === undefined ? { log: 'index' } : { log: 'oplog', participant }
}

function headOf({ length, treeHash }: SignedHead): object {
  return { length, treeHash: toHex(treeHash) }
}
